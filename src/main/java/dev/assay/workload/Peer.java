package dev.assay.workload;

import java.util.List;

/**
 * Every ordered pair of the GPUs of a node, one pair at a time: copy engine and multiprocessors, one way and both ways at
 * once, and the latency of loads from the other's memory.
 *
 * @param bytes of one copy; a multiple of 16
 * @param copies back to back, one timed sample
 * @param samples timed a case
 * @param footprint bytes of the other's memory that the latency chase walks over, a power of two
 * @param chaseSteps dependent loads a sample
 */
public record Peer(long bytes, int copies, int samples, long footprint, int chaseSteps) implements Workload {
    public Peer {
        if (bytes <= 0 || bytes % 16 != 0 || copies <= 0 || samples <= 0 || chaseSteps <= 0) {
            throw new IllegalArgumentException(
                    "peer must have bytes > 0 in multiples of 16, copies, samples, chaseSteps > 0," + " got " + bytes
                            + ", " + copies + ", " + samples + ", " + chaseSteps);
        }
        if (Long.bitCount(footprint) != 1 || footprint < 2 * Hbm.LINE_BYTES) {
            throw new IllegalArgumentException(
                    "peer.footprint must be a power of two from " + 2 * Hbm.LINE_BYTES + " bytes, got " + footprint);
        }
    }

    @Override
    public String key() {
        return "peer";
    }

    @Override
    public String words() {
        return "copies of " + (bytes >> 20)
                + " MiB between all ordered pairs of a node's GPUs, one pair at a time, by copy"
                + " engine and by SMs, one way and both at once; latency; every element checked";
    }

    /** Bytes of one sample. */
    public long moved() {
        return copies * bytes;
    }

    /** One value a link for what links have. */
    @Override
    public int valuesPerRank(String metric, int gpusPerNode, int nodes) {
        return metric.startsWith("peer.") ? gpusPerNode - 1 : 1;
    }

    /** What the others reach holds data, an inbox for each method and the chase; beside it a landing for each method. */
    @Override
    public MemoryNeed memory() {
        return new MemoryNeed(List.of(
                new MemoryNeed.Part("of buffers", 5, bytes),
                new MemoryNeed.Part("of the latency chase", 1, footprint)));
    }
}
