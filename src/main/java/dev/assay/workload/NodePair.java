package dev.assay.workload;

/**
 * Every pair of nodes, in rounds in which each node meets at most one other: all-reduces of two ranks, each GPU with the GPU of
 * the same local rank on the other node (a rail), all rails of all pairs of a round at once. Of two ranks the bus factor
 * 2(n−1)/n is 1, so bytes over time is the rate in each direction of the link.
 *
 * @param bytes of one all-reduce whose bandwidth is measured; a multiple of 16
 * @param samples timed all-reduces a pair
 * @param latencySamples timed batches a pair of the all-reduce of {@value #LATENCY_BYTES} bytes
 * @param latencyBatch all-reduces in each of them
 */
public record NodePair(long bytes, int samples, int latencySamples, int latencyBatch) implements Workload {
    /** What latency is measured with: four bf16 elements. */
    public static final int LATENCY_BYTES = 8;

    /**
     * All pairs of 64 nodes of 8 GPUs take 63 rounds, minutes, and leave 32 256 values of each kind that one judge holds; of
     * twice the nodes it would be four times as many.
     */
    public static final int MOST_NODES = 64;

    public static final int FEWEST_NODES = 2;

    private static final int VECTOR_BYTES = 16;

    public NodePair {
        if (bytes <= 0 || bytes % VECTOR_BYTES != 0 || samples <= 0 || latencySamples <= 0 || latencyBatch <= 0) {
            throw new IllegalArgumentException("node-pair must have bytes > 0 in multiples of " + VECTOR_BYTES
                    + ", samples, latencySamples, latencyBatch > 0, got " + bytes + ", " + samples + ", "
                    + latencySamples + ", " + latencyBatch);
        }
    }

    /** Whether all pairs of so many nodes can be measured: one node has none, many have too many. */
    public static boolean measures(int nodes) {
        return nodes >= FEWEST_NODES && nodes <= MOST_NODES;
    }

    @Override
    public String key() {
        return "node-pair";
    }

    @Override
    public String words() {
        return "every pair of nodes in rounds of disjoint pairs: latency at " + LATENCY_BYTES + " B and bandwidth at "
                + size() + " of an all-reduce of two, all GPUs of a pair at once, each with its like on the other"
                + " node; every sum checked";
    }

    private String size() {
        return bytes >= 1 << 30 ? (bytes >> 30) + " GiB" : (bytes >> 10) + " KiB";
    }

    /** One a link, and of every rank a link goes to each other node. */
    @Override
    public int valuesPerRank(String metric, int gpusPerNode, int nodes) {
        return metric.equals("pair.bandwidth") || metric.equals("pair.latency") ? nodes - 1 : 1;
    }

    @Override
    public MemoryNeed memory() {
        return MemoryNeed.of("of buffers", 2, bytes);
    }
}
