package dev.assay.plan;

import dev.assay.deepspeed.Adam;
import dev.assay.deepspeed.AssaySection.Floors;
import dev.assay.deepspeed.Zero;
import dev.assay.training.AdamW;
import dev.assay.training.FlatTensor;
import dev.assay.training.GradientClipping;
import dev.assay.training.LayerReuse;
import dev.assay.training.StepCollectives;
import dev.assay.training.StepPrediction;
import dev.assay.training.StepSetup;
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

    /** What a reader must know of other traffic; empty: there is none, as on one GPU, where nothing travels. */
    Optional<String> difference(TrainingPlace place) {
        LayerReuse reuse = LayerReuse.of(place.setup());
        double third = reuse.share();
        return place.gpus() == 1 || third == 0
                ? Optional.empty()
                : Optional.of("stage3_max_reuse_distance " + zero.maxReuseDistance()
                        + ": DeepSpeed gathers some weights of each layer a third time, between its second forward and"
                        + " its backward, " + Words.fixed(100 * third, 1)
                        + " % more than this engine, which keeps the layer that it works on"
                        + place.prediction()
                                .map(step -> ofDeepSpeed(place, step, reuse))
                                .orElse(""));
    }

    /** What the fabric makes impossible to DeepSpeed itself, which sends more. */
    private static String ofDeepSpeed(TrainingPlace place, StepPrediction step, LayerReuse reuse) {
        double more = reuse.busBytes(place.setup(), place.gpus());
        double all = StepCollectives.busBytes(place.setup(), place.gpus()) + more;
        return ": on " + Words.plural(place.nodes(), "node") + " " + TrainingTables.bytes(Math.round(all))
                + " on the bus in a step, so at most "
                + Words.fixed(100 * step.efficiencyWithFullOverlap(more), 0)
                + " % of computing alone even with perfect overlap, "
                + Words.fixed(100 * step.efficiencyWithFullOverlap(), 0) + " % by this engine's bytes";
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
