package dev.assay.training.oracle;

import dev.assay.training.AdamW;
import dev.assay.training.GradientClipping;
import dev.assay.training.MicroBatch;
import java.util.List;

/**
 * A model in training: micro-batches accumulate, the gradients are clipped together, AdamW changes the weights.
 *
 * <p>Loss and gradients are means over all positions of the step. DeepSpeed takes the mean over micro-batches of their
 * means, which is the same where micro-batches are of one size.
 */
public final class Training {
    private final ParameterValues weights;
    private final AdamW settings;
    private final GradientClipping clipping;
    private final AdamWState state;

    /** @param weights are changed by every step */
    public Training(ParameterValues weights, AdamW settings, GradientClipping clipping) {
        this.weights = weights;
        this.settings = settings;
        this.clipping = clipping;
        this.state = new AdamWState(weights.layout());
    }

    public ParameterValues weights() {
        return weights;
    }

    public AdamWState state() {
        return state;
    }

    /** Forward and backward over all micro-batches; changes nothing. */
    public static Step gradients(ParameterValues weights, List<MicroBatch> microBatches) {
        if (microBatches.isEmpty()) {
            throw new IllegalArgumentException(
                    "training step: gradient accumulation must take at least 1 micro-batch, got 0");
        }
        int positions = microBatches.stream().mapToInt(MicroBatch::size).reduce(0, Math::addExact);
        Decoder decoder = new Decoder(weights);
        ParameterValues gradients = ParameterValues.zeros(weights.layout());
        double loss = 0;
        for (MicroBatch microBatch : microBatches) {
            for (double one : decoder.backward(microBatch, 1.0 / positions, gradients)) {
                loss += one / positions;
            }
        }
        return new Step(loss, gradients.norm(), gradients);
    }

    /** Gradients, clipping, update. */
    public Step step(List<MicroBatch> microBatches) {
        Step step = gradients(weights, microBatches);
        double factor = clipping.factor(step.gradientNorm());
        state.update(settings, weights, step.gradients().times(factor));
        return step;
    }
}
