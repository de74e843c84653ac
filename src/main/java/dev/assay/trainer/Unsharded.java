package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.Stream;
import dev.assay.device.TrainingKernels;
import dev.assay.training.StepSetup;

/** One rank that has everything: what all stages of ZeRO are on one GPU. */
public final class Unsharded implements ShardingFactory {
    static final String WEIGHTS = "weights";
    static final String GRADIENTS = "gradients";
    static final String TIED_GRADIENTS = "gradients.embedding";
    static final String GRADIENT_SUMS = "gradients.sums";
    static final String MASTER = "optimizer.master";
    static final String FIRST_MOMENT = "optimizer.m";
    static final String SECOND_MOMENT = "optimizer.v";
    static final String PARTIALS = "norm.partials";
    static final String SQUARES = "norm.squares";
    static final String SCALE_AND_NORM = "norm.scale";

    static final int BF16 = 2;
    private static final int BF16_GRADIENTS = 2;

    @Override
    public void plan(TrainerSetup setup, AllocationPlan plan) {
        long all = setup.layout().total();
        plan.add(WEIGHTS, MemoryPart.WEIGHTS, all * BF16);
        planGradients(setup, plan);
        plan.add(MASTER, MemoryPart.OPTIMIZER, all * Float.BYTES);
        plan.add(FIRST_MOMENT, MemoryPart.OPTIMIZER, all * Float.BYTES);
        plan.add(SECOND_MOMENT, MemoryPart.OPTIMIZER, all * Float.BYTES);
        plan.add(PARTIALS, MemoryPart.WORKSPACE, (long) TrainingKernels.SQUARE_PARTS * Double.BYTES);
        plan.add(SQUARES, MemoryPart.WORKSPACE, Float.BYTES);
        plan.add(SCALE_AND_NORM, MemoryPart.WORKSPACE, 2L * Float.BYTES);
    }

    /** Sums in float32 are beside the bf16 gradients of one module, which each module has after the other. */
    private static void planGradients(TrainerSetup setup, AllocationPlan plan) {
        if (isNarrow(setup.step())) {
            plan.add(GRADIENTS, MemoryPart.GRADIENTS, setup.layout().total() * BF16);
            return;
        }
        ModuleCut modules = setup.modules();
        long largest = modules.modules().stream()
                .filter(module -> !isTied(modules, module))
                .mapToLong(ModelModule::elements)
                .max()
                .orElseThrow();
        plan.add(GRADIENTS, MemoryPart.LIVE_LAYER, largest * BF16);
        if (modules.tied()) {
            plan.add(TIED_GRADIENTS, MemoryPart.LIVE_LAYER, modules.embedding().elements() * BF16);
        }
        plan.add(GRADIENT_SUMS, MemoryPart.GRADIENTS, setup.layout().total() * Float.BYTES);
    }

    @Override
    public Sharding open(TrainerSetup setup, Device device, Arena memory, Stream compute) {
        return new WholeStates(setup, device, memory, compute);
    }

    /** Whether micro-batches are summed in bf16. */
    static boolean isNarrow(StepSetup setup) {
        return setup.gradientBytes() == BF16_GRADIENTS;
    }

    /** Its gradients are written by the head, long before they are complete. */
    static boolean isTied(ModuleCut modules, ModelModule module) {
        return modules.tied() && module.equals(modules.embedding());
    }
}
