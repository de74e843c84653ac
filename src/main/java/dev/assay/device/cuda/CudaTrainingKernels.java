package dev.assay.device.cuda;

import dev.assay.device.AdamW;
import dev.assay.device.Attention;
import dev.assay.device.AttentionShape;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Lookup;
import dev.assay.device.Normalization;
import dev.assay.device.Quantized;
import dev.assay.device.RopeShape;
import dev.assay.device.SeededNormal;
import dev.assay.device.Stream;
import dev.assay.device.Tensor;
import dev.assay.device.TrainingKernels;
import dev.assay.workload.ElementType;
import java.util.Arrays;
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
    public void embed(Lookup lookup, DeviceMemory table, DeviceMemory out, Stream stream) {
        each(
                "assay_embed",
                lookup.rows() * chunks(lookup.width()),
                stream,
                at(table),
                at(lookup.tokens()),
                lookup.rows(),
                lookup.vocabulary(),
                lookup.width(),
                at(out));
    }

    @Override
    public void embedGradient(Lookup lookup, DeviceMemory dOut, DeviceMemory dTable, Stream stream) {
        byRow(
                "assay_embed_gradient",
                lookup.vocabulary(),
                lookup.width(),
                stream,
                at(dOut),
                at(lookup.tokens()),
                lookup.rows(),
                lookup.vocabulary(),
                lookup.width(),
                at(dTable));
    }

    @Override
    public void norm(Normalization norm, Normalization.Residual residual, DeviceMemory out, Stream stream) {
        Normalization.Statistics statistics = norm.statistics();
        if (norm.bias().isPresent()) {
            byRow(
                    "assay_layer_norm",
                    norm.rows(),
                    norm.width(),
                    stream,
                    at(residual.before()),
                    at(residual.delta()),
                    at(residual.after()),
                    norm.rows(),
                    norm.width(),
                    at(norm.weight()),
                    at(norm.bias()),
                    bits(norm.eps()),
                    at(out),
                    at(statistics.mean()),
                    at(statistics.rstd()));
        } else {
            byRow(
                    "assay_rms_norm",
                    norm.rows(),
                    norm.width(),
                    stream,
                    at(residual.before()),
                    at(residual.delta()),
                    at(residual.after()),
                    norm.rows(),
                    norm.width(),
                    at(norm.weight()),
                    bits(norm.eps()),
                    at(out),
                    at(statistics.rstd()));
        }
    }

    /** Partial sums of the weight's gradient lie in scratch, behind them those of the bias's. */
    @Override
    public void normGradient(
            Normalization norm,
            DeviceMemory dOut,
            DeviceMemory input,
            Normalization.Gradients gradients,
            DeviceMemory scratch,
            Stream stream) {
        Normalization.Statistics statistics = norm.statistics();
        int width = norm.width();
        long parts = TrainingKernels.normParts(norm.rows());
        if (norm.bias().isPresent()) {
            byRow(
                    "assay_layer_norm_gradient",
                    parts,
                    width,
                    stream,
                    at(dOut),
                    at(input),
                    norm.rows(),
                    width,
                    at(norm.weight()),
                    at(statistics.mean()),
                    at(statistics.rstd()),
                    at(gradients.residual()),
                    at(scratch));
        } else {
            byRow(
                    "assay_rms_norm_gradient",
                    parts,
                    width,
                    stream,
                    at(dOut),
                    at(input),
                    norm.rows(),
                    width,
                    at(norm.weight()),
                    at(statistics.rstd()),
                    at(gradients.residual()),
                    at(scratch));
        }
        addColumnSums(at(scratch), parts, width, gradients.weight(), stream);
        long ofBias = at(scratch) + parts * width * Float.BYTES;
        gradients.bias().ifPresent(dBias -> addColumnSums(ofBias, parts, width, dBias, stream));
    }

    @Override
    public void rope(DeviceMemory x, RopeShape shape, Rotation rotation, Stream stream) {
        int half = shape.headSize() / 2;
        each(
                "assay_rope",
                shape.rows() * blocksOf(shape.heads(), ROPE_HEADS) * chunks(half),
                stream,
                at(x),
                shape.rows(),
                shape.heads(),
                half,
                shape.stride(),
                shape.sequence(),
                Double.doubleToRawLongBits(Math.log(shape.base()) / Math.log(2)),
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
    public void sumOfSquares(Tensor tensor, DeviceMemory partials, Stream stream) {
        launcher.launch(
                "assay_sum_of_squares_" + suffix(tensor),
                SQUARE_PARTS,
                THREADS,
                stream,
                at(tensor.memory()),
                tensor.elements(),
                at(partials));
    }

    @Override
    public void carry(Tensor from, Tensor to, boolean add, Stream stream) {
        each(
                "assay_carry_" + suffix(from) + "_" + suffix(to),
                chunks(from.elements()),
                stream,
                ((Addressed) from.memory()).address(),
                ((Addressed) to.memory()).address(),
                from.elements(),
                add ? 1 : 0);
    }

    private static String suffix(Tensor tensor) {
        return tensor.type() == ElementType.BF16 ? "bf16" : "fp32";
    }

    @Override
    public void quantize(DeviceMemory x, long rows, int width, Quantized to, DeviceMemory scratch, Stream stream) {
        launcher.launch(
                "assay_largest", QUANTIZE_SCRATCH / Integer.BYTES, THREADS, stream, at(x), rows * width, at(scratch));
        String suffix = to.type() == ElementType.E4M3 ? "e4m3" : "e5m2";
        if (to.transposed().isEmpty()) {
            launcher.launch(
                    "assay_quantize_" + suffix,
                    Math.min(blocksOf(chunks(rows * width), THREADS), QUANTIZE_BLOCKS),
                    THREADS,
                    stream,
                    at(x),
                    rows * width,
                    at(scratch),
                    at(to.out()),
                    at(to.scale()));
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
                    at(to.out()),
                    at(to.transposed()),
                    at(to.scale()));
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
            AdamW.States states,
            Tensor gradient,
            DeviceMemory gradientScale,
            DeviceMemory weight,
            Stream stream) {
        each(
                "assay_adamw_" + suffix(gradient),
                blocksOf(gradient.elements(), ADAM_ELEMENTS),
                stream,
                at(states.master()),
                at(states.m()),
                at(states.v()),
                at(gradient.memory()),
                at(weight),
                gradient.elements(),
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
            DeviceMemory master, DeviceMemory weight, long elements, SeededNormal values, Stream stream) {
        each(
                "assay_init_normal",
                chunks(elements),
                stream,
                at(master),
                at(weight),
                elements,
                values.first(),
                values.seed(),
                Double.doubleToRawLongBits(values.mean()),
                Double.doubleToRawLongBits(values.deviation()));
    }

    @Override
    public void attention(Attention attention, Stream stream) {
        AttentionShape shape = attention.shape();
        AttentionLaunch.forward(shape)
                .launch(launcher, stream, shape.heads(), operands(attention, at(attention.out()), at(attention.lse())));
    }

    @Override
    public void attentionGradient(
            Attention attention, DeviceMemory dOut, Attention.Qkv gradients, DeviceMemory scratch, Stream stream) {
        AttentionShape shape = attention.shape();
        launcher.launch(
                "assay_attention_sums_" + AttentionLaunch.suffix(shape),
                Math.min(blocksOf(shape.statistics() * chunks(shape.headSize()), THREADS), MOST_BLOCKS),
                THREADS,
                stream,
                AttentionLaunch.arguments(
                        shape,
                        at(attention.out()),
                        at(dOut),
                        shape.rows(),
                        shape.sequence(),
                        shape.heads(),
                        at(scratch)));
        long lse = at(attention.lse());
        AttentionLaunch.queryGradient(shape)
                .launch(
                        launcher,
                        stream,
                        shape.heads(),
                        operands(attention, at(dOut), lse, at(scratch), at(gradients.query())));
        AttentionLaunch.keyGradient(shape)
                .launch(
                        launcher,
                        stream,
                        shape.kvHeads(),
                        operands(attention, at(dOut), lse, at(scratch), at(gradients.key()), at(gradients.value())));
    }

    /** What each of attention's kernels begins with, then the others. */
    private static long[] operands(Attention attention, long... others) {
        AttentionShape shape = attention.shape();
        long[] shared = {
            at(attention.qkv().query()),
            at(attention.qkv().key()),
            at(attention.qkv().value()),
            shape.sequence(),
            shape.heads(),
            shape.kvHeads(),
            shape.queryStride(),
            shape.kvStride(),
            bits((float) shape.scale())
        };
        long[] all = Arrays.copyOf(shared, shared.length + others.length);
        System.arraycopy(others, 0, all, shared.length, others.length);
        return all;
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
