package dev.assay.trainer;

import dev.assay.device.DeviceMemory;

/** The three GEMMs of a linear layer on bf16 tensors, however they are multiplied. Enqueues on the compute stream. */
interface LinearProducts {
    /** out = x · Wᵀ. */
    void forward(DeviceMemory x, DeviceMemory weight, DeviceMemory out);

    /** dW += dOutᵀ · x, then dX = dOut · W, which may be the memory of x. */
    void backward(DeviceMemory dOut, DeviceMemory x, DeviceMemory weight, DeviceMemory dWeight, DeviceMemory dX);
}
