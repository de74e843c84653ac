package dev.assay.training;

/**
 * The GPUs and what joins them, as the prediction of a step needs them.
 *
 * @param gpusPerNode of each node
 * @param peakTflops dense bf16, of one GPU
 * @param memoryGBps of one GPU's memory, by the datasheet
 * @param nvlinkAllReduceGBps bus bandwidth of a large all-reduce inside a node
 * @param nvlinkGatherGBps bus bandwidth of a large all-gather or reduce-scatter inside a node
 * @param nicGBps line rate of all NICs of a node together; 0: the nodes share one host, and nothing crosses a NIC
 */
public record Machine(
        int gpusPerNode,
        double peakTflops,
        double memoryGBps,
        double nvlinkAllReduceGBps,
        double nvlinkGatherGBps,
        double nicGBps) {
    /**
     * Of the peak, executed FLOP, recomputation included: PyTorch 2.11 compiled, 7B, micro-batch 4, full checkpointing, one
     * H200: 9 801 tokens/s × 41.25 GFLOP × 4/3 = 539 of 989.4 TFLOPS.
     */
    public static final double COMPUTING_SHARE = 0.55;

    /**
     * Of the NICs' line rate, bus bandwidth of large collectives between nodes. 8 × 400 Gb/s are expected to give 330 to 370
     * GB/s of 400, 2 × 400 Gb/s 85 to 95 of 100; measured 369 of 400 on 4 nodes of 8 H200 over 3.2 Tb/s of EFA
     * (stas00/ml-engineering at 744d01e).
     */
    public static final double NIC_SHARE = 0.9;

    /** Of the memory's datasheet rate, AdamW: 4.0 of 4.8 TB/s, as our own copy kernel reached on an H200. */
    static final double MEMORY_SHARE = 0.83;

    /** NCCL's own constants ({@code graph/tuning.cc} at 5067397), ring and simple protocol: start, NVLink step, network step. */
    private static final double START = 8.4e-6;

    private static final double NVLINK_STEP = 3.4e-6;
    private static final double NETWORK_STEP = 14e-6;
    /** Between nodes: an all-reduce of 32 ranks on 4 nodes costs 0.4 to 0.65 ms (4 × 8 B200, 8 × 400 Gb/s), those say 0.28. */
    private static final double BETWEEN_NODES = 1.85;
    /** In a node: an all-reduce of 8 H200 costs 40 to 100 µs, those say 56. */
    private static final double IN_A_NODE = 1.25;

    public Machine {
        if (gpusPerNode <= 0
                || !(peakTflops > 0)
                || !(memoryGBps > 0)
                || !(nvlinkAllReduceGBps > 0)
                || !(nvlinkGatherGBps > 0)
                || !(nicGBps >= 0)) {
            throw new IllegalArgumentException("machine must have every figure > 0 (nicGBps ≥ 0), got gpusPerNode "
                    + gpusPerNode + ", peakTflops " + peakTflops + ", memoryGBps " + memoryGBps
                    + ", nvlinkAllReduceGBps " + nvlinkAllReduceGBps + ", nvlinkGatherGBps " + nvlinkGatherGBps
                    + ", nicGBps " + nicGBps);
        }
    }

    /** Executed FLOP/s that a prediction counts on. */
    public double flopPerSecond() {
        return COMPUTING_SHARE * peakTflops * 1e12;
    }

    /** Whether bytes cross NICs. */
    boolean crosses(int nodes) {
        return nodes > 1 && nicGBps > 0;
    }

    /** Of a large collective over so many nodes, GB/s; a chain is as fast as its slowest link. */
    public double busGBps(Collective.Kind kind, int nodes) {
        double inside = switch (kind) {
            case ALL_REDUCE -> nvlinkAllReduceGBps;
            case ALL_GATHER, REDUCE_SCATTER, REDUCE -> nvlinkGatherGBps;
        };
        return crosses(nodes) ? Math.min(inside, NIC_SHARE * nicGBps) : inside;
    }

    /** Seconds that a call costs, however small: twice round the ring for an all-reduce, once for the others. */
    double latency(Collective.Kind kind, int nodes) {
        boolean crosses = crosses(nodes);
        int hops = nodes * gpusPerNode - 1;
        int networkHops = crosses ? nodes - 1 : 0;
        double once = (hops - networkHops) * NVLINK_STEP + networkHops * NETWORK_STEP;
        int rounds = switch (kind) {
            case ALL_REDUCE -> 2;
            case ALL_GATHER, REDUCE_SCATTER, REDUCE -> 1;
        };
        return (START + rounds * once) * (crosses ? BETWEEN_NODES : IN_A_NODE);
    }

    /** All calls of a step. */
    public double seconds(Collective collective, int nodes) {
        return collective.calls() * latency(collective.kind(), nodes) + onTheWire(collective, nodes);
    }

    /** The same without latencies. */
    double onTheWire(Collective collective, int nodes) {
        return collective.busBytes(nodes * gpusPerNode) / (busGBps(collective.kind(), nodes) * 1e9);
    }

    /** One call, the largest. */
    double largestCall(Collective collective, int nodes) {
        double share = (double) collective.largest() / collective.bytes();
        return latency(collective.kind(), nodes) + share * onTheWire(collective, nodes);
    }
}
