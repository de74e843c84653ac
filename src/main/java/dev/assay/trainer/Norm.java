package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.trainer.DecoderMemory.Statistics;
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

    /** after = before + delta; out = norm(after). */
    void forward(
            DeviceMemory weights,
            DeviceMemory before,
            Optional<DeviceMemory> delta,
            DeviceMemory after,
            DeviceMemory out,
            Statistics statistics) {
        if (bias.isPresent()) {
            compute.kernels()
                    .layerNorm(
                            before,
                            delta,
                            after,
                            compute.sizes().rows(),
                            width(),
                            weight.in(weights),
                            bias.get().in(weights),
                            EPSILON,
                            out,
                            statistics.mean().orElseThrow(),
                            statistics.rstd(),
                            compute.stream());
        } else {
            compute.kernels()
                    .rmsNorm(
                            before,
                            delta,
                            after,
                            compute.sizes().rows(),
                            width(),
                            weight.in(weights),
                            EPSILON,
                            out,
                            statistics.rstd(),
                            compute.stream());
        }
    }

    /** dResidual += the gradient of what was normed; adds to the gradients of weight and bias. */
    void backward(
            DeviceMemory weights,
            DeviceMemory gradients,
            DeviceMemory dOut,
            DeviceMemory normed,
            Statistics statistics,
            DeviceMemory dResidual) {
        if (bias.isPresent()) {
            compute.kernels()
                    .layerNormGradient(
                            dOut,
                            normed,
                            compute.sizes().rows(),
                            width(),
                            weight.in(weights),
                            statistics.mean().orElseThrow(),
                            statistics.rstd(),
                            dResidual,
                            weight.in(gradients),
                            bias.get().in(gradients),
                            compute.scratch(),
                            compute.stream());
        } else {
            compute.kernels()
                    .rmsNormGradient(
                            dOut,
                            normed,
                            compute.sizes().rows(),
                            width(),
                            weight.in(weights),
                            statistics.rstd(),
                            dResidual,
                            weight.in(gradients),
                            compute.scratch(),
                            compute.stream());
        }
    }

    private int width() {
        return compute.sizes().model().hidden();
    }
}
