package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Tensor;
import dev.assay.workload.ElementType;

/**
 * Neighbouring elements of a parameter whose states one rank keeps, each where it lies.
 *
 * @param index of the first in the parameter
 * @param gradient of the last step, summed over ranks and micro-batches
 * @param master fp32, as are both moments
 * @param weight bf16
 */
record OwnPiece(
        long index,
        long elements,
        Tensor gradient,
        DeviceMemory master,
        DeviceMemory first,
        DeviceMemory second,
        DeviceMemory weight) {
    /** Some of them, counted from the first. */
    OwnPiece part(long from, long count) {
        ElementType type = gradient.type();
        return new OwnPiece(
                index + from,
                count,
                Zero.tensor(gradient.memory(), type, from, count),
                Zero.slice(master, ElementType.FP32, from, count),
                Zero.slice(first, ElementType.FP32, from, count),
                Zero.slice(second, ElementType.FP32, from, count),
                Zero.slice(weight, ElementType.BF16, from, count));
    }
}
