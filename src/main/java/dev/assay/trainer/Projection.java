package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
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
    private final LinearProducts products;

    Projection(
            Compute compute,
            Optional<QuantizedMemory> quantized,
            int inputs,
            int outputs,
            Place weight,
            Optional<Place> bias) {
        this.compute = compute;
        this.outputs = outputs;
        this.weight = weight;
        this.bias = bias;
        products = quantized
                .<LinearProducts>map(memory -> new QuantizedProducts(compute, memory, inputs, outputs))
                .orElseGet(() -> new PlainProducts(compute, inputs, outputs));
    }

    /** With the bias. */
    void forward(DeviceMemory weights, DeviceMemory x, DeviceMemory out) {
        product(weights, x, out);
        bias.ifPresent(place -> compute.kernels()
                .addBias(out, place.in(weights), compute.sizes().rows(), outputs, compute.stream()));
    }

    /** Without the bias. */
    void product(DeviceMemory weights, DeviceMemory x, DeviceMemory out) {
        products.forward(x, weight.in(weights), out);
    }

    /** Where its matrix begins in the module, in bytes. */
    long offset() {
        return weight.offset();
    }

    DeviceMemory bias(DeviceMemory weights) {
        return bias.orElseThrow().in(weights);
    }

    /** Adds to the gradients of matrix and bias; then writes dX, which may be the memory of x. */
    void backward(DeviceMemory weights, DeviceMemory gradients, DeviceMemory dOut, DeviceMemory x, DeviceMemory dX) {
        bias.ifPresent(place -> compute.kernels()
                .biasGradient(
                        dOut,
                        compute.sizes().rows(),
                        outputs,
                        place.in(gradients),
                        compute.scratch(),
                        compute.stream()));
        products.backward(dOut, x, weight.in(weights), weight.in(gradients), dX);
    }
}
