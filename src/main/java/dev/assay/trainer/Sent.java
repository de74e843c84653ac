package dev.assay.trainer;

import dev.assay.training.Collective.Kind;

/**
 * One operation that was enqueued.
 *
 * @param bytes of the whole payload; of a gather what every rank holds afterwards
 */
record Sent(Kind kind, Purpose purpose, long bytes) {}
