package dev.assay.training;

import dev.assay.training.Collective.Behind;
import dev.assay.training.Collective.When;
import java.util.List;

/**
 * How long an optimizer step takes, predicted before it is run. Seconds of one step.
 *
 * @param computing forward, recomputation and backward of all micro-batches, undisturbed
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
        double communicating,
        double exposed,
        double disturbance,
        double optimizer,
        double wire) {
    /** Of a micro-batch's computing time, what stage 3 can hide behind: assumed, to be measured on two GPUs. */
    public static final double BEHIND_ALL = 0.9;
    /** Of the same, what reductions behind backward can hide behind: assumed. */
    public static final double BEHIND_BACKWARD = 0.6;
    /** Of a hidden collective's time, what computing loses: NCCL's kernels take 16 of 132 SMs. */
    static final double SM_SHARE = 16.0 / 132;
    /** AdamW reads master, moments and gradient and writes master, moments and the bf16 weight: 28 B a parameter. */
    private static final int ADAMW_BYTES = 28;

    public static StepPrediction of(StepSetup setup, Machine machine, int nodes) {
        int gpus = nodes * machine.gpusPerNode();
        List<Collective> collectives = StepCollectives.of(setup, gpus);
        double flop = StepFlops.of(setup).executed() * setup.tokensPerMicroBatch() * setup.accumulation();
        double computing = computing(setup, machine, flop);
        double communicating = collectives.stream()
                .mapToDouble(each -> machine.seconds(each, nodes))
                .sum();
        double exposed = exposed(setup, machine, nodes, collectives, computing / setup.accumulation());
        double updated = setup.zero().stage() == 0
                ? setup.model().parameters()
                : (double) setup.model().parameters() / gpus;
        return new StepPrediction(
                setup,
                gpus,
                machine.peakTflops() * setup.precision().rateOverBf16() * 1e12,
                computing,
                communicating,
                exposed,
                SM_SHARE * (communicating - exposed),
                updated * ADAMW_BYTES / (Machine.MEMORY_SHARE * machine.memoryGBps() * 1e9),
                collectives.stream()
                        .mapToDouble(each -> machine.onTheWire(each, nodes))
                        .sum());
    }

    /** FP8's GEMMs are assumed to reach the same share of their own peak, and their copies the memory's rate. */
    private static double computing(StepSetup setup, Machine machine, double flop) {
        QuantizedWork fp8 = QuantizedWork.of(setup);
        double over = 1 - fp8.share() + fp8.share() / setup.precision().rateOverBf16();
        double copies = setup.accumulation() * fp8.bytes() / (Machine.MEMORY_SHARE * machine.memoryGBps() * 1e9);
        return flop * over / machine.flopPerSecond() + copies;
    }

    /** @param computing seconds of one micro-batch */
    private static double exposed(
            StepSetup setup, Machine machine, int nodes, List<Collective> collectives, double computing) {
        double bare = seconds(collectives, machine, nodes, Behind.NOTHING);
        return bare
                + notHidden(setup, machine, nodes, collectives, Behind.BACKWARD, BEHIND_BACKWARD * computing)
                + notHidden(setup, machine, nodes, collectives, Behind.COMPUTING, BEHIND_ALL * computing);
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

    /** Computing alone over the step, if nothing at all could hide. */
    public double efficiencyWithoutOverlap() {
        return computing / (computing + wire);
    }

    /** Computing alone over the step, if everything hid that can: what the fabric allows by its bandwidth. */
    public double efficiencyWithFullOverlap() {
        return computing / Math.max(computing, wire);
    }

    /** GB/s (bus) at which the collectives take 5 % of the computing time: less, and a step without overlap loses more. */
    public double sensitivityWithoutOverlap() {
        return StepCollectives.busBytes(setup, gpus) / (0.05 * computing) / 1e9;
    }

    /** GB/s (bus) at which the collectives take as long as computing: less, and no overlap can hide them. */
    public double sensitivityWithFullOverlap() {
        return StepCollectives.busBytes(setup, gpus) / computing / 1e9;
    }

    /** Of the step, ± percent: computing is known to 3, collectives to 15. */
    public int errorPercent() {
        double share = communicating / computing;
        if (share <= 0.3) {
            return 5;
        }
        return share <= 0.7 ? 10 : 15;
    }
}
