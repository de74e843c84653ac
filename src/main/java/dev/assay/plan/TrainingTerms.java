package dev.assay.plan;

import dev.assay.deepspeed.Adam;
import dev.assay.deepspeed.AssaySection.Floors;
import dev.assay.deepspeed.Zero;
import dev.assay.training.AdamW;
import dev.assay.training.FlatTensor;
import dev.assay.training.GradientClipping;
import dev.assay.training.StepCollectives;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSchedule;
import java.util.Optional;

/**
 * What a run by a config needs beside its step's shape; the same on any number of GPUs.
 *
 * @param clipping largest global norm of the gradients; 0: none
 * @param floors what the file itself asks for
 * @param zero as the file has it, for what the engine does not do and for its words
 */
record TrainingTerms(Adam optimizer, double clipping, Optional<Floors> floors, Zero zero) {
    /** Why the engine cannot train so; empty: it can. */
    Optional<String> refused() {
        if (!optimizer.decoupled()) {
            return Optional.of(
                    "its optimizer is Adam with the weight decay in the gradient, and the engine has AdamW only");
        }
        return optimizer.biasCorrection()
                ? Optional.empty()
                : Optional.of("its optimizer does not correct the moments' bias, and the engine's always does");
    }

    /**
     * Why the engine would not cut what the file asks for; empty: it does. A file of another stage asks for nothing where its
     * stress variant gathers weights, and on one GPU nothing travels.
     */
    Optional<String> refused(TrainingPlace place) {
        return zero.stage() < 3 || place.gpus() == 1 ? Optional.empty() : shardedAgain(place.setup());
    }

    /** DeepSpeed leaves small tensors whole only up to so many elements in all, the engine all of them. */
    private Optional<String> shardedAgain(StepSetup step) {
        long small = step.zero().stage() < 3
                ? 0
                : ZeroSchedule.of(step, 1).small().stream()
                        .mapToLong(FlatTensor::size)
                        .sum();
        return small <= zero.modelPersistenceThreshold()
                ? Optional.empty()
                : Optional.of("stage3_model_persistence_threshold " + zero.modelPersistenceThreshold()
                        + " lets DeepSpeed cut some of the small tensors, " + small
                        + " elements in all, which this engine leaves whole; set it to " + small
                        + " at least, or leave it out; not run");
    }

    /** What a file's reuse distance costs, which nobody would guess; empty: nothing, as on one GPU, where nothing travels. */
    Optional<String> thirdGathers(TrainingPlace place) {
        double all = StepCollectives.busBytes(place.setup(), place.gpus());
        return StepCollectives.of(place.setup(), place.gpus()).stream()
                .filter(each -> each.purpose().equals(StepCollectives.RECOMPUTED))
                .findFirst()
                .map(third -> "stage3_max_reuse_distance " + zero.maxReuseDistance()
                        + ": so many elements are used behind some weights of each layer, so they go between its second"
                        + " forward and its backward, as DeepSpeed has it, and are gathered a third time, "
                        + Words.fixed(100 * third.busBytes(place.gpus()) / all, 1)
                        + " % of what a step puts on the bus; a larger distance keeps them, and more modules besides");
    }

    AdamW adamW() {
        return new AdamW(
                optimizer.learningRate(),
                optimizer.beta1(),
                optimizer.beta2(),
                optimizer.epsilon(),
                optimizer.weightDecay());
    }

    GradientClipping gradientClipping() {
        return clipping > 0 ? new GradientClipping(clipping) : GradientClipping.none();
    }
}
