package dev.assay.training;

import dev.assay.training.Shares.Cut;
import java.util.List;

/**
 * How long it takes to rehearse a step's traffic, with a known pattern in place of what is learned and every element compared:
 * what travels in the step's first and last micro-batch and after its update, at the bandwidth assumed of the step's own
 * collectives; patterns, copies, comparisons and the states that begin anew at the rate of kernels bound by memory.
 */
public final class RehearsalTime {
    /** The first micro-batch's gradients are a pattern, the last one's zeros. */
    private static final int MOST_MICRO_BATCHES = 2;

    /** Sums of the global norm that are compared. */
    private static final int NORMS = 8;

    /** The updated weights of the pattern, then those of the seed. */
    private static final int UPDATES = 2;

    private static final int BF16 = 2;

    /** A bf16 element that is read and written. */
    private static final int COPIED = 2 * BF16;

    private static final int PASSES = 2;

    /** Of a kernel, s: 3.5 µs were measured through direct mapping on an H200's host. */
    private static final double LAUNCH = 3.5e-6;

    private RehearsalTime() {}

    /** Of one rehearsal, of communicators of so many nodes; 0 where one GPU is alone. */
    public static double seconds(StepSetup setup, Machine machine, int nodes) {
        int gpus = nodes * machine.gpusPerNode();
        if (gpus == 1) {
            return 0;
        }
        List<Collective> collectives = StepCollectives.of(setup, gpus);
        double travelling = collectives.stream()
                .mapToDouble(each -> times(each, setup) * machine.seconds(each, nodes))
                .sum();
        double moving = bytes(setup, gpus) / (machine.value(Figure.MEMORY_KERNELS) * 1e9);
        return travelling + Math.max(moving, comparisons(setup, gpus) * LAUNCH);
    }

    private static int microBatches(StepSetup setup) {
        return Math.min(MOST_MICRO_BATCHES, setup.accumulation());
    }

    /** Over what a step sends. */
    private static double times(Collective collective, StepSetup setup) {
        return switch (collective.when()) {
            case EVERY_MICRO_BATCH -> (double) microBatches(setup) / setup.accumulation();
            case LAST_MICRO_BATCH -> 1;
            case AFTER_BACKWARD -> collective.purpose().equals(StepCollectives.NORM) ? NORMS : 1;
            case AFTER_OPTIMIZER -> UPDATES;
        };
    }

    /** What is poisoned, the pattern, its way through the buckets, the weights read in both passes, the states begun anew. */
    private static double bytes(StepSetup setup, int gpus) {
        ZeroBytes zero = ZeroBytes.of(setup, gpus);
        double elements = setup.model().parameters();
        int micro = microBatches(setup);
        double poisoned =
                (double) zero.weights() + zero.gradients() + zero.gathered() + zero.scratch() + zero.buckets();
        double patterns = elements * BF16;
        double carried = zero.buckets() == 0 ? 0 : elements * COPIED * micro;
        double read = movesWeights(setup) ? elements * BF16 * looks(setup) * micro : 0;
        return poisoned + patterns + carried + read + zero.optimizer() + zero.weights();
    }

    /** Kernels that compare weights: each rank's part of each tensor, where tensors are cut. */
    private static double comparisons(StepSetup setup, int gpus) {
        ZeroSchedule schedule = ZeroSchedule.of(setup, gpus);
        return schedule.shares().cut() == Cut.TENSOR
                ? (double) schedule.tensors().all().size() * gpus * looks(setup) * microBatches(setup)
                : 0;
    }

    /** At each weight in a micro-batch: in both passes, and again at a layer of which some is gathered a third time. */
    private static int looks(StepSetup setup) {
        return ZeroSchedule.of(setup, 1).gathersBehindRecomputation().isEmpty() ? PASSES : PASSES + 1;
    }

    private static boolean movesWeights(StepSetup setup) {
        return setup.zero().stage() > 0;
    }
}
