package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Normalization.Residual;
import dev.assay.trainer.DecoderMemory.HeadTensors;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.ModelShape;
import dev.assay.workload.LinearPass;
import java.util.Optional;

/** The last norm, logits and their cross-entropy, a chunk of rows at a time: no tensor of all logits exists. */
final class Head {
    private final Compute compute;
    private final Norm norm;
    private final Place matrix;
    private final DeviceMemory logits;
    private final HeadTensors tensors;

    Head(Compute compute, ModuleCut modules, DecoderMemory memory) {
        this.compute = compute;
        norm = new Norm(compute, modules, "norm");
        matrix = Place.of(modules, modules.tied() ? "embedding" : "head");
        logits = memory.logits();
        tensors = memory.head();
    }

    void forward(DeviceMemory weights, DeviceMemory before, DeviceMemory delta) {
        Residual residual = new Residual(before, Optional.of(delta), tensors.x());
        norm.forward(weights, residual, tensors.n(), tensors.statistics());
    }

    /**
     * Losses of all rows, the gradient of the matrix, and tensors.n becomes its own gradient. The loss's scale is 1 / rows.
     *
     * @param weights of the module that has the matrix
     * @param gradients of that module
     */
    void loss(DeviceMemory weights, DeviceMemory gradients, DeviceMemory targets, DeviceMemory losses) {
        DecoderSizes sizes = compute.sizes();
        for (int first = 0; first < sizes.rows(); first += sizes.chunk()) {
            int rows = Math.min(sizes.chunk(), sizes.rows() - first);
            long bytes = (long) Unsharded.BF16 * sizes.model().hidden();
            DeviceMemory n = tensors.n().slice(first * bytes, rows * bytes);
            gemm(LinearPass.FORWARD, rows).enqueue(n, matrix.in(weights), logits, compute.stream());
            compute.kernels()
                    .crossEntropy(
                            logits,
                            words(targets, first, rows),
                            rows,
                            sizes.model().vocabulary(),
                            1f / sizes.rows(),
                            words(losses, first, rows),
                            compute.stream());
            gemm(LinearPass.WEIGHT_GRADIENT, rows).enqueue(logits, n, matrix.in(gradients), compute.stream());
            gemm(LinearPass.INPUT_GRADIENT, rows).enqueue(logits, matrix.in(weights), n, compute.stream());
        }
    }

    private static DeviceMemory words(DeviceMemory memory, long first, long count) {
        return memory.slice(Float.BYTES * first, Float.BYTES * count);
    }

    private GemmRunner gemm(LinearPass pass, int rows) {
        ModelShape model = compute.sizes().model();
        return compute.gemm(DecoderSizes.gemm(pass, rows, model.hidden(), model.vocabulary(), MatrixPrecision.BF16));
    }

    /** @param dResidual out: of the residual stream behind the last layer */
    void backward(DeviceMemory weights, DeviceMemory gradients, DeviceMemory dResidual) {
        compute.device().zero(dResidual, compute.stream());
        norm.backward(weights, gradients, tensors.n(), tensors.x(), tensors.statistics(), dResidual);
    }
}
