package dev.assay.training;

/**
 * What the activations of a micro-batch take on one GPU, in bytes: the trainer's allocations, counted before there is a
 * trainer. Every tensor begins at a multiple of 256 bytes.
 *
 * @param kept from forward to backward
 * @param live of the layer in work: its activations where they are computed again, and the gradients that layers share
 * @param loss logits of a chunk of rows, and the rows' losses
 * @param workspace sums of norms and attention, tokens, what the global norm needs
 */
record DecoderBytes(long kept, long live, long loss, long workspace) {
    private static final int BF16 = 2;
    private static final int ALIGNMENT = 256;
    /** Rows of 16-byte accesses, in bf16. */
    private static final int GRANULE = 8;
    /** Steps whose tokens and losses are there at once. */
    private static final int IN_FLIGHT = 2;
    /** Partial sums of a norm's weight gradient at most. */
    private static final int NORM_PARTS = 264;
    /** Partial sums of the global norm, float64, its square and what it makes of the gradients. */
    private static final long GLOBAL_NORM = 1024L * Double.BYTES + 3L * Float.BYTES;

    static DecoderBytes of(StepSetup setup) {
        ModelShape model = setup.model();
        long rows = setup.tokensPerMicroBatch();
        int qkv = model.queryWidth() + 2 * model.kvWidth();
        long inputs = model.layers() * bf16(rows, model.hidden());
        boolean again = setup.recomputation() == Recomputation.FULL;
        long layer = layer(model, rows, qkv);
        long shared = 4 * bf16(rows, model.hidden())
                + statistics(model, rows)
                + bf16(rows, model.queryWidth())
                + bf16(rows, qkv);
        long step = setup.accumulation() * words(rows);
        return new DecoderBytes(
                inputs + (again ? 0 : model.layers() * layer),
                shared + (again ? layer : 0),
                aligned(chunk(model, rows) * model.vocabulary() * BF16) + IN_FLIGHT * step,
                words(rows * model.heads())
                        + 2L * Math.min(rows, NORM_PARTS) * Float.BYTES * widest(model, qkv)
                        + (model.family() == ModelFamily.GPT ? rows * Integer.BYTES : 0)
                        + IN_FLIGHT * 2 * step
                        + GLOBAL_NORM);
    }

    /** Outputs of both norms and of attention's half, query, key and value, attention with its sums, both of the activation. */
    private static long layer(ModelShape model, long rows, int qkv) {
        int up = model.family() == ModelFamily.LLAMA ? 2 * model.feedForward() : model.feedForward();
        return 3 * bf16(rows, model.hidden())
                + bf16(rows, qkv)
                + bf16(rows, model.queryWidth())
                + words(rows * model.heads())
                + bf16(rows, up)
                + bf16(rows, model.feedForward())
                + 2 * statistics(model, rows);
    }

    /** Of a norm, one float32 a row; LayerNorm has its mean too. */
    private static long statistics(ModelShape model, long rows) {
        return (model.family() == ModelFamily.GPT ? 2 : 1) * words(rows);
    }

    private static int widest(ModelShape model, int qkv) {
        return Math.max(Math.max(model.hidden(), qkv), model.feedForward());
    }

    private static long chunk(ModelShape model, long rows) {
        long most = MemoryPlan.LOGIT_BYTES / ((long) model.vocabulary() * BF16);
        return Math.min(rows, Math.max(GRANULE, Long.highestOneBit(Math.max(1, most))));
    }

    private static long bf16(long rows, int width) {
        return aligned(rows * width * BF16);
    }

    private static long words(long count) {
        return aligned(count * Float.BYTES);
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
