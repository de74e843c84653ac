package dev.assay.run;

import java.util.List;

/**
 * The content of {@code run.json}: what a recorded run is, without its measurements.
 *
 * @param id 128 random bits, hex
 * @param startedAt ISO-8601, UTC
 * @param seed of every random number of the run
 * @param options as the user typed them
 */
record RunRecord(
        int schema,
        String id,
        String startedAt,
        String suiteVersion,
        String suiteSha256,
        String planSha256,
        String criteriaSha256,
        long seed,
        List<String> options) {
    static final int SCHEMA = 1;
}
