package dev.assay.training;

/**
 * The settings of AdamW, the meaning of {@code torch.optim.AdamW} and of DeepSpeed's {@code FusedAdam} with
 * {@code adam_w_mode}: weight decay apart from the gradient, bias correction on. Weight decay falls on every parameter,
 * norms and biases included, as DeepSpeed does with a flat list of parameters.
 *
 * @param epsilon added to the root of the corrected second moment
 */
public record AdamW(double learningRate, double beta1, double beta2, double epsilon, double weightDecay) {
    public AdamW {
        check("learning rate", learningRate, learningRate >= 0, ">= 0");
        check("beta1", beta1, beta1 >= 0 && beta1 < 1, "in [0, 1)");
        check("beta2", beta2, beta2 >= 0 && beta2 < 1, "in [0, 1)");
        check("epsilon", epsilon, epsilon > 0, "> 0");
        check("weight decay", weightDecay, weightDecay >= 0, ">= 0");
    }

    private static void check(String what, double value, boolean right, String rule) {
        if (!right || !Double.isFinite(value)) {
            throw new IllegalArgumentException("AdamW: " + what + " must be " + rule + ", got " + value);
        }
    }
}
