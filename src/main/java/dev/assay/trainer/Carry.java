package dev.assay.trainer;

import dev.assay.device.Stream;
import dev.assay.device.Tensor;
import dev.assay.device.TrainingKernels;

/** One copy or sum, with its views made beforehand. */
record Carry(Tensor from, Tensor to) {
    void enqueue(TrainingKernels kernels, boolean add, Stream stream) {
        kernels.carry(from, to, add, stream);
    }
}
