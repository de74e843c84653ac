package dev.assay.device.cuda;

import dev.assay.device.AdamW;
import dev.assay.device.AttentionShape;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.TrainingKernels;
import dev.assay.workload.ElementType;
import java.util.Optional;

/** The kernels of {@code native/training_*.cu}. Sizes have been checked. */
final class CudaTrainingKernels implements TrainingKernels {
    private static final int THREADS = 256;
    private static final int ROW_THREADS = 512;
    private static final int CHUNK = 8;
    private static final int ALIGNMENT = 16;
    /** As {@code native/training_pointwise.cu} turns them together. */
    private static final int ROPE_HEADS = 16;
    /** Of a thread of {@code native/training_optimizer.cu}. */
    private static final int ADAM_ELEMENTS = 4;
    /** As {@code native/training_quantize.cu} has them. */
    private static final int QUANTIZE_TILE = 64;
    /** Each begins with reading all maxima, so there are no more than fill a GPU. */
    private static final long QUANTIZE_BLOCKS = 2048;
    /** Of column sums, as {@code native/training.cuh} has them. */
    private static final int COLUMNS = 32;
    /** What a grid may have; kernels walk on where more is to do. */
    private static final long MOST_BLOCKS = Integer.MAX_VALUE;

    private final KernelLauncher launcher;

    CudaTrainingKernels(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    @Override
    public void embed(
            DeviceMemory table,
            DeviceMemory tokens,
            long rows,
            int vocabulary,
            int width,
            DeviceMemory out,
            Stream stream) {
        each("assay_embed", rows * chunks(width), stream, at(table), at(tokens), rows, vocabulary, width, at(out));
    }

    @Override
    public void embedGradient(
            DeviceMemory dOut,
            DeviceMemory tokens,
            long rows,
            int vocabulary,
            int width,
            DeviceMemory dTable,
            Stream stream) {
        byRow(
                "assay_embed_gradient",
                vocabulary,
                width,
                stream,
                at(dOut),
                at(tokens),
                rows,
                vocabulary,
                width,
                at(dTable));
    }

    @Override
    public void rmsNorm(
            DeviceMemory before,
            Optional<DeviceMemory> delta,
            DeviceMemory after,
            long rows,
            int width,
            DeviceMemory weight,
            float eps,
            DeviceMemory out,
            DeviceMemory rstd,
            Stream stream) {
        byRow(
                "assay_rms_norm",
                rows,
                width,
                stream,
                at(before),
                at(delta),
                at(after),
                rows,
                width,
                at(weight),
                bits(eps),
                at(out),
                at(rstd));
    }

    @Override
    public void rmsNormGradient(
            DeviceMemory dOut,
            DeviceMemory input,
            long rows,
            int width,
            DeviceMemory weight,
            DeviceMemory rstd,
            DeviceMemory dResidual,
            DeviceMemory dWeight,
            DeviceMemory scratch,
            Stream stream) {
        long parts = TrainingKernels.normParts(rows);
        byRow(
                "assay_rms_norm_gradient",
                parts,
                width,
                stream,
                at(dOut),
                at(input),
                rows,
                width,
                at(weight),
                at(rstd),
                at(dResidual),
                at(scratch));
        addColumnSums(at(scratch), parts, width, dWeight, stream);
    }

    @Override
    public void layerNorm(
            DeviceMemory before,
            Optional<DeviceMemory> delta,
            DeviceMemory after,
            long rows,
            int width,
            DeviceMemory weight,
            DeviceMemory bias,
            float eps,
            DeviceMemory out,
            DeviceMemory mean,
            DeviceMemory rstd,
            Stream stream) {
        byRow(
                "assay_layer_norm",
                rows,
                width,
                stream,
                at(before),
                at(delta),
                at(after),
                rows,
                width,
                at(weight),
                at(bias),
                bits(eps),
                at(out),
                at(mean),
                at(rstd));
    }

    @Override
    public void layerNormGradient(
            DeviceMemory dOut,
            DeviceMemory input,
            long rows,
            int width,
            DeviceMemory weight,
            DeviceMemory mean,
            DeviceMemory rstd,
            DeviceMemory dResidual,
            DeviceMemory dWeight,
            DeviceMemory dBias,
            DeviceMemory scratch,
            Stream stream) {
        long parts = TrainingKernels.normParts(rows);
        byRow(
                "assay_layer_norm_gradient",
                parts,
                width,
                stream,
                at(dOut),
                at(input),
                rows,
                width,
                at(weight),
                at(mean),
                at(rstd),
                at(dResidual),
                at(scratch));
        addColumnSums(at(scratch), parts, width, dWeight, stream);
        addColumnSums(at(scratch) + parts * width * Float.BYTES, parts, width, dBias, stream);
    }

    @Override
    public void rope(
            DeviceMemory x,
            long rows,
            int heads,
            int headSize,
            int stride,
            int sequence,
            double base,
            Rotation rotation,
            Stream stream) {
        int half = headSize / 2;
        each(
                "assay_rope",
                rows * blocksOf(heads, ROPE_HEADS) * chunks(half),
                stream,
                at(x),
                rows,
                heads,
                half,
                stride,
                sequence,
                Double.doubleToRawLongBits(Math.log(base) / Math.log(2)),
                rotation == Rotation.FORWARD ? 1 : -1);
    }

    @Override
    public void swiGlu(DeviceMemory gateUp, long rows, int width, DeviceMemory out, Stream stream) {
        each("assay_swiglu", rows * chunks(width), stream, at(gateUp), rows, width, at(out));
    }

    @Override
    public void swiGluGradient(
            DeviceMemory dOut, DeviceMemory gateUp, long rows, int width, DeviceMemory dGateUp, Stream stream) {
        each("assay_swiglu_gradient", rows * chunks(width), stream, at(dOut), at(gateUp), rows, width, at(dGateUp));
    }

    @Override
    public void gelu(DeviceMemory x, DeviceMemory bias, long rows, int width, DeviceMemory out, Stream stream) {
        each("assay_gelu", rows * chunks(width), stream, at(x), at(bias), rows, width, at(out));
    }

    @Override
    public void geluGradient(
            DeviceMemory dOut,
            DeviceMemory x,
            DeviceMemory bias,
            long rows,
            int width,
            DeviceMemory dX,
            Stream stream) {
        each("assay_gelu_gradient", rows * chunks(width), stream, at(dOut), at(x), at(bias), rows, width, at(dX));
    }

    @Override
    public void addBias(DeviceMemory x, DeviceMemory bias, long rows, int width, Stream stream) {
        each("assay_add_bias", rows * chunks(width), stream, at(x), at(bias), rows, width);
    }

    @Override
    public void biasGradient(
            DeviceMemory dOut, long rows, int width, DeviceMemory dBias, DeviceMemory scratch, Stream stream) {
        long parts = TrainingKernels.biasParts(rows);
        long blocks = blocksOf(chunks(width), COLUMNS) * parts;
        launcher.launch("assay_bias_partials", blocks, THREADS, stream, at(dOut), rows, width, parts, at(scratch));
        addColumnSums(at(scratch), parts, width, dBias, stream);
    }

    @Override
    public void crossEntropy(
            DeviceMemory logits,
            DeviceMemory targets,
            long rows,
            int vocabulary,
            float scale,
            DeviceMemory losses,
            Stream stream) {
        launcher.launch(
                "assay_cross_entropy",
                Math.min(rows, MOST_BLOCKS),
                ROW_THREADS,
                stream,
                at(logits),
                at(targets),
                rows,
                vocabulary,
                bits(scale),
                at(losses));
    }

    @Override
    public void sumOfSquares(
            DeviceMemory tensor, ElementType type, long elements, DeviceMemory partials, Stream stream) {
        launcher.launch(
                "assay_sum_of_squares_" + suffix(type),
                SQUARE_PARTS,
                THREADS,
                stream,
                at(tensor),
                elements,
                at(partials));
    }

    @Override
    public void carry(
            DeviceMemory from,
            ElementType fromType,
            DeviceMemory to,
            ElementType toType,
            long elements,
            boolean add,
            Stream stream) {
        each(
                "assay_carry_" + suffix(fromType) + "_" + suffix(toType),
                chunks(elements),
                stream,
                ((Addressed) from).address(),
                ((Addressed) to).address(),
                elements,
                add ? 1 : 0);
    }

    private static String suffix(ElementType type) {
        return type == ElementType.BF16 ? "bf16" : "fp32";
    }

    @Override
    public void quantize(
            DeviceMemory x,
            long rows,
            int width,
            ElementType type,
            Optional<DeviceMemory> out,
            Optional<DeviceMemory> transposed,
            DeviceMemory scale,
            DeviceMemory scratch,
            Stream stream) {
        launcher.launch(
                "assay_largest", QUANTIZE_SCRATCH / Integer.BYTES, THREADS, stream, at(x), rows * width, at(scratch));
        String suffix = type == ElementType.E4M3 ? "e4m3" : "e5m2";
        if (transposed.isEmpty()) {
            launcher.launch(
                    "assay_quantize_" + suffix,
                    Math.min(blocksOf(chunks(rows * width), THREADS), QUANTIZE_BLOCKS),
                    THREADS,
                    stream,
                    at(x),
                    rows * width,
                    at(scratch),
                    at(out),
                    at(scale));
        } else {
            launcher.launch(
                    "assay_quantize_transposed_" + suffix,
                    Math.min(blocksOf(rows, QUANTIZE_TILE) * blocksOf(width, QUANTIZE_TILE), QUANTIZE_BLOCKS),
                    THREADS,
                    stream,
                    at(x),
                    rows,
                    width,
                    at(scratch),
                    at(out),
                    at(transposed),
                    at(scale));
        }
    }

    @Override
    public void sumPartials(DeviceMemory partials, long count, DeviceMemory sum, Stream stream) {
        launcher.launch("assay_sum_partials", 1, THREADS, stream, at(partials), count, at(sum));
    }

    @Override
    public void clipScale(DeviceMemory squares, float factor, float largest, DeviceMemory scaleAndNorm, Stream stream) {
        launcher.launch("assay_clip_scale", 1, 1, stream, at(squares), bits(factor), bits(largest), at(scaleAndNorm));
    }

    @Override
    public void adamW(
            AdamW step,
            DeviceMemory master,
            DeviceMemory m,
            DeviceMemory v,
            DeviceMemory gradient,
            ElementType gradientType,
            DeviceMemory gradientScale,
            DeviceMemory weight,
            long elements,
            Stream stream) {
        each(
                "assay_adamw_" + suffix(gradientType),
                blocksOf(elements, ADAM_ELEMENTS),
                stream,
                at(master),
                at(m),
                at(v),
                at(gradient),
                at(weight),
                elements,
                at(gradientScale),
                bits((float) step.decay()),
                bits((float) step.correctedRate()),
                bits((float) step.secondMomentRoot()),
                bits((float) (1 - step.beta1())),
                bits((float) step.beta2()),
                bits((float) (1 - step.beta2())),
                bits((float) step.eps()));
    }

    @Override
    public void initNormal(
            DeviceMemory master,
            DeviceMemory weight,
            long elements,
            long first,
            long seed,
            double mean,
            double deviation,
            Stream stream) {
        each(
                "assay_init_normal",
                chunks(elements),
                stream,
                at(master),
                at(weight),
                elements,
                first,
                seed,
                Double.doubleToRawLongBits(mean),
                Double.doubleToRawLongBits(deviation));
    }

    @Override
    public void attention(
            AttentionShape shape,
            DeviceMemory query,
            DeviceMemory key,
            DeviceMemory value,
            DeviceMemory out,
            DeviceMemory lse,
            Stream stream) {
        AttentionLaunch.forward(shape)
                .launch(
                        launcher,
                        stream,
                        shape.heads(),
                        at(query),
                        at(key),
                        at(value),
                        shape.sequence(),
                        shape.heads(),
                        shape.kvHeads(),
                        shape.queryStride(),
                        shape.kvStride(),
                        bits((float) shape.scale()),
                        at(out),
                        at(lse));
    }

    @Override
    public void attentionGradient(
            AttentionShape shape,
            DeviceMemory query,
            DeviceMemory key,
            DeviceMemory value,
            DeviceMemory out,
            DeviceMemory lse,
            DeviceMemory dOut,
            DeviceMemory dQuery,
            DeviceMemory dKey,
            DeviceMemory dValue,
            DeviceMemory scratch,
            Stream stream) {
        launcher.launch(
                "assay_attention_sums_" + AttentionLaunch.suffix(shape),
                Math.min(blocksOf(shape.statistics() * chunks(shape.headSize()), THREADS), MOST_BLOCKS),
                THREADS,
                stream,
                AttentionLaunch.arguments(
                        shape, at(out), at(dOut), shape.rows(), shape.sequence(), shape.heads(), at(scratch)));
        AttentionLaunch.queryGradient(shape)
                .launch(
                        launcher,
                        stream,
                        shape.heads(),
                        at(query),
                        at(key),
                        at(value),
                        shape.sequence(),
                        shape.heads(),
                        shape.kvHeads(),
                        shape.queryStride(),
                        shape.kvStride(),
                        bits((float) shape.scale()),
                        at(dOut),
                        at(lse),
                        at(scratch),
                        at(dQuery));
        AttentionLaunch.keyGradient(shape)
                .launch(
                        launcher,
                        stream,
                        shape.kvHeads(),
                        at(query),
                        at(key),
                        at(value),
                        shape.sequence(),
                        shape.heads(),
                        shape.kvHeads(),
                        shape.queryStride(),
                        shape.kvStride(),
                        bits((float) shape.scale()),
                        at(dOut),
                        at(lse),
                        at(scratch),
                        at(dKey),
                        at(dValue));
    }

    private void addColumnSums(long partials, long parts, int width, DeviceMemory gradient, Stream stream) {
        launcher.launch(
                "assay_add_column_sums",
                blocksOf(width, COLUMNS),
                THREADS,
                stream,
                partials,
                parts,
                width,
                at(gradient));
    }

    /** A thread for each piece of work. */
    private void each(String kernel, long threads, Stream stream, long... arguments) {
        launcher.launch(kernel, Math.min(blocksOf(threads, THREADS), MOST_BLOCKS), THREADS, stream, arguments);
    }

    /** A block a row, which its threads hold in registers: 1, 2 or 4 chunks each. */
    private void byRow(String kernel, long rows, int width, Stream stream, long... arguments) {
        long chunks = chunks(width);
        long least = blocksOf(chunks, ROW_THREADS);
        long held = least > 2 ? 4 : least;
        int threads = (int) (Kernels.WARP * blocksOf(chunks, held * Kernels.WARP));
        launcher.launch(kernel + "_" + held, Math.min(rows, MOST_BLOCKS), threads, stream, arguments);
    }

    private static long chunks(long width) {
        return blocksOf(width, CHUNK);
    }

    private static long blocksOf(long count, long size) {
        return (count + size - 1) / size;
    }

    private static long at(DeviceMemory memory) {
        long address = ((Addressed) memory).address();
        if (address % ALIGNMENT != 0) {
            throw new IllegalArgumentException(
                    "enqueuing a training kernel on device memory: it must begin at a multiple of " + ALIGNMENT
                            + " bytes, got address " + address + "; slice it so");
        }
        return address;
    }

    /** 0: there is none. */
    private static long at(Optional<DeviceMemory> memory) {
        return memory.map(CudaTrainingKernels::at).orElse(0L);
    }

    private static long bits(float value) {
        return Float.floatToRawIntBits(value);
    }
}
