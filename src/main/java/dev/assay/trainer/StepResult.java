package dev.assay.trainer;

/**
 * What an optimizer step gave. Loss and norm are of the weights before the update; they may be NaN, which the caller must judge.
 *
 * @param number from 1
 * @param loss mean over this rank's tokens of the step, in nats; of all ranks it is the mean of theirs
 * @param gradientNorm of the mean loss over all ranks, micro-batches and tokens, before clipping
 * @param clipping what gradients were multiplied by beside the mean, at most 1
 */
public record StepResult(int number, double loss, double gradientNorm, double clipping, StepTimes times) {}
