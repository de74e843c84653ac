package dev.assay.trainer;

/**
 * Milliseconds of a step by the device's clock, on the compute stream, waiting for what travels included.
 *
 * @param forward of all micro-batches, from the copy of their tokens to the last norm
 * @param backward of all micro-batches: logits, loss, recomputation, backward
 * @param optimizer from the last backward: what remains to be sent, norm, clipping, AdamW
 * @param whole from the first to the last of it: the sum of the others
 */
public record StepTimes(double forward, double backward, double optimizer, double whole) {}
