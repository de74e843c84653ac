package dev.assay.device;

import dev.assay.workload.ElementType;
import java.util.Optional;

/** Refuses what does not fit before it hands on, so that all devices refuse alike. */
public final class CheckedTrainingKernels implements TrainingKernels {
    private final TrainingKernels kernels;

    public CheckedTrainingKernels(TrainingKernels kernels) {
        this.kernels = kernels;
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
        TrainingSizes.of("embed", rows, width)
                .atMost("width", width, MOST_WIDTH)
                .positive("vocabulary", vocabulary)
                .bf16("table", table, (long) vocabulary * width)
                .words("tokens", tokens, rows)
                .bf16("out", out, rows * width);
        kernels.embed(table, tokens, rows, vocabulary, width, out, stream);
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
        TrainingSizes.of("embedGradient", rows, width)
                .atMost("width", width, MOST_WIDTH)
                .positive("vocabulary", vocabulary)
                .bf16("dOut", dOut, rows * width)
                .words("tokens", tokens, rows)
                .bf16("dTable", dTable, (long) vocabulary * width);
        kernels.embedGradient(dOut, tokens, rows, vocabulary, width, dTable, stream);
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
        TrainingSizes.of("rmsNorm", rows, width)
                .atMost("width", width, MOST_WIDTH)
                .bf16("before", before, rows * width)
                .bf16("delta", delta.orElse(before), rows * width)
                .bf16("after", after, rows * width)
                .bf16("weight", weight, width)
                .notNegative("eps", eps)
                .bf16("out", out, rows * width)
                .words("rstd", rstd, rows);
        kernels.rmsNorm(before, delta, after, rows, width, weight, eps, out, rstd, stream);
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
        TrainingSizes.of("rmsNormGradient", rows, width)
                .atMost("width", width, MOST_WIDTH)
                .bf16("dOut", dOut, rows * width)
                .bf16("input", input, rows * width)
                .bf16("weight", weight, width)
                .words("rstd", rstd, rows)
                .bf16("dResidual", dResidual, rows * width)
                .bf16("dWeight", dWeight, width)
                .bytes("scratch", scratch, TrainingKernels.scratchBytes(rows, width));
        kernels.rmsNormGradient(dOut, input, rows, width, weight, rstd, dResidual, dWeight, scratch, stream);
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
        TrainingSizes.of("layerNorm", rows, width)
                .atMost("width", width, MOST_WIDTH)
                .bf16("before", before, rows * width)
                .bf16("delta", delta.orElse(before), rows * width)
                .bf16("after", after, rows * width)
                .bf16("weight", weight, width)
                .bf16("bias", bias, width)
                .notNegative("eps", eps)
                .bf16("out", out, rows * width)
                .words("mean", mean, rows)
                .words("rstd", rstd, rows);
        kernels.layerNorm(before, delta, after, rows, width, weight, bias, eps, out, mean, rstd, stream);
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
        TrainingSizes.of("layerNormGradient", rows, width)
                .atMost("width", width, MOST_WIDTH)
                .bf16("dOut", dOut, rows * width)
                .bf16("input", input, rows * width)
                .bf16("weight", weight, width)
                .words("mean", mean, rows)
                .words("rstd", rstd, rows)
                .bf16("dResidual", dResidual, rows * width)
                .bf16("dWeight", dWeight, width)
                .bf16("dBias", dBias, width)
                .bytes("scratch", scratch, TrainingKernels.scratchBytes(rows, width));
        kernels.layerNormGradient(
                dOut, input, rows, width, weight, mean, rstd, dResidual, dWeight, dBias, scratch, stream);
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
        TrainingSizes.of("rope", rows, stride)
                .positive("heads", heads)
                .positive("headSize", headSize)
                .positive("sequence", sequence)
                .holds("headSize must be even", headSize % 2 == 0, headSize)
                .holds("stride must be at least heads · headSize", stride >= (long) heads * headSize, stride)
                .holds("base must be above 1 and finite", base > 1 && base < Double.POSITIVE_INFINITY, base)
                .bf16("x", x, (rows - 1) * stride + (long) heads * headSize);
        kernels.rope(x, rows, heads, headSize, stride, sequence, base, rotation, stream);
    }

    @Override
    public void swiGlu(DeviceMemory gateUp, long rows, int width, DeviceMemory out, Stream stream) {
        TrainingSizes.of("swiGlu", rows, width)
                .bf16("gateUp", gateUp, 2 * rows * width)
                .bf16("out", out, rows * width);
        kernels.swiGlu(gateUp, rows, width, out, stream);
    }

    @Override
    public void swiGluGradient(
            DeviceMemory dOut, DeviceMemory gateUp, long rows, int width, DeviceMemory dGateUp, Stream stream) {
        TrainingSizes.of("swiGluGradient", rows, width)
                .bf16("dOut", dOut, rows * width)
                .bf16("gateUp", gateUp, 2 * rows * width)
                .bf16("dGateUp", dGateUp, 2 * rows * width);
        kernels.swiGluGradient(dOut, gateUp, rows, width, dGateUp, stream);
    }

    @Override
    public void gelu(DeviceMemory x, DeviceMemory bias, long rows, int width, DeviceMemory out, Stream stream) {
        TrainingSizes.of("gelu", rows, width)
                .bf16("x", x, rows * width)
                .bf16("bias", bias, width)
                .bf16("out", out, rows * width);
        kernels.gelu(x, bias, rows, width, out, stream);
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
        TrainingSizes.of("geluGradient", rows, width)
                .bf16("dOut", dOut, rows * width)
                .bf16("x", x, rows * width)
                .bf16("bias", bias, width)
                .bf16("dX", dX, rows * width);
        kernels.geluGradient(dOut, x, bias, rows, width, dX, stream);
    }

    @Override
    public void addBias(DeviceMemory x, DeviceMemory bias, long rows, int width, Stream stream) {
        TrainingSizes.of("addBias", rows, width).bf16("x", x, rows * width).bf16("bias", bias, width);
        kernels.addBias(x, bias, rows, width, stream);
    }

    @Override
    public void biasGradient(
            DeviceMemory dOut, long rows, int width, DeviceMemory dBias, DeviceMemory scratch, Stream stream) {
        TrainingSizes.of("biasGradient", rows, width)
                .bf16("dOut", dOut, rows * width)
                .bf16("dBias", dBias, width)
                .bytes("scratch", scratch, TrainingKernels.scratchBytes(rows, width));
        kernels.biasGradient(dOut, rows, width, dBias, scratch, stream);
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
        TrainingSizes.of("crossEntropy", rows, vocabulary)
                .bf16("logits", logits, rows * vocabulary)
                .words("targets", targets, rows)
                .words("losses", losses, rows);
        kernels.crossEntropy(logits, targets, rows, vocabulary, scale, losses, stream);
    }

    @Override
    public void sumOfSquares(
            DeviceMemory tensor, ElementType type, long elements, DeviceMemory partials, Stream stream) {
        TrainingSizes.of("sumOfSquares", elements, 1)
                .holds("type must be BF16 or FP32", isFloat(type), type)
                .bytes("tensor", tensor, elements * type.bytes())
                .bytes("partials", partials, (long) SQUARE_PARTS * Double.BYTES);
        kernels.sumOfSquares(tensor, type, elements, partials, stream);
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
        TrainingSizes.of("carry", elements, 1)
                .holds("fromType must be BF16 or FP32", isFloat(fromType), fromType)
                .holds("toType must be BF16 or FP32", isFloat(toType), toType)
                .bytes("from", from, elements * fromType.bytes())
                .bytes("to", to, elements * toType.bytes());
        kernels.carry(from, fromType, to, toType, elements, add, stream);
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
        TrainingSizes sizes = TrainingSizes.of("quantize", rows, width)
                .holds("type must be E4M3 or E5M2", type == ElementType.E4M3 || type == ElementType.E5M2, type)
                .holds(
                        "rows and width must be multiples of " + QUANTIZE_GRANULE,
                        rows % QUANTIZE_GRANULE == 0 && width % QUANTIZE_GRANULE == 0,
                        rows + " and " + width)
                .holds("a copy must be asked for", out.isPresent() || transposed.isPresent(), "none")
                .bf16("x", x, rows * width)
                .words("scale", scale, 1)
                .bytes("scratch", scratch, QUANTIZE_SCRATCH);
        out.ifPresent(memory -> sizes.bytes("out", memory, rows * width));
        transposed.ifPresent(memory -> sizes.bytes("transposed", memory, rows * width));
        kernels.quantize(x, rows, width, type, out, transposed, scale, scratch, stream);
    }

    private static boolean isFloat(ElementType type) {
        return type == ElementType.BF16 || type == ElementType.FP32;
    }

    @Override
    public void sumPartials(DeviceMemory partials, long count, DeviceMemory sum, Stream stream) {
        TrainingSizes.of("sumPartials", count, 1)
                .bytes("partials", partials, count * Double.BYTES)
                .words("sum", sum, 1);
        kernels.sumPartials(partials, count, sum, stream);
    }

    @Override
    public void clipScale(DeviceMemory squares, float factor, float largest, DeviceMemory scaleAndNorm, Stream stream) {
        TrainingSizes.of("clipScale", 1, 1)
                .holds("factor must be above 0", factor > 0, factor)
                .holds("largest must be above 0", largest > 0, largest)
                .words("squares", squares, 1)
                .words("scaleAndNorm", scaleAndNorm, 2);
        kernels.clipScale(squares, factor, largest, scaleAndNorm, stream);
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
        TrainingSizes.of("adamW", elements, 1)
                .words("master", master, elements)
                .words("m", m, elements)
                .words("v", v, elements)
                .holds("gradientType must be BF16 or FP32", isFloat(gradientType), gradientType)
                .bytes("gradient", gradient, elements * gradientType.bytes())
                .words("gradientScale", gradientScale, 1)
                .bf16("weight", weight, elements);
        kernels.adamW(step, master, m, v, gradient, gradientType, gradientScale, weight, elements, stream);
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
        TrainingSizes.of("initNormal", elements, 1)
                .holds("first must not be negative", first >= 0, first)
                .notNegative("deviation", deviation)
                .words("master", master, elements)
                .bf16("weight", weight, elements);
        kernels.initNormal(master, weight, elements, first, seed, mean, deviation, stream);
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
        TrainingSizes.of("attention", shape.rows(), shape.outWidth())
                .bf16("query", query, shape.queryElements())
                .bf16("key", key, shape.kvElements())
                .bf16("value", value, shape.kvElements())
                .bf16("out", out, shape.rows() * shape.outWidth())
                .words("lse", lse, shape.statistics());
        kernels.attention(shape, query, key, value, out, lse, stream);
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
        TrainingSizes.of("attentionGradient", shape.rows(), shape.outWidth())
                .bf16("query", query, shape.queryElements())
                .bf16("key", key, shape.kvElements())
                .bf16("value", value, shape.kvElements())
                .bf16("out", out, shape.rows() * shape.outWidth())
                .words("lse", lse, shape.statistics())
                .bf16("dOut", dOut, shape.rows() * shape.outWidth())
                .bf16("dQuery", dQuery, shape.queryElements())
                .bf16("dKey", dKey, shape.kvElements())
                .bf16("dValue", dValue, shape.kvElements())
                .words("scratch", scratch, shape.statistics());
        kernels.attentionGradient(shape, query, key, value, out, lse, dOut, dQuery, dKey, dValue, scratch, stream);
    }
}
