package dev.assay.deepspeed;

/**
 * The optimizer.
 *
 * @param decoupled AdamW (the weight decay is not part of the gradient); DeepSpeed takes {@code Adam} for AdamW too, unless
 *     {@code adam_w_mode} is false
 */
public record Adam(
        boolean decoupled,
        double learningRate,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        boolean biasCorrection) {}
