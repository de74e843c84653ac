package dev.assay.trainer;

import dev.assay.device.TrainingKernels;
import dev.assay.training.FlatTensor;
import dev.assay.training.FlatTensors;
import dev.assay.training.GradientBucket;
import dev.assay.training.Shares;
import dev.assay.training.Shares.Cut;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSchedule;
import dev.assay.workload.ElementType;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What one rank's memory of ZeRO is called, and how large it is. */
final class ZeroMemory {
    /** Whole in stages 0 to 2. */
    static final String WEIGHTS = "zero.weights";

    /** This rank's, where tensors are cut: what it sends. */
    static final String WEIGHT_SHARD = "zero.weights.shard";

    /** Stage 3: a module gathered, one of {@link ZeroSchedule#slots}. */
    static final String SLOT = "zero.weights.slot.";

    /** Stage 3: a module that stays gathered from forward to backward, each its own. */
    static final String KEPT = "zero.weights.kept.";

    /** Stage 3: tensors that stay whole. */
    static final String SMALL = "zero.weights.small";

    /** Tensors that do not divide evenly, with what fills them up. */
    static final String STAGING = "zero.weights.staging";

    /** Sums of micro-batches: all in stages 0 and 1. */
    static final String GRADIENTS = "zero.gradients";

    /** This rank's, where it is not a stretch of the former. */
    static final String GRADIENT_SHARD = "zero.gradients.shard";

    /** A module's gradients of one micro-batch; two in turn where they are sent on. */
    static final String SCRATCH = "zero.gradients.module.";

    static final String TIED_SCRATCH = "zero.gradients.module.tied";
    static final String BUCKET = "zero.bucket";
    static final String MASTER = "zero.master";
    static final String FIRST_MOMENT = "zero.m";
    static final String SECOND_MOMENT = "zero.v";
    static final String PARTIALS = "zero.norm.partials";
    static final String SQUARES = "zero.norm.squares";
    static final String SCALE_AND_NORM = "zero.norm.scale";

    /** What the {@link Rehearsal} counts. */
    static final String REHEARSAL = "zero.rehearsal.wrong";

    /** Through which something travels, from the gradients of a module to the weights it is read from. */
    private static final Set<MemoryPart> TRAVELLING = EnumSet.of(
            MemoryPart.WEIGHTS, MemoryPart.GRADIENTS, MemoryPart.BUCKETS, MemoryPart.GATHERED, MemoryPart.LIVE_LAYER);

    private static final int NARROW = 2;
    private static final int BF16 = 2;

    private ZeroMemory() {}

    static ElementType sumType(StepSetup setup) {
        return setup.gradientBytes() == NARROW ? ElementType.BF16 : ElementType.FP32;
    }

    static ElementType wireType(StepSetup setup) {
        return setup.wireBytes() == NARROW ? ElementType.BF16 : ElementType.FP32;
    }

    /** Of the whole flat order, so that it divides into as many parts as ranks, each of whole vectors. */
    static long padded(ZeroSchedule schedule) {
        return schedule.ranks() * stretch(schedule);
    }

    /** One of those parts. */
    static long stretch(ZeroSchedule schedule) {
        return Shares.part(schedule.tensors().total(), schedule.ranks());
    }

    /** Whether sums are kept of all elements, in stages 0 and 1. */
    static boolean keepsWholeGradients(ZeroSchedule schedule) {
        return !schedule.everyMicroBatch();
    }

    /** Whether micro-batches add to the sums themselves. */
    static boolean addsInPlace(TrainerSetup setup, ZeroSchedule schedule) {
        return keepsWholeGradients(schedule) && sumType(setup.step()) == ElementType.BF16;
    }

    /** Whether a bucket travels from where the sums are. */
    static boolean sendsInPlace(TrainerSetup setup, ZeroSchedule schedule) {
        return keepsWholeGradients(schedule)
                && schedule.shares().cut() != Cut.TENSOR
                && sumType(setup.step()) == wireType(setup.step());
    }

    static void plan(TrainerSetup setup, ZeroSchedule schedule, AllocationPlan plan) {
        planWeights(setup.step().zero().stage(), schedule, plan);
        planGradients(setup, schedule, plan);
        long states = schedule.shares().elements() * Float.BYTES;
        plan.add(MASTER, MemoryPart.OPTIMIZER, states);
        plan.add(FIRST_MOMENT, MemoryPart.OPTIMIZER, states);
        plan.add(SECOND_MOMENT, MemoryPart.OPTIMIZER, states);
        plan.add(PARTIALS, MemoryPart.WORKSPACE, (long) TrainingKernels.SQUARE_PARTS * Double.BYTES);
        plan.add(SQUARES, MemoryPart.WORKSPACE, Float.BYTES);
        plan.add(SCALE_AND_NORM, MemoryPart.WORKSPACE, 2L * Float.BYTES);
        plan.add(
                REHEARSAL,
                MemoryPart.WORKSPACE,
                Rehearsal.bytes(schedule.tensors().modules()));
    }

    /** Names of memory that the steps write anew: whatever is there beforehand must not matter. */
    static List<String> travelling(TrainerSetup setup, ZeroSchedule schedule) {
        AllocationPlan plan = new AllocationPlan();
        plan(setup, schedule, plan);
        return plan.allocations().stream()
                .filter(each -> TRAVELLING.contains(each.part()))
                .map(Allocation::name)
                .toList();
    }

    private static void planWeights(int stage, ZeroSchedule schedule, AllocationPlan plan) {
        if (schedule.shares().cut() == Cut.TENSOR) {
            plan.add(WEIGHT_SHARD, MemoryPart.WEIGHTS, schedule.shares().elements() * BF16);
        }
        if (stage < 3) {
            plan.add(WEIGHTS, MemoryPart.WEIGHTS, padded(schedule) * BF16);
            addStaging(schedule, Stream.of(schedule.tensors().all()), plan);
            return;
        }
        for (int slot = 0; slot < schedule.slots(); slot++) {
            plan.add(SLOT + slot, MemoryPart.GATHERED, schedule.tensors().largestModule() * BF16);
        }
        for (int module : schedule.kept()) {
            plan.add(KEPT + module, MemoryPart.GATHERED, schedule.tensors().elements(module) * BF16);
        }
        if (!schedule.small().isEmpty()) {
            plan.add(SMALL, MemoryPart.WEIGHTS, schedule.dealt(schedule.small()) * BF16);
        }
        addStaging(schedule, schedule.gathers().stream(), plan);
    }

    private static void addStaging(ZeroSchedule schedule, Stream<List<FlatTensor>> gathers, AllocationPlan plan) {
        long most = schedule.shares().cut() != Cut.TENSOR
                ? 0
                : gathers.mapToLong(group -> schedule.dealt(group.stream()
                                .filter(tensor -> !isEven(tensor, schedule.ranks()))
                                .toList()))
                        .max()
                        .orElse(0);
        if (most > 0) {
            plan.add(STAGING, MemoryPart.GATHERED, most * BF16);
        }
    }

    /** Whether its parts fill it, so that a gather may write where it belongs. */
    static boolean isEven(FlatTensor tensor, int ranks) {
        return ranks * Shares.part(tensor, ranks) == tensor.size();
    }

    private static void planGradients(TrainerSetup setup, ZeroSchedule schedule, AllocationPlan plan) {
        int bytes = sumType(setup.step()).bytes();
        if (keepsWholeGradients(schedule)) {
            plan.add(GRADIENTS, MemoryPart.GRADIENTS, padded(schedule) * bytes);
        }
        if (!keepsWholeGradients(schedule) || schedule.shares().cut() == Cut.TENSOR) {
            plan.add(GRADIENT_SHARD, MemoryPart.GRADIENTS, schedule.shares().elements() * bytes);
        }
        if (!addsInPlace(setup, schedule)) {
            planScratch(setup, schedule, plan);
        }
        if (!sendsInPlace(setup, schedule)) {
            long most = schedule.buckets().stream()
                    .mapToLong(bucket -> bucketElements(bucket, schedule.ranks()))
                    .max()
                    .orElseThrow();
            plan.add(BUCKET, MemoryPart.BUCKETS, most * wireType(setup.step()).bytes());
        }
    }

    private static long bucketElements(GradientBucket bucket, int ranks) {
        return bucket.elements(ranks);
    }

    private static void planScratch(TrainerSetup setup, ZeroSchedule schedule, AllocationPlan plan) {
        FlatTensors tensors = schedule.tensors();
        boolean tied = setup.modules().tied();
        long largest = 0;
        for (int module = tied ? 1 : 0; module < tensors.modules(); module++) {
            largest = Math.max(largest, tensors.elements(module));
        }
        for (int scratch = 0; scratch < scratches(schedule); scratch++) {
            plan.add(SCRATCH + scratch, MemoryPart.LIVE_LAYER, largest * BF16);
        }
        if (tied) {
            plan.add(TIED_SCRATCH, MemoryPart.LIVE_LAYER, tensors.elements(0) * BF16);
        }
    }

    /** Two where the next module is computed while one is sent on. */
    static int scratches(ZeroSchedule schedule) {
        return schedule.overlaps() && schedule.everyMicroBatch() ? 2 : 1;
    }
}
