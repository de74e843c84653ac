package dev.assay.plan;

import dev.assay.deepspeed.Adam;
import dev.assay.deepspeed.AssaySection.Floors;
import dev.assay.deepspeed.Zero;
import dev.assay.training.AdamW;
import dev.assay.training.FlatTensor;
import dev.assay.training.GradientClipping;
import dev.assay.training.StepSetup;
import dev.assay.training.TurnReuse;
import dev.assay.training.ZeroSchedule;
import java.util.Optional;

/**
 * What a run by a config needs beside its step's shape; the same on any number of GPUs.
 *
 * @param clipping largest global norm of the gradients; 0: none
 * @param floors what the file itself asks for
 * @param zero as the file has it, for what the engine does not do
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
     * Why the engine's traffic would not be what the file asks for; empty: it is, to a tenth of the weights' gathers. A file of
     * another stage asks for nothing where its stress variant gathers weights, and on one GPU nothing travels.
     */
    Optional<String> refused(TrainingPlace place) {
        return zero.stage() < 3 || place.gpus() == 1
                ? Optional.empty()
                : shardedAgain(place.setup()).or(() -> keptAtTheTurn(place.setup()));
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

    private Optional<String> keptAtTheTurn(StepSetup step) {
        TurnReuse reuse = TurnReuse.of(step, zero.maxReuseDistance());
        return reuse.share() <= TurnReuse.MOST
                ? Optional.empty()
                : Optional.of("stage3_max_reuse_distance " + zero.maxReuseDistance() + " lets DeepSpeed keep "
                        + percent(reuse)
                        + " of the weights that this engine gathers in a micro-batch, where at most "
                        + Words.fixed(100 * TurnReuse.MOST, 0)
                        + " % may differ; set it lower, as 0, or take a larger model; not run");
    }

    /** What a reader must know of a smaller difference; empty: there is none, as on one GPU, where nothing travels. */
    Optional<String> difference(TrainingPlace place) {
        TurnReuse reuse = TurnReuse.of(place.setup(), zero.maxReuseDistance());
        return place.gpus() == 1 || reuse.modules() == 0 || reuse.share() > TurnReuse.MOST
                ? Optional.empty()
                : Optional.of(
                        "stage3_max_reuse_distance " + zero.maxReuseDistance() + ": DeepSpeed keeps the weights of "
                                + Words.plural(reuse.modules(), "module")
                                + " from forward to backward, this engine gathers them again: " + percent(reuse)
                                + " of the weights that it gathers");
    }

    private static String percent(TurnReuse reuse) {
        return Words.fixed(100 * reuse.share(), 1) + " %";
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
