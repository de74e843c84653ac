package dev.assay.trainer;

import dev.assay.device.SeededNormal;
import dev.assay.training.AdamW;
import dev.assay.training.GradientClipping;
import dev.assay.training.Initial;
import dev.assay.training.MemoryPlan;
import dev.assay.training.Parameter;
import dev.assay.training.ParameterLayout;
import dev.assay.training.SeededWeights;
import dev.assay.training.StepSetup;

/**
 * What is trained and how.
 *
 * @param seed of the initial weights
 * @param logitBytes most bytes of logits that exist at once; the cross-entropy goes over so many rows at a time
 */
public record TrainerSetup(StepSetup step, AdamW optimizer, GradientClipping clipping, long seed, long logitBytes) {
    /** As {@code training}'s memory plan counts them. */
    public static final long LOGIT_BYTES = MemoryPlan.LOGIT_BYTES;

    public TrainerSetup {
        if (logitBytes <= 0) {
            throw new IllegalArgumentException("training: logitBytes must be > 0, got " + logitBytes);
        }
    }

    public TrainerSetup(StepSetup step, AdamW optimizer, GradientClipping clipping, long seed) {
        this(step, optimizer, clipping, seed, LOGIT_BYTES);
    }

    public ParameterLayout layout() {
        return ParameterLayout.of(step.model());
    }

    public ModuleCut modules() {
        return ModuleCut.of(layout());
    }

    public SeededWeights weights() {
        return new SeededWeights(layout(), seed);
    }

    /** @param first the element of the parameter that a piece begins with */
    static SeededNormal initial(SeededWeights weights, Parameter parameter, long first) {
        double mean = parameter.initial() == Initial.ONE ? 1 : 0;
        return new SeededNormal(weights.key(parameter), first, mean, weights.deviation(parameter));
    }

    /** @param step counted from 1 */
    dev.assay.device.AdamW optimizerAt(int step) {
        return new dev.assay.device.AdamW(
                optimizer.learningRate(),
                optimizer.beta1(),
                optimizer.beta2(),
                optimizer.epsilon(),
                optimizer.weightDecay(),
                step);
    }
}
