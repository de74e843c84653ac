package dev.assay.training;

import dev.assay.training.Collective.Behind;
import dev.assay.training.Collective.When;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * How long an optimizer step takes, predicted before it is run. Seconds of one step.
 *
 * @param computing forward, recomputation and backward of all micro-batches, undisturbed, the sum of its parts
 * @param framework the same at the pace of a framework, executed FLOP over 0.55 of the peak: what a fabric forbids is said by it
 * @param communicating all collectives, as if each ran alone
 * @param exposed of those, what computing waits for
 * @param disturbance what the hidden ones slow computing by
 * @param optimizer AdamW's pass over the memory
 * @param wire the collectives at the fabric's bandwidth, without latencies
 */
public record StepPrediction(
        StepSetup setup,
        int gpus,
        double peakFlopPerSecond,
        double computing,
        double framework,
        double communicating,
        double exposed,
        double disturbance,
        double optimizer,
        double wire) {
    /** AdamW reads master, moments and gradient and writes master, moments and the bf16 weight: 28 B a parameter. */
    private static final int ADAMW_BYTES = 28;

    private static final double LEAST_FACTOR = 0.2;
    private static final double MOST_FACTOR = 5;
    private static final int HALVINGS = 50;

    public static StepPrediction of(StepSetup setup, Machine machine, int nodes) {
        return of(StepLoad.of(setup, nodes * machine.gpusPerNode()), machine, nodes);
    }

    /** @param load on so many nodes of this machine */
    static StepPrediction of(StepLoad load, Machine any, int nodes) {
        StepSetup setup = load.setup();
        Machine machine = any.of(setup);
        List<Collective> collectives = load.collectives();
        double micro = machine.computing(load.work());
        double executed = StepFlops.of(setup).executed() * setup.tokensPerMicroBatch() * setup.accumulation();
        double communicating = collectives.stream()
                .mapToDouble(each -> machine.seconds(each, nodes))
                .sum();
        double exposed = exposed(setup, machine, nodes, collectives, micro);
        double updated = setup.zero().stage() == 0
                ? setup.model().parameters()
                : (double) setup.model().parameters() / load.gpus();
        return new StepPrediction(
                setup,
                load.gpus(),
                machine.peakTflops() * setup.precision().rateOverBf16() * 1e12,
                micro * setup.accumulation(),
                executed / machine.flopPerSecond(),
                communicating,
                exposed,
                disturbance(load, machine, communicating, exposed),
                updated * ADAMW_BYTES / (machine.value(Figure.OPTIMIZER) * 1e9),
                collectives.stream()
                        .mapToDouble(each -> machine.onTheWire(each, nodes))
                        .sum());
    }

    /**
     * How much longer than its parts computing takes where a step takes so long: collectives hide behind what it takes, so it is
     * searched for.
     *
     * @return empty where it would be below a fifth or above five times its parts
     */
    public static Optional<Double> computingOverParts(StepSetup setup, Machine machine, int nodes, double seconds) {
        StepLoad load = StepLoad.of(setup, nodes * machine.gpusPerNode());
        Machine parts = machine.withTrained(Map.of());
        DoubleUnaryOperator step = factor ->
                of(load, parts.fixed(Figure.BEYOND_THE_PARTS, factor), nodes).step();
        double low = LEAST_FACTOR;
        double high = MOST_FACTOR;
        if (!(step.applyAsDouble(low) < seconds) || !(step.applyAsDouble(high) > seconds)) {
            return Optional.empty();
        }
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (step.applyAsDouble(middle) < seconds) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Optional.of((low + high) / 2);
    }

    /** By the bytes that are hidden: beside GEMMs they cost about the same however long they take. */
    private static double disturbance(StepLoad load, Machine machine, double communicating, double exposed) {
        if (communicating == 0) {
            return 0;
        }
        double hidden = (communicating - exposed) / communicating * load.busBytes();
        return machine.value(Figure.SLOWED) / 1e3 * hidden / 1e9;
    }

    /** @param computing seconds of one micro-batch */
    private static double exposed(
            StepSetup setup, Machine machine, int nodes, List<Collective> collectives, double computing) {
        double bare = seconds(collectives, machine, nodes, Behind.NOTHING);
        return bare
                + notHidden(
                        setup,
                        machine,
                        nodes,
                        collectives,
                        Behind.BACKWARD,
                        machine.value(Figure.BEHIND_BACKWARD) * computing)
                + notHidden(
                        setup,
                        machine,
                        nodes,
                        collectives,
                        Behind.COMPUTING,
                        machine.value(Figure.BEHIND_ALL) * computing);
    }

    /** What is longer than the room behind computing, but at least the edges: the first gather, the last reduction. */
    private static double notHidden(
            StepSetup setup, Machine machine, int nodes, List<Collective> collectives, Behind behind, double room) {
        List<Collective> those =
                collectives.stream().filter(each -> each.behind() == behind).toList();
        if (those.isEmpty()) {
            return 0;
        }
        int times = those.get(0).when() == When.EVERY_MICRO_BATCH ? setup.accumulation() : 1;
        double each = seconds(those, machine, nodes, behind) / times;
        double edges = edge(those.get(0), machine, nodes)
                + (those.size() > 1 ? edge(those.get(those.size() - 1), machine, nodes) : 0);
        return times * Math.max(Math.min(edges, each), each - room);
    }

    private static double edge(Collective collective, Machine machine, int nodes) {
        return machine.largestCall(collective, nodes);
    }

    private static double seconds(List<Collective> collectives, Machine machine, int nodes, Behind behind) {
        return collectives.stream()
                .filter(each -> each.behind() == behind)
                .mapToDouble(each -> machine.seconds(each, nodes))
                .sum();
    }

    public double step() {
        return computing + disturbance + exposed + optimizer;
    }

    public double tokensPerSecondPerGpu() {
        return setup.tokensPerStep(gpus) / step() / gpus;
    }

    /** Model FLOPs utilisation of the peak of the matrices' precision, attention counted causally. */
    public double mfuCausal() {
        return tokensPerSecondPerGpu() * StepFlops.of(setup).causal() / peakFlopPerSecond;
    }

    /** Tokens/s a node, against the same at the baseline. */
    public double weakEfficiency(StepPrediction baseline) {
        return tokensPerSecondPerGpu() / baseline.tokensPerSecondPerGpu();
    }

    /** Bus bandwidth that the collectives of this step have on average, latencies left aside; of one kind of call its own. */
    public double busBytesPerSecond() {
        return StepCollectives.busBytes(setup, gpus) / wire;
    }

    /** Computing alone over the step, if nothing at all could hide; at a framework's pace. */
    public double efficiencyWithoutOverlap() {
        return framework / (framework + wire);
    }

    /** Computing alone over the step, if everything hid that can, at a framework's pace: what the fabric allows by its bandwidth. */
    public double efficiencyWithFullOverlap() {
        return framework / Math.max(framework, wire);
    }

    /** GB/s (bus) at which the collectives take 5 % of a framework's computing time: less, and a step without overlap loses more. */
    public double sensitivityWithoutOverlap() {
        return StepCollectives.busBytes(setup, gpus) / (0.05 * framework) / 1e9;
    }

    /** GB/s (bus) at which the collectives take as long as a framework's computing: less, and no overlap can hide them. */
    public double sensitivityWithFullOverlap() {
        return StepCollectives.busBytes(setup, gpus) / framework / 1e9;
    }

    /** As {@link #efficiencyWithFullOverlap}, at the pace predicted here, which leaves less to hide behind. */
    public double ownEfficiencyWithFullOverlap() {
        return computing / Math.max(computing, wire);
    }
}
