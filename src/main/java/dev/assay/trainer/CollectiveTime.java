package dev.assay.trainer;

import dev.assay.training.Collective.Kind;

/**
 * Operations of one kind for one purpose in one step, as they were enqueued.
 *
 * @param purpose as {@link dev.assay.training.StepCollectives} names it
 * @param bytes of the whole payload of all of them; of gathers what every rank holds afterwards
 * @param millis on their own stream, added up, waiting for other ranks included
 */
public record CollectiveTime(Kind kind, String purpose, int calls, long bytes, double millis) {
    CollectiveTime and(CollectiveTime other) {
        return new CollectiveTime(kind, purpose, calls + other.calls, bytes + other.bytes, millis + other.millis);
    }

    /** What crosses the bus, by nccl-tests' factors: over the time this is the bus bandwidth. */
    public double busBytes(int ranks) {
        return bytes * kind.busFactor(ranks);
    }
}
