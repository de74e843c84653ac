package dev.assay.training;

/**
 * One optimizer step of data-parallel training: bf16 weights and activations, AdamW with float32 master weights.
 *
 * @param sequence tokens of a sequence
 * @param microBatch sequences that a GPU takes at once
 * @param accumulation micro-batches of an optimizer step
 * @param gradientBytes of an accumulated gradient: 2 (bf16) or 4 (float32)
 * @param wireBytes of a gradient on the wire: 2 or 4
 * @param precision of the layers' matrices
 */
public record StepSetup(
        ModelShape model,
        int sequence,
        int microBatch,
        int accumulation,
        ZeroSetup zero,
        Recomputation recomputation,
        CollectiveMode collectives,
        int gradientBytes,
        int wireBytes,
        MatrixPrecision precision) {
    /** Of the stress variant: 2 × 2048 tokens a micro-batch are few enough that ZeRO-3's traffic takes as long as computing. */
    private static final int STRESS_MICRO_BATCH = 2;

    public StepSetup {
        if (sequence <= 0 || microBatch <= 0 || accumulation <= 0) {
            throw new IllegalArgumentException(
                    "a training step must have sequence, microBatch and accumulation > 0, got " + sequence + ", "
                            + microBatch + " and " + accumulation);
        }
        if (model.family() == ModelFamily.GPT && sequence > model.positions()) {
            throw new IllegalArgumentException("a gpt model must have a position for every token of a sequence, got "
                    + sequence + " tokens and " + model.positions() + " positions");
        }
        if ((gradientBytes != 2 && gradientBytes != 4) || (wireBytes != 2 && wireBytes != 4)) {
            throw new IllegalArgumentException("gradients must have 2 or 4 bytes, got " + gradientBytes + " kept and "
                    + wireBytes + " on the wire");
        }
    }

    /** All in bf16. */
    public StepSetup(
            ModelShape model,
            int sequence,
            int microBatch,
            int accumulation,
            ZeroSetup zero,
            Recomputation recomputation,
            CollectiveMode collectives,
            int gradientBytes,
            int wireBytes) {
        this(
                model,
                sequence,
                microBatch,
                accumulation,
                zero,
                recomputation,
                collectives,
                gradientBytes,
                wireBytes,
                MatrixPrecision.BF16);
    }

    /** The same with its matrices in another precision. */
    public StepSetup in(MatrixPrecision other) {
        return with(microBatch, accumulation, zero, other);
    }

    private StepSetup with(int otherMicroBatch, int otherAccumulation, ZeroSetup otherZero, MatrixPrecision other) {
        return new StepSetup(
                model,
                sequence,
                otherMicroBatch,
                otherAccumulation,
                otherZero,
                recomputation,
                collectives,
                gradientBytes,
                wireBytes,
                other);
    }

    /** The same with nothing behind the computing. */
    public StepSetup withoutOverlap() {
        return new StepSetup(
                model,
                sequence,
                microBatch,
                accumulation,
                zero.atStage(zero.stage(), false),
                recomputation,
                collectives,
                gradientBytes,
                wireBytes,
                precision);
    }

    /**
     * Whether what travels does so beside the computing, on streams of its own: in the ideal mode always, otherwise as the file
     * says; stage 0 of DeepSpeed never does.
     */
    public boolean overlaps() {
        return collectives == CollectiveMode.IDEAL || (zero.stage() > 0 && zero.overlap());
    }

    /** Which modes of training these are, e.g. {@code ZeRO-1, DeepSpeed's collectives overlapped with backward, full checkpointing}. */
    public String modes() {
        String behind = zero.stage() == 3 ? " overlapped with forward and backward" : " overlapped with backward";
        return "ZeRO-" + zero.stage()
                + switch (collectives) {
                    case DEEPSPEED -> ", DeepSpeed's collectives";
                    case IDEAL -> ", ideal collectives";
                }
                + (overlaps() ? behind : " without overlap")
                + switch (recomputation) {
                    case FULL -> ", full checkpointing";
                    case NONE -> ", no checkpointing";
                };
    }

    /** Tokens that one GPU takes at once. */
    public long tokensPerMicroBatch() {
        return (long) microBatch * sequence;
    }

    /** Tokens of an optimizer step over all GPUs. */
    public long tokensPerStep(int gpus) {
        return tokensPerMicroBatch() * accumulation * gpus;
    }

    /**
     * The variant that does load the network: ZeRO-3, no accumulation, a small micro-batch. A nominal run hardly touches the
     * fabric and certifies none.
     */
    public StepSetup stress() {
        return stress(Math.min(microBatch, STRESS_MICRO_BATCH), 1, 3);
    }

    /**
     * The variant with these values in place of its own. A step of stage 3 has said whether it overlaps; one of another stage
     * overlaps at stage 3 as DeepSpeed does by default.
     */
    public StepSetup stress(int otherMicroBatch, int otherAccumulation, int stage) {
        ZeroSetup staged = zero.atStage(stage, zero.overlap() || (stage == 3 && zero.stage() < 3));
        return with(otherMicroBatch, otherAccumulation, staged, precision);
    }
}
