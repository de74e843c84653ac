package dev.assay.plan;

import dev.assay.deepspeed.Adam;
import dev.assay.deepspeed.AssaySection.Floors;
import dev.assay.training.AdamW;
import dev.assay.training.GradientClipping;
import java.util.Optional;

/**
 * What a run by a config needs beside its step's shape; the same on any number of GPUs.
 *
 * @param clipping largest global norm of the gradients; 0: none
 * @param floors what the file itself asks for
 */
record TrainingTerms(Adam optimizer, double clipping, Optional<Floors> floors) {
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
