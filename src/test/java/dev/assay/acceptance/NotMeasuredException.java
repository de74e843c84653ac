package dev.assay.acceptance;

/** The suite or the job could not measure, or what was measured does not count: <em>broken</em> in the report. */
final class NotMeasuredException extends RuntimeException {
    NotMeasuredException(String message) {
        super(message);
    }
}
