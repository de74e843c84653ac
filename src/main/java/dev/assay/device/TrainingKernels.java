package dev.assay.device;

/**
 * What a training step does beside GEMMs and collectives; formulas and bytes stand in {@code native/README.md}.
 *
 * <p>Tensors are row-major bf16; tokens and targets int32; statistics, losses and optimizer states fp32. Arithmetic is fp32 or
 * better, with one rounding to bf16 at the end. Sums have an order that depends on the shape alone, so the same input gives the
 * same bits. Gradients of parameters are added to what is there, those of activations written, unless said otherwise. An output
 * may be the same memory as an input of its size, never overlap it in part. Memory begins at a multiple of 16 bytes.
 *
 * <p>Enqueued on the stream; nothing blocks. Sizes that do not fit are refused before anything is enqueued.
 */
public interface TrainingKernels {
    /** Widest row of an embedding or a norm: it is held in the registers of a block. */
    int MOST_WIDTH = 12_288;

    /** Most elements of one tensor. */
    long MOST_ELEMENTS = 1L << 34;

    /** Doubles that {@link #sumOfSquares} writes. */
    int SQUARE_PARTS = 1024;

    /** Bytes of scratch of {@link #quantize}. */
    int QUANTIZE_SCRATCH = 1024 * Integer.BYTES;

    /** Rows and width of what {@link #quantize} takes are multiples of it. */
    int QUANTIZE_GRANULE = 16;

    /** Which way {@link #rope} turns. */
    enum Rotation {
        FORWARD,
        /** The gradient's way. */
        BACKWARD
    }

    /** Bytes of scratch of the gradients of norms, LayerNorm's bias included, and of {@link #biasGradient}. */
    static long scratchBytes(long rows, int width) {
        return 2 * normParts(rows) * Float.BYTES * width;
    }

    /** Partial sums of a norm's weight gradient: row r belongs to number r mod parts. */
    static long normParts(long rows) {
        return Math.min(rows, 264);
    }

    /** Partial sums of a bias's gradient: rows are dealt to them eight at a time. */
    static long biasParts(long rows) {
        return Math.min((rows + 31) / 32, 64);
    }

    /** out[r] = table[tokens[r]]; NaN where the token is not in the vocabulary. */
    void embed(Lookup lookup, DeviceMemory table, DeviceMemory out, Stream stream);

    /** dTable[v] += the sum of dOut[r] over all r with tokens[r] = v; other tokens add nothing. */
    void embedGradient(Lookup lookup, DeviceMemory dOut, DeviceMemory dTable, Stream stream);

    /** The residual stream's sum, then out = its norm; writes the statistics. */
    void norm(Normalization norm, Normalization.Residual residual, DeviceMemory out, Stream stream);

    /**
     * Reads the statistics.
     *
     * @param input what was normed: {@code after} of the forward
     * @param scratch {@link #scratchBytes}
     */
    void normGradient(
            Normalization norm,
            DeviceMemory dOut,
            DeviceMemory input,
            Normalization.Gradients gradients,
            DeviceMemory scratch,
            Stream stream);

    /** In place. */
    void rope(DeviceMemory x, RopeShape shape, Rotation rotation, Stream stream);

    /**
     * out = gate · sigmoid(gate) · up.
     *
     * @param gateUp rows of 2 · width: gate, then up, as one GEMM of both matrices leaves them
     */
    void swiGlu(DeviceMemory gateUp, long rows, int width, DeviceMemory out, Stream stream);

    /** dGateUp lies as gateUp and may be its memory. */
    void swiGluGradient(
            DeviceMemory dOut, DeviceMemory gateUp, long rows, int width, DeviceMemory dGateUp, Stream stream);

    /** out = gelu(x + bias), the tanh form. */
    void gelu(DeviceMemory x, DeviceMemory bias, long rows, int width, DeviceMemory out, Stream stream);

    void geluGradient(
            DeviceMemory dOut, DeviceMemory x, DeviceMemory bias, long rows, int width, DeviceMemory dX, Stream stream);

    /** x += bias, row by row. */
    void addBias(DeviceMemory x, DeviceMemory bias, long rows, int width, Stream stream);

    /** dBias += the columns' sums of dOut. */
    void biasGradient(DeviceMemory dOut, long rows, int width, DeviceMemory dBias, DeviceMemory scratch, Stream stream);

    /**
     * losses[r] = log Σ exp(logits[r]) − logits[r, target]; the logits become their own gradient times scale. A target of −1 is
     * not counted: loss and gradient 0. Another one outside the vocabulary gives NaN.
     */
    void crossEntropy(
            DeviceMemory logits,
            DeviceMemory targets,
            long rows,
            int vocabulary,
            float scale,
            DeviceMemory losses,
            Stream stream);

    /**
     * Writes {@link #SQUARE_PARTS} doubles whose sum is the sum of squares.
     *
     * @param tensor bf16 or fp32
     */
    void sumOfSquares(Tensor tensor, DeviceMemory partials, Stream stream);

    /**
     * to = from, or to += from, element by element, with one rounding: between what travels and what is kept. Both are bf16 or
     * fp32 and, unlike elsewhere, may begin at any element.
     */
    void carry(Tensor from, Tensor to, boolean add, Stream stream);

    /**
     * Copies in FP8: x · factor, rounded, the factor being what makes the largest |x| the type's largest number, at most 2¹²⁶; 1
     * where all is 0. Any x that is no number makes all of it none.
     *
     * @param to its scale becomes 1 / factor
     * @param scratch {@link #QUANTIZE_SCRATCH}
     */
    void quantize(DeviceMemory x, long rows, int width, Quantized to, DeviceMemory scratch, Stream stream);

    /** sum, one fp32, = the sum of so many doubles: of several tensors' partials at once, before ranks add theirs. */
    void sumPartials(DeviceMemory partials, long count, DeviceMemory sum, Stream stream);

    /**
     * What gradients must be multiplied by so that their norm is at most {@code largest}, as torch's clip_grad_norm_.
     *
     * @param squares one fp32, of gradients before {@code factor}
     * @param factor by which gradients are multiplied anyway: 1 / (ranks · accumulation steps)
     * @param largest infinity: not clipped
     * @param scaleAndNorm two fp32: the multiplier, factor included, and the norm after factor and before clipping
     */
    void clipScale(DeviceMemory squares, float factor, float largest, DeviceMemory scaleAndNorm, Stream stream);

    /**
     * @param gradient bf16 or fp32, as many elements as there are weights
     * @param gradientScale one fp32 that gradients are multiplied by first
     * @param weight out: master rounded to bf16
     */
    void adamW(
            AdamW step,
            AdamW.States states,
            Tensor gradient,
            DeviceMemory gradientScale,
            DeviceMemory weight,
            Stream stream);

    /** Rounded to fp32 and then to bf16; the master is that bf16 number too, so every precision begins alike. */
    void initNormal(DeviceMemory master, DeviceMemory weight, long elements, SeededNormal values, Stream stream);

    /** out = softmax(query · keyᵀ / √headSize) · value, each row over the keys up to its own. */
    void attention(Attention attention, Stream stream);

    /**
     * Writes the gradients of query, key and value.
     *
     * @param attention as {@link #attention} left it
     * @param scratch fp32, {@link AttentionShape#statistics}
     */
    void attentionGradient(
            Attention attention, DeviceMemory dOut, Attention.Qkv gradients, DeviceMemory scratch, Stream stream);
}
