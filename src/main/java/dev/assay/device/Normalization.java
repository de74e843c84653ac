package dev.assay.device;

import java.util.Optional;

/**
 * RMSNorm of each row, x · rstd · weight, or LayerNorm where there are bias and mean: (x − mean) · rstd · weight + bias.
 *
 * @param eps what is added to the mean square before its root is taken
 */
public record Normalization(
        long rows, int width, DeviceMemory weight, Optional<DeviceMemory> bias, float eps, Statistics statistics) {
    public Normalization {
        if (bias.isPresent() != statistics.mean().isPresent()) {
            throw new IllegalArgumentException(
                    "a norm must have bias and mean, as LayerNorm, or neither, as RMSNorm, got "
                            + (bias.isPresent() ? "a bias alone" : "a mean alone"));
        }
    }

    /** One fp32 a row, out of the forward and into the gradient. */
    public record Statistics(Optional<DeviceMemory> mean, DeviceMemory rstd) {}

    /** after = before + delta. Without delta {@code before} is what is normed, and {@code after} is left alone. */
    public record Residual(DeviceMemory before, Optional<DeviceMemory> delta, DeviceMemory after) {}

    /**
     * What the gradients are added to.
     *
     * @param residual of what was normed
     * @param bias there where the norm has one
     */
    public record Gradients(DeviceMemory residual, DeviceMemory weight, Optional<DeviceMemory> bias) {}
}
