package dev.assay.training.oracle;

/**
 * What a training step found.
 *
 * @param loss mean over all positions of the step, in nats, before the update
 * @param gradientNorm 2-norm of all gradients, before clipping
 * @param gradients of the mean loss, before clipping
 */
public record Step(double loss, double gradientNorm, ParameterValues gradients) {}
