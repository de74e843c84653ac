package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.workload.LinearPass;
import java.util.Optional;

/**
 * out = x · Wᵀ, W [outputs, inputs] one tensor or several that lie one after the other. Where there is a bias it is added by
 * {@link #forward} unless the activation function behind it adds it.
 */
final class Projection {
    private final Compute compute;
    private final int outputs;
    private final Place weight;
    private final Optional<Place> bias;
    private final GemmRunner forward;
    private final GemmRunner inputGradient;
    private final GemmRunner weightGradient;

    Projection(Compute compute, int inputs, int outputs, Place weight, Optional<Place> bias) {
        int rows = compute.sizes().rows();
        this.compute = compute;
        this.outputs = outputs;
        this.weight = weight;
        this.bias = bias;
        forward = compute.gemm(DecoderSizes.gemm(LinearPass.FORWARD, rows, inputs, outputs));
        inputGradient = compute.gemm(DecoderSizes.gemm(LinearPass.INPUT_GRADIENT, rows, inputs, outputs));
        weightGradient = compute.gemm(DecoderSizes.gemm(LinearPass.WEIGHT_GRADIENT, rows, inputs, outputs));
    }

    /** With the bias. */
    void forward(DeviceMemory weights, DeviceMemory x, DeviceMemory out) {
        product(weights, x, out);
        bias.ifPresent(place -> compute.kernels()
                .addBias(out, place.in(weights), compute.sizes().rows(), outputs, compute.stream()));
    }

    /** Without the bias. */
    void product(DeviceMemory weights, DeviceMemory x, DeviceMemory out) {
        forward.enqueue(x, weight.in(weights), out, compute.stream());
    }

    DeviceMemory bias(DeviceMemory weights) {
        return bias.orElseThrow().in(weights);
    }

    /** Adds to the gradients of matrix and bias; then writes dX, which may be the memory of x. */
    void backward(DeviceMemory weights, DeviceMemory gradients, DeviceMemory dOut, DeviceMemory x, DeviceMemory dX) {
        weightGradient.enqueue(dOut, x, weight.in(gradients), compute.stream());
        bias.ifPresent(place -> compute.kernels()
                .biasGradient(
                        dOut,
                        compute.sizes().rows(),
                        outputs,
                        place.in(gradients),
                        compute.scratch(),
                        compute.stream()));
        inputGradient.enqueue(dOut, weight.in(weights), dX, compute.stream());
    }
}
