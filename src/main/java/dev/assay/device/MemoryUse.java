package dev.assay.device;

/**
 * Device memory as the driver's own library counts it, over all processes.
 *
 * @param usedBytes what is taken, the reserved part as that library counts it
 * @param reservedBytes what driver and firmware keep for themselves
 * @param source the call that says so
 */
public record MemoryUse(long usedBytes, long reservedBytes, String source) {
    public MemoryUse {
        if (usedBytes < 0 || reservedBytes < 0) {
            throw new IllegalArgumentException("used and reserved memory must be at least 0 bytes, got " + usedBytes
                    + " and " + reservedBytes + " by " + source);
        }
    }
}
