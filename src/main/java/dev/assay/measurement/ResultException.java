package dev.assay.measurement;

/** A result file that must not be believed; the message says which and why. */
public final class ResultException extends RuntimeException {
    public ResultException(String message) {
        super(message);
    }

    public ResultException(String message, Throwable cause) {
        super(message, cause);
    }
}
