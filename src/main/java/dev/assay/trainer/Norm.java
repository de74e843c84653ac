package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Normalization;
import dev.assay.device.Normalization.Gradients;
import dev.assay.device.Normalization.Residual;
import dev.assay.device.Normalization.Statistics;
import java.util.Optional;

/** RMSNorm, or LayerNorm where there is a bias; adds to the residual stream on its way. */
final class Norm {
    /** Of both families: {@code rms_norm_eps} of Llama 2 and 3, PyTorch's LayerNorm. */
    static final float EPSILON = 1e-5f;

    private final Compute compute;
    private final Place weight;
    private final Optional<Place> bias;

    Norm(Compute compute, ModuleCut modules, String name) {
        this.compute = compute;
        weight = Place.of(modules, name);
        bias = Place.biasOf(modules, name, name);
    }

    /** Where its weight begins in the module, in bytes. */
    long offset() {
        return weight.offset();
    }

    /** out = the norm of {@code residual}'s sum. */
    void forward(DeviceMemory weights, Residual residual, DeviceMemory out, Statistics statistics) {
        compute.kernels().norm(with(weights, statistics), residual, out, compute.stream());
    }

    /** dResidual += the gradient of what was normed; adds to the gradients of weight and bias. */
    void backward(
            DeviceMemory weights,
            DeviceMemory gradients,
            DeviceMemory dOut,
            DeviceMemory normed,
            Statistics statistics,
            DeviceMemory dResidual) {
        compute.kernels()
                .normGradient(
                        with(weights, statistics),
                        dOut,
                        normed,
                        new Gradients(dResidual, weight.in(gradients), bias.map(place -> place.in(gradients))),
                        compute.scratch(),
                        compute.stream());
    }

    private Normalization with(DeviceMemory weights, Statistics statistics) {
        return new Normalization(
                compute.sizes().rows(),
                compute.sizes().model().hidden(),
                weight.in(weights),
                bias.map(place -> place.in(weights)),
                EPSILON,
                statistics);
    }
}
