package dev.assay.cluster;

/**
 * The compute NICs of one node.
 *
 * @param count how many; 0 on a cluster whose nodes share one host
 * @param gigabitsPerSecond line rate of each
 */
public record Nics(int count, double gigabitsPerSecond) {
    public Nics {
        if (count < 0) {
            throw new IllegalArgumentException("nics.count must be ≥ 0, got " + count);
        }
        if (!(gigabitsPerSecond > 0) || gigabitsPerSecond > 10_000) {
            throw new IllegalArgumentException(
                    "nics.gigabitsPerSecond must be in (0, 10000], got " + gigabitsPerSecond);
        }
    }

    /** Line rate of the node, GB/s. */
    public double nodeGigabytesPerSecond() {
        return count * gigabitsPerSecond / 8;
    }
}
