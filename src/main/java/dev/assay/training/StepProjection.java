package dev.assay.training;

import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A predicted step with its stated error. Every figure of the machine is moved to each end of its range by itself; what the
 * step moves by is added up by squares, upwards and downwards apart, as if no two figures were wrong together. What no figure
 * stands for is in no range: stragglers, congestion, other jobs, hosts that pause, a NIC or a GPU that is sick.
 *
 * @param step s
 * @param exposed s, what computing waits for
 * @param weakEfficiency tokens/s a GPU against the baseline's, the same figures wrong in both; empty without a baseline
 */
public record StepProjection(StepPrediction prediction, Range step, Range exposed, Optional<Range> weakEfficiency) {
    /** No range goes further down than this share of its value: what takes time takes some. */
    private static final double LEAST = 0.1;

    /** @param baselineNodes empty: no baseline, or one whose GPUs do other work */
    public static StepProjection of(StepSetup setup, Machine machine, int nodes, Optional<Integer> baselineNodes) {
        Machine known = machine.of(setup).withTrained(Map.of());
        StepLoad load = StepLoad.of(setup, nodes * machine.gpusPerNode());
        return new StepProjection(
                StepPrediction.of(load, known, nodes),
                range(known, each -> StepPrediction.of(load, each, nodes).step()),
                range(known, each -> StepPrediction.of(load, each, nodes).exposed()),
                baselineNodes.map(baseline -> {
                    StepLoad base = StepLoad.of(setup, baseline * machine.gpusPerNode());
                    return range(known, each -> weakEfficiency(load, nodes, base, baseline, each));
                }));
    }

    /** Tokens/s of a GPU over those of a GPU of the baseline, which does the same work. */
    private static double weakEfficiency(StepLoad load, int nodes, StepLoad base, int baseNodes, Machine machine) {
        return StepPrediction.of(base, machine, baseNodes).step()
                / StepPrediction.of(load, machine, nodes).step();
    }

    /** Of one GPU. */
    public Range tokensPerSecondPerGpu() {
        return step.dividing((double) prediction.setup().tokensPerStep(1));
    }

    /** Model FLOPs utilisation, attention counted causally; a fraction. */
    public Range mfuCausal() {
        return tokensPerSecondPerGpu().times(prediction.mfuCausal() / prediction.tokensPerSecondPerGpu());
    }

    private static Range range(Machine machine, ToDoubleFunction<Machine> of) {
        double value = of.applyAsDouble(machine);
        double less = 0;
        double more = 0;
        for (Figure figure : Figure.values()) {
            Estimate estimate = machine.estimate(figure);
            double low = of.applyAsDouble(machine.fixed(figure, estimate.low())) - value;
            double high = of.applyAsDouble(machine.fixed(figure, estimate.high())) - value;
            less += square(Math.min(0, Math.min(low, high)));
            more += square(Math.max(0, Math.max(low, high)));
        }
        return new Range(value, Math.max(LEAST * value, value - Math.sqrt(less)), value + Math.sqrt(more));
    }

    private static double square(double x) {
        return x * x;
    }
}
