package dev.assay.training;

/**
 * Clipping of all gradients together by their global 2-norm, as {@code torch.nn.utils.clip_grad_norm_} and DeepSpeed do it.
 *
 * @param maxNorm the norm that gradients are scaled down to; infinite: they stay as they are
 */
public record GradientClipping(double maxNorm) {
    public GradientClipping {
        if (!(maxNorm > 0)) {
            throw new IllegalArgumentException("gradient clipping: the largest norm must be > 0, got " + maxNorm);
        }
    }

    public static GradientClipping none() {
        return new GradientClipping(Double.POSITIVE_INFINITY);
    }

    /** What gradients of that norm are multiplied by: maxNorm / (norm + 10⁻⁶), at most 1. */
    public double factor(double norm) {
        if (!Double.isFinite(norm)) {
            throw new ArithmeticException("gradient clipping: the norm of the gradients must be finite, got " + norm
                    + "; the step must be refused, look for an overflow in its forward or backward pass");
        }
        return Math.min(1, maxNorm / (norm + 1e-6));
    }
}
