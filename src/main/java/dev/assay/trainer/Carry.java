package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.TrainingKernels;
import dev.assay.workload.ElementType;

/** One copy or sum, with its views made beforehand. */
record Carry(DeviceMemory from, ElementType fromType, DeviceMemory to, ElementType toType, long elements) {
    void enqueue(TrainingKernels kernels, boolean add, Stream stream) {
        kernels.carry(from, fromType, to, toType, elements, add, stream);
    }
}
