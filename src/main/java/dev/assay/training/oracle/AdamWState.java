package dev.assay.training.oracle;

import dev.assay.training.AdamW;
import dev.assay.training.Parameter;
import dev.assay.training.ParameterLayout;

/**
 * AdamW with its moments. In step t, counted from 1, of a weight w with gradient g:
 *
 * <pre>
 *   w ← w · (1 − lr · decay)
 *   m ← β₁ · m + (1 − β₁) · g
 *   v ← β₂ · v + (1 − β₂) · g²
 *   w ← w − lr · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
 * </pre>
 */
public final class AdamWState {
    private final ParameterValues first;
    private final ParameterValues second;
    private int steps;

    public AdamWState(ParameterLayout layout) {
        first = ParameterValues.zeros(layout);
        second = ParameterValues.zeros(layout);
    }

    /** Changes the weights. The settings may differ from step to step, as a schedule of learning rates has it. */
    public void update(AdamW settings, ParameterValues weights, ParameterValues gradients) {
        steps++;
        for (Parameter parameter : weights.layout().parameters()) {
            update(settings, weights.of(parameter), gradients.of(parameter), first.of(parameter), second.of(parameter));
        }
    }

    private void update(AdamW settings, double[] w, double[] g, double[] m, double[] v) {
        double firstCorrection = 1 - Math.pow(settings.beta1(), steps);
        double secondCorrection = 1 - Math.pow(settings.beta2(), steps);
        for (int i = 0; i < w.length; i++) {
            m[i] = settings.beta1() * m[i] + (1 - settings.beta1()) * g[i];
            v[i] = settings.beta2() * v[i] + (1 - settings.beta2()) * g[i] * g[i];
            double change = m[i] / firstCorrection / (Math.sqrt(v[i] / secondCorrection) + settings.epsilon());
            w[i] -= settings.learningRate() * (change + settings.weightDecay() * w[i]);
        }
    }

    /** m, the mean of gradients; the state itself, not a copy. */
    public ParameterValues first() {
        return first;
    }

    /** v, the mean of squared gradients; the state itself, not a copy. */
    public ParameterValues second() {
        return second;
    }

    /** Updates so far. */
    public int steps() {
        return steps;
    }
}
