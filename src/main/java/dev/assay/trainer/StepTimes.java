package dev.assay.trainer;

import java.util.List;

/**
 * Milliseconds of a step by the device's clock, on the compute stream; the first five add up to the whole.
 *
 * @param forward of all micro-batches, from the copy of their tokens to the last norm
 * @param recomputation of layers in backward
 * @param backward of all micro-batches: logits, loss, gradients
 * @param optimizer norm, clipping, AdamW
 * @param exposed what the compute stream waits for what travels, or takes to carry it itself, wherever in the step
 * @param whole from the first to the last of it
 * @param collectives each kind and purpose once, in the order of their first; none of a silent step
 */
public record StepTimes(
        double forward,
        double recomputation,
        double backward,
        double optimizer,
        double exposed,
        double whole,
        List<CollectiveTime> collectives) {
    public StepTimes {
        collectives = List.copyOf(collectives);
    }
}
