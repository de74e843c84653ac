package dev.assay.trainer;

import dev.assay.device.AttentionShape;
import dev.assay.device.DeviceMemory;
import dev.assay.device.TrainingKernels.Rotation;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;

/** Attention between its two projections, on query, key and value as one GEMM leaves them, side by side in each row. */
final class SelfAttention {
    private final Compute compute;
    private final AttentionShape shape;
    private final DeviceMemory sums;
    private final boolean turned;

    /** @param sums fp32 scratch of backward */
    SelfAttention(Compute compute, DeviceMemory sums) {
        this.compute = compute;
        this.shape = compute.sizes().attention();
        this.sums = sums;
        this.turned = compute.sizes().model().family() == ModelFamily.LLAMA;
    }

    /** Turns query and key in place. */
    void forward(DeviceMemory qkv, DeviceMemory out, DeviceMemory lse) {
        turn(qkv, Rotation.FORWARD);
        compute.kernels().attention(shape, query(qkv), key(qkv), value(qkv), out, lse, compute.stream());
    }

    /** @param dQkv out: of query and key before they were turned */
    void backward(DeviceMemory qkv, DeviceMemory out, DeviceMemory lse, DeviceMemory dOut, DeviceMemory dQkv) {
        compute.kernels()
                .attentionGradient(
                        shape,
                        query(qkv),
                        key(qkv),
                        value(qkv),
                        out,
                        lse,
                        dOut,
                        query(dQkv),
                        key(dQkv),
                        value(dQkv),
                        sums,
                        compute.stream());
        turn(dQkv, Rotation.BACKWARD);
    }

    /** Keys lie behind the queries in each row, so they are more heads. */
    private void turn(DeviceMemory qkv, Rotation rotation) {
        ModelShape model = compute.sizes().model();
        if (turned) {
            compute.kernels()
                    .rope(
                            qkv,
                            compute.sizes().rows(),
                            model.heads() + model.kvHeads(),
                            model.headSize(),
                            compute.sizes().qkv(),
                            compute.sizes().setup().sequence(),
                            model.ropeBase(),
                            rotation,
                            compute.stream());
        }
    }

    private DeviceMemory query(DeviceMemory qkv) {
        return qkv.slice(0, Unsharded.BF16 * shape.queryElements());
    }

    private DeviceMemory key(DeviceMemory qkv) {
        return keyOrValue(qkv, compute.sizes().model().queryWidth());
    }

    private DeviceMemory value(DeviceMemory qkv) {
        ModelShape model = compute.sizes().model();
        return keyOrValue(qkv, model.queryWidth() + model.kvWidth());
    }

    private DeviceMemory keyOrValue(DeviceMemory qkv, long column) {
        return qkv.slice(Unsharded.BF16 * column, Unsharded.BF16 * shape.kvElements());
    }
}
