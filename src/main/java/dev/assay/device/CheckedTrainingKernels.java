package dev.assay.device;

import dev.assay.workload.ElementType;

/** Refuses what does not fit before it hands on, so that all devices refuse alike. */
public final class CheckedTrainingKernels implements TrainingKernels {
    private final TrainingKernels kernels;

    public CheckedTrainingKernels(TrainingKernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public void embed(Lookup lookup, DeviceMemory table, DeviceMemory out, Stream stream) {
        sizes("embed", lookup)
                .bf16("table", table, (long) lookup.vocabulary() * lookup.width())
                .bf16("out", out, lookup.rows() * lookup.width());
        kernels.embed(lookup, table, out, stream);
    }

    @Override
    public void embedGradient(Lookup lookup, DeviceMemory dOut, DeviceMemory dTable, Stream stream) {
        sizes("embedGradient", lookup)
                .bf16("dOut", dOut, lookup.rows() * lookup.width())
                .bf16("dTable", dTable, (long) lookup.vocabulary() * lookup.width());
        kernels.embedGradient(lookup, dOut, dTable, stream);
    }

    private static TrainingSizes sizes(String operation, Lookup lookup) {
        return TrainingSizes.of(operation, lookup.rows(), lookup.width())
                .atMost("width", lookup.width(), MOST_WIDTH)
                .positive("vocabulary", lookup.vocabulary())
                .words("tokens", lookup.tokens(), lookup.rows());
    }

    @Override
    public void norm(Normalization norm, Normalization.Residual residual, DeviceMemory out, Stream stream) {
        long elements = norm.rows() * norm.width();
        sizes("norm", norm)
                .notNegative("eps", norm.eps())
                .bf16("before", residual.before(), elements)
                .bf16("delta", residual.delta().orElse(residual.before()), elements)
                .bf16("after", residual.after(), elements)
                .bf16("out", out, elements);
        kernels.norm(norm, residual, out, stream);
    }

    @Override
    public void normGradient(
            Normalization norm,
            DeviceMemory dOut,
            DeviceMemory input,
            Normalization.Gradients gradients,
            DeviceMemory scratch,
            Stream stream) {
        long elements = norm.rows() * norm.width();
        TrainingSizes sizes = sizes("normGradient", norm)
                .holds(
                        "a bias must have a gradient, and nothing else may",
                        gradients.bias().isPresent() == norm.bias().isPresent(),
                        gradients.bias().isPresent() ? "one" : "none")
                .bf16("dOut", dOut, elements)
                .bf16("input", input, elements)
                .bf16("dResidual", gradients.residual(), elements)
                .bf16("dWeight", gradients.weight(), norm.width())
                .bytes("scratch", scratch, TrainingKernels.scratchBytes(norm.rows(), norm.width()));
        gradients.bias().ifPresent(memory -> sizes.bf16("dBias", memory, norm.width()));
        kernels.normGradient(norm, dOut, input, gradients, scratch, stream);
    }

    private static TrainingSizes sizes(String operation, Normalization norm) {
        TrainingSizes sizes = TrainingSizes.of(operation, norm.rows(), norm.width())
                .atMost("width", norm.width(), MOST_WIDTH)
                .bf16("weight", norm.weight(), norm.width())
                .words("rstd", norm.statistics().rstd(), norm.rows());
        norm.bias().ifPresent(memory -> sizes.bf16("bias", memory, norm.width()));
        norm.statistics().mean().ifPresent(memory -> sizes.words("mean", memory, norm.rows()));
        return sizes;
    }

    @Override
    public void rope(DeviceMemory x, RopeShape shape, Rotation rotation, Stream stream) {
        long turned = (long) shape.heads() * shape.headSize();
        TrainingSizes.of("rope", shape.rows(), shape.stride())
                .positive("heads", shape.heads())
                .positive("headSize", shape.headSize())
                .positive("sequence", shape.sequence())
                .holds("headSize must be even", shape.headSize() % 2 == 0, shape.headSize())
                .holds("stride must be at least heads · headSize", shape.stride() >= turned, shape.stride())
                .holds(
                        "base must be above 1 and finite",
                        shape.base() > 1 && shape.base() < Double.POSITIVE_INFINITY,
                        shape.base())
                .bf16("x", x, (shape.rows() - 1) * shape.stride() + turned);
        kernels.rope(x, shape, rotation, stream);
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
    public void sumOfSquares(Tensor tensor, DeviceMemory partials, Stream stream) {
        sizes("sumOfSquares", "tensor", tensor).bytes("partials", partials, (long) SQUARE_PARTS * Double.BYTES);
        kernels.sumOfSquares(tensor, partials, stream);
    }

    @Override
    public void carry(Tensor from, Tensor to, boolean add, Stream stream) {
        sizes("carry", "from", from);
        sizes("carry", "to", to)
                .holds("both must have as many elements", from.elements() == to.elements(), from.elements());
        kernels.carry(from, to, add, stream);
    }

    private static TrainingSizes sizes(String operation, String what, Tensor tensor) {
        ElementType type = tensor.type();
        return TrainingSizes.of(operation, tensor.elements(), 1)
                .holds(
                        what + "'s type must be BF16 or FP32",
                        type == ElementType.BF16 || type == ElementType.FP32,
                        type)
                .bytes(what, tensor.memory(), tensor.bytes());
    }

    @Override
    public void quantize(DeviceMemory x, long rows, int width, Quantized to, DeviceMemory scratch, Stream stream) {
        ElementType type = to.type();
        TrainingSizes sizes = TrainingSizes.of("quantize", rows, width)
                .holds("type must be E4M3 or E5M2", type == ElementType.E4M3 || type == ElementType.E5M2, type)
                .holds(
                        "rows and width must be multiples of " + QUANTIZE_GRANULE,
                        rows % QUANTIZE_GRANULE == 0 && width % QUANTIZE_GRANULE == 0,
                        rows + " and " + width)
                .holds(
                        "a copy must be asked for",
                        to.out().isPresent() || to.transposed().isPresent(),
                        "none")
                .bf16("x", x, rows * width)
                .words("scale", to.scale(), 1)
                .bytes("scratch", scratch, QUANTIZE_SCRATCH);
        to.out().ifPresent(memory -> sizes.bytes("out", memory, rows * width));
        to.transposed().ifPresent(memory -> sizes.bytes("transposed", memory, rows * width));
        kernels.quantize(x, rows, width, to, scratch, stream);
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
            AdamW.States states,
            Tensor gradient,
            DeviceMemory gradientScale,
            DeviceMemory weight,
            Stream stream) {
        long elements = gradient.elements();
        sizes("adamW", "gradient", gradient)
                .words("master", states.master(), elements)
                .words("m", states.m(), elements)
                .words("v", states.v(), elements)
                .words("gradientScale", gradientScale, 1)
                .bf16("weight", weight, elements);
        kernels.adamW(step, states, gradient, gradientScale, weight, stream);
    }

    @Override
    public void initNormal(
            DeviceMemory master, DeviceMemory weight, long elements, SeededNormal values, Stream stream) {
        TrainingSizes.of("initNormal", elements, 1)
                .holds("first must not be negative", values.first() >= 0, values.first())
                .notNegative("deviation", values.deviation())
                .words("master", master, elements)
                .bf16("weight", weight, elements);
        kernels.initNormal(master, weight, elements, values, stream);
    }

    @Override
    public void attention(Attention attention, Stream stream) {
        sizes("attention", attention);
        kernels.attention(attention, stream);
    }

    @Override
    public void attentionGradient(
            Attention attention, DeviceMemory dOut, Attention.Qkv gradients, DeviceMemory scratch, Stream stream) {
        AttentionShape shape = attention.shape();
        sizes("attentionGradient", attention)
                .bf16("dOut", dOut, shape.rows() * shape.outWidth())
                .bf16("dQuery", gradients.query(), shape.queryElements())
                .bf16("dKey", gradients.key(), shape.kvElements())
                .bf16("dValue", gradients.value(), shape.kvElements())
                .words("scratch", scratch, shape.statistics());
        kernels.attentionGradient(attention, dOut, gradients, scratch, stream);
    }

    private static TrainingSizes sizes(String operation, Attention attention) {
        AttentionShape shape = attention.shape();
        return TrainingSizes.of(operation, shape.rows(), shape.outWidth())
                .bf16("query", attention.qkv().query(), shape.queryElements())
                .bf16("key", attention.qkv().key(), shape.kvElements())
                .bf16("value", attention.qkv().value(), shape.kvElements())
                .bf16("out", attention.out(), shape.rows() * shape.outWidth())
                .words("lse", attention.lse(), shape.statistics());
    }
}
