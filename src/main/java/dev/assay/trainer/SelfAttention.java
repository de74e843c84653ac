package dev.assay.trainer;

import dev.assay.device.Attention;
import dev.assay.device.Attention.Qkv;
import dev.assay.device.AttentionShape;
import dev.assay.device.DeviceMemory;
import dev.assay.device.RopeShape;
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
        compute.kernels().attention(new Attention(shape, split(qkv), out, lse), compute.stream());
    }

    /** @param dQkv out: of query and key before they were turned */
    void backward(DeviceMemory qkv, DeviceMemory out, DeviceMemory lse, DeviceMemory dOut, DeviceMemory dQkv) {
        Attention attention = new Attention(shape, split(qkv), out, lse);
        compute.kernels().attentionGradient(attention, dOut, split(dQkv), sums, compute.stream());
        turn(dQkv, Rotation.BACKWARD);
    }

    /** Keys lie behind the queries in each row, so they are more heads. */
    private void turn(DeviceMemory qkv, Rotation rotation) {
        ModelShape model = compute.sizes().model();
        if (turned) {
            RopeShape rows = new RopeShape(
                    compute.sizes().rows(),
                    model.heads() + model.kvHeads(),
                    model.headSize(),
                    compute.sizes().qkv(),
                    compute.sizes().setup().sequence(),
                    model.ropeBase());
            compute.kernels().rope(qkv, rows, rotation, compute.stream());
        }
    }

    private Qkv split(DeviceMemory qkv) {
        ModelShape model = compute.sizes().model();
        return new Qkv(
                qkv.slice(0, Unsharded.BF16 * shape.queryElements()),
                keyOrValue(qkv, model.queryWidth()),
                keyOrValue(qkv, model.queryWidth() + model.kvWidth()));
    }

    private DeviceMemory keyOrValue(DeviceMemory qkv, long column) {
        return qkv.slice(Unsharded.BF16 * column, Unsharded.BF16 * shape.kvElements());
    }
}
