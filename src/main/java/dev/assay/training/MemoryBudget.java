package dev.assay.training;

/**
 * What of a GPU's memory may be used.
 *
 * @param totalBytes as NVML counts it
 * @param fraction of it, in (0, 1]
 */
public record MemoryBudget(long totalBytes, double fraction) {
    /** Of NVML's total, what an allocation can get at most: assumed 138 of the 140.4 GiB of an H200. */
    private static final double PHYSICAL = 0.983;

    public MemoryBudget {
        if (totalBytes <= 0 || !(fraction > 0 && fraction <= 1)) {
            throw new IllegalArgumentException("memory budget must have totalBytes > 0 and fraction in (0, 1], got "
                    + totalBytes + " and " + fraction);
        }
    }

    public double bytes() {
        return totalBytes * fraction;
    }

    double physicalBytes() {
        return totalBytes * PHYSICAL;
    }
}
