package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.training.MatrixPrecision;
import dev.assay.workload.LinearPass;

/** In bf16, as the tensors lie. */
final class PlainProducts implements LinearProducts {
    private final Compute compute;
    private final GemmRunner forward;
    private final GemmRunner inputGradient;
    private final GemmRunner weightGradient;

    PlainProducts(Compute compute, int inputs, int outputs) {
        this.compute = compute;
        forward = gemm(compute, LinearPass.FORWARD, inputs, outputs);
        inputGradient = gemm(compute, LinearPass.INPUT_GRADIENT, inputs, outputs);
        weightGradient = gemm(compute, LinearPass.WEIGHT_GRADIENT, inputs, outputs);
    }

    private static GemmRunner gemm(Compute compute, LinearPass pass, int inputs, int outputs) {
        return compute.gemm(DecoderSizes.gemm(pass, compute.sizes().rows(), inputs, outputs, MatrixPrecision.BF16));
    }

    @Override
    public void forward(DeviceMemory x, DeviceMemory weight, DeviceMemory out) {
        forward.enqueue(x, weight, out, compute.stream());
    }

    @Override
    public void backward(
            DeviceMemory dOut, DeviceMemory x, DeviceMemory weight, DeviceMemory dWeight, DeviceMemory dX) {
        weightGradient.enqueue(dOut, x, dWeight, compute.stream());
        inputGradient.enqueue(dOut, weight, dX, compute.stream());
    }
}
