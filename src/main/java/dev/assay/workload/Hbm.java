package dev.assay.workload;

import java.util.List;
import java.util.Map;

/**
 * The device memory of every GPU: bandwidth of each {@link MemoryKernel}, and the latency of dependent loads.
 *
 * @param bytes of each of three buffers, far beyond the caches; a multiple of 16
 * @param samples timed launches a kernel
 * @param footprints bytes that the latency chase walks over, powers of two: inside the L2 cache, and beyond it
 * @param chaseSteps dependent loads a footprint
 */
public record Hbm(long bytes, int samples, List<Long> footprints, int chaseSteps) implements Workload {
    /** Distance of two loads of the chase: a cache line. */
    public static final int LINE_BYTES = 128;

    public Hbm {
        footprints = List.copyOf(footprints);
        if (bytes <= 0 || bytes % 16 != 0 || samples <= 0 || chaseSteps <= 0) {
            throw new IllegalArgumentException(
                    "hbm must have bytes > 0 in multiples of 16, samples > 0, chaseSteps > 0," + " got " + bytes + ", "
                            + samples + ", " + chaseSteps);
        }
        for (long footprint : footprints) {
            if (Long.bitCount(footprint) != 1 || footprint < 2 * LINE_BYTES || footprint > bytes) {
                throw new IllegalArgumentException("a footprint of hbm must be a power of two from " + 2 * LINE_BYTES
                        + " to the buffer's " + bytes + " bytes, got " + footprint);
            }
        }
    }

    @Override
    public String key() {
        return "hbm";
    }

    @Override
    public String words() {
        return "copy, scale, add, triad, read and write over buffers of " + (bytes >> 20)
                + " MiB on every GPU, every element checked; latency of dependent loads over " + footprints.size()
                + " footprints";
    }

    @Override
    public boolean measures(String metric, Map<String, String> conditions) {
        return !metric.equals("hbm.latency")
                || footprints.stream()
                        .map(String::valueOf)
                        .anyMatch(each -> each.equals(conditions.getOrDefault("footprint", each)));
    }

    /** Bytes that one launch of a kernel reads and writes. */
    public long moved(MemoryKernel kernel) {
        return kernel.buffers() * bytes;
    }

    @Override
    public MemoryNeed memory() {
        return MemoryNeed.of("of buffers", 3, bytes);
    }
}
