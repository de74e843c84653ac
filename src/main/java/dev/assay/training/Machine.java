package dev.assay.training;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The GPUs and what joins them, as the prediction of a step needs them.
 *
 * @param gpusPerNode of each node
 * @param peakTflops dense bf16, of one GPU
 * @param memoryGBps of one GPU's memory, by the datasheet
 * @param nicGBps line rate of all NICs of a node together; 0: the nodes share one host, and nothing crosses a NIC
 * @param figures all of them
 * @param shapes of a GEMM as {@code 32768x4096x4096}, how much faster than {@link Figure#GEMMS} it is; 1 where not measured
 * @param trained of a step that was measured, its computing over the sum of its parts
 */
public record Machine(
        int gpusPerNode,
        double peakTflops,
        double memoryGBps,
        double nicGBps,
        Map<Figure, Estimate> figures,
        Map<String, Double> shapes,
        Map<StepSetup, Estimate> trained) {
    /**
     * Of the peak, executed FLOP, recomputation included: PyTorch 2.11 compiled, 7B, micro-batch 4, full checkpointing, one
     * H200: 9 801 tokens/s × 41.25 GFLOP × 4/3 = 539 of 989.4 TFLOPS. What a fabric forbids is said at this pace.
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

    public Machine {
        if (gpusPerNode <= 0 || !(peakTflops > 0) || !(memoryGBps > 0) || !(nicGBps >= 0)) {
            throw new IllegalArgumentException("machine must have every figure > 0 (nicGBps ≥ 0), got gpusPerNode "
                    + gpusPerNode + ", peakTflops " + peakTflops + ", memoryGBps " + memoryGBps + ", nicGBps "
                    + nicGBps);
        }
        figures = Map.copyOf(figures);
        shapes = Map.copyOf(shapes);
        trained = Map.copyOf(trained);
        for (Figure figure : Figure.values()) {
            if (!figures.containsKey(figure)) {
                throw new IllegalArgumentException("machine must have every figure, lacks " + figure);
            }
        }
    }

    /**
     * By the datasheet, and by what was measured or published elsewhere.
     *
     * @param nvlinkAllReduceGBps bus bandwidth of a large all-reduce inside a node
     * @param nvlinkGatherGBps bus bandwidth of a large all-gather or reduce-scatter inside a node
     */
    public Machine(
            int gpusPerNode,
            double peakTflops,
            double memoryGBps,
            double nvlinkAllReduceGBps,
            double nvlinkGatherGBps,
            double nicGBps) {
        this(
                gpusPerNode,
                peakTflops,
                memoryGBps,
                nicGBps,
                AssumedFigures.of(peakTflops, memoryGBps, nvlinkAllReduceGBps, nvlinkGatherGBps, nicGBps),
                Map.of(),
                Map.of());
    }

    /** Taken from measurements where they have a figure. */
    public Machine with(Map<Figure, Estimate> measured) {
        Map<Figure, Estimate> all = new EnumMap<>(figures);
        all.putAll(measured);
        return new Machine(gpusPerNode, peakTflops, memoryGBps, nicGBps, all, shapes, trained);
    }

    /** @param faster by shape, as {@code shapes} */
    public Machine withShapes(Map<String, Double> faster) {
        return new Machine(gpusPerNode, peakTflops, memoryGBps, nicGBps, figures, faster, trained);
    }

    /** @param measured as {@code trained} */
    public Machine withTrained(Map<StepSetup, Estimate> measured) {
        return new Machine(gpusPerNode, peakTflops, memoryGBps, nicGBps, figures, shapes, measured);
    }

    /** As if one figure were known to be this; of {@link Figure#BEYOND_THE_PARTS} also where it was measured by training. */
    Machine fixed(Figure figure, double value) {
        return with(Map.of(figure, estimate(figure).fixed(value)));
    }

    public Estimate estimate(Figure figure) {
        Estimate estimate = figures.get(figure);
        if (estimate == null) {
            throw new IllegalStateException("machine has every figure, but lacks " + figure);
        }
        return estimate;
    }

    double value(Figure figure) {
        return estimate(figure).value();
    }

    /** With what this very step took where it was measured. */
    Machine of(StepSetup setup) {
        return Optional.ofNullable(trained.get(setup))
                .map(measured -> with(Map.of(Figure.BEYOND_THE_PARTS, measured)))
                .orElse(this);
    }

    /** Executed FLOP/s that a framework has. */
    public double flopPerSecond() {
        return COMPUTING_SHARE * peakTflops * 1e12;
    }

    /** Seconds of one micro-batch. */
    double computing(StepWork work) {
        ComputingParts parts = parts(work);
        return parts.gemms() + parts.attention() + parts.memory();
    }

    /** The same by the kind of kernel, each with its share of what computing takes beyond its parts. */
    ComputingParts parts(StepWork work) {
        double gemms = work.gemms().stream()
                        .mapToDouble(each -> each.times() * each.gemm().flop() / (faster(each.gemm()) * each.rate()))
                        .sum()
                / (value(Figure.GEMMS) * 1e12);
        double attention = work.attentionForward() / (value(Figure.ATTENTION_FORWARD) * 1e12)
                + work.attentionBackward() / (value(Figure.ATTENTION_BACKWARD) * 1e12);
        double memory = (work.memoryBytes() + work.carried()) / (value(Figure.MEMORY_KERNELS) * 1e9);
        return new ComputingParts(gemms, attention, memory).times(value(Figure.BEYOND_THE_PARTS));
    }

    private double faster(StepFlops.Gemm gemm) {
        return shapes.getOrDefault(gemm.m() + "x" + gemm.n() + "x" + gemm.k(), 1.0);
    }

    /** Whether bytes cross NICs. */
    boolean crosses(int nodes) {
        return nodes > 1 && nicGBps > 0;
    }

    /** Of a large collective over so many nodes, GB/s; a chain is as fast as its slowest link. */
    public double busGBps(Collective.Kind kind, int nodes) {
        boolean reduced = kind == Collective.Kind.ALL_REDUCE;
        double inside = value(reduced ? Figure.NODE_ALL_REDUCE : Figure.NODE_GATHER);
        return crosses(nodes)
                ? Math.min(inside, value(reduced ? Figure.FABRIC_ALL_REDUCE : Figure.FABRIC_GATHER))
                : inside;
    }

    /** Seconds that a call costs, however small: twice round the ring for an all-reduce, once for the others. */
    double latency(Collective.Kind kind, int nodes) {
        boolean crosses = crosses(nodes);
        return latencyByNccl(kind, nodes, gpusPerNode, crosses)
                * value(crosses ? Figure.FABRIC_LATENCY : Figure.NODE_LATENCY);
    }

    /** The same by NCCL's constants alone, seconds. */
    public static double latencyByNccl(Collective.Kind kind, int nodes, int gpusPerNode, boolean crosses) {
        int hops = nodes * gpusPerNode - 1;
        int networkHops = crosses ? nodes - 1 : 0;
        double once = (hops - networkHops) * NVLINK_STEP + networkHops * NETWORK_STEP;
        int rounds = switch (kind) {
            case ALL_REDUCE -> 2;
            case ALL_GATHER, REDUCE_SCATTER, REDUCE -> 1;
        };
        return START + rounds * once;
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
