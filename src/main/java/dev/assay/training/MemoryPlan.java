package dev.assay.training;

import java.util.Optional;

/**
 * Bytes that one GPU holds in a training step, by part. The peak is in backward or at the optimizer's step, whichever is
 * higher: activations are gone when gradients are copied to float32.
 *
 * @param weights bf16
 * @param gradients accumulated
 * @param optimizer AdamW's float32 master weights and two moments
 * @param gradientCopy the gradients in float32, at the step only
 * @param buckets of gradients on their way; two alternate where stage 1 or 2 overlaps
 * @param liveParameters gathered weights of stage 3
 * @param activations kept for backward
 * @param liveLayer what backward of one layer needs besides: its gradients, its activations where they are computed again, and
 *     FP8 copies of what it multiplies
 * @param loss workspace of the chunked cross-entropy
 * @param overhead CUDA context, NCCL's buffers, workspace of GEMMs
 */
public record MemoryPlan(
        long weights,
        long gradients,
        long optimizer,
        long gradientCopy,
        long buckets,
        long liveParameters,
        long activations,
        long liveLayer,
        long loss,
        long overhead) {
    private static final int BF16 = 2;
    private static final int FLOAT32 = 4;
    /** Master weight and two moments. */
    private static final int STATES = 3 * FLOAT32;

    private static final long GIBIBYTE = 1L << 30;
    /** Assumed for an H200 with NCCL over 8 NICs; the engine's own memory plan replaces it. */
    private static final long OVERHEAD = 4 * GIBIBYTE;
    /**
     * The logits of a chunk and their gradient in float32; of a large micro-batch the logits in bf16, which their gradient
     * overwrites. Held against the reference table: with 1 GiB every cell of it comes out.
     */
    private static final long LEAST_LOSS = GIBIBYTE;

    /** Whether it has room. */
    public enum Fit {
        INSIDE,
        /** In the memory there is, but not in the share of it that may be used. */
        BEYOND_THE_BUDGET,
        NOT_AT_ALL
    }

    public static MemoryPlan of(StepSetup setup, int gpus) {
        if (gpus < 1) {
            throw new IllegalArgumentException("gpus must be ≥ 1, got " + gpus);
        }
        ZeroSetup zero = setup.zero();
        boolean weightsSharded = zero.stage() == 3;
        long all = setup.model().parameters();
        long shard = (all + gpus - 1) / gpus;
        long updated = zero.stage() == 0 ? all : shard;
        long copied = weightsSharded ? Math.min(updated, Math.max(1, zero.subGroup())) : updated;
        return new MemoryPlan(
                (weightsSharded ? shard + unsharded(setup, gpus) : all) * BF16,
                (zero.stage() >= 2 ? shard : all) * setup.gradientBytes(),
                updated * STATES,
                copied * FLOAT32,
                buckets(setup, all),
                weightsSharded ? Math.min(zero.maxLive(), all) * BF16 : 0,
                kept(setup),
                liveLayer(setup),
                Math.max(LEAST_LOSS, setup.tokensPerMicroBatch() * setup.model().vocabulary() * BF16),
                OVERHEAD);
    }

    /** Small tensors that every GPU has whole: what is not in its shard. */
    private static long unsharded(StepSetup setup, int gpus) {
        return StepCollectives.persistent(setup) * (gpus - 1) / gpus;
    }

    private static long buckets(StepSetup setup, long all) {
        ZeroSetup zero = setup.zero();
        long elements = zero.stage() == 0 ? StepCollectives.STAGE_0_BUCKET : zero.reduceBucket();
        int alternating = zero.overlap() && (zero.stage() == 1 || zero.stage() == 2) ? 2 : 1;
        return alternating * Math.min(elements, all) * setup.wireBytes();
    }

    private static long kept(StepSetup setup) {
        ModelShape model = setup.model();
        long perLayer = switch (setup.recomputation()) {
            case NONE -> layerBytesPerToken(model);
            case FULL -> (long) BF16 * model.hidden();
        };
        return model.layers() * perLayer * setup.tokensPerMicroBatch();
    }

    private static long liveLayer(StepSetup setup) {
        int times = switch (setup.recomputation()) {
            case NONE -> 1;
            case FULL -> 2;
        };
        return times * layerBytesPerToken(setup.model()) * setup.tokensPerMicroBatch()
                + quantized(setup).map(Quantized::total).orElse(0L);
    }

    /**
     * Bytes of the FP8 copies of one linear layer's operands, each of the layer where it is largest.
     *
     * @param x as it lies or transposed
     * @param weight as it lies or transposed
     * @param dOut as it lies; transposed it exists at the same time
     */
    public record Quantized(long x, long weight, long dOut) {
        long total() {
            return x + weight + 2 * dOut;
        }
    }

    /** Empty where all is bf16. */
    public static Optional<Quantized> quantized(StepSetup setup) {
        if (setup.precision() != MatrixPrecision.FP8) {
            return Optional.empty();
        }
        ModelShape model = setup.model();
        long rows = setup.tokensPerMicroBatch();
        long hidden = model.hidden();
        long qkv = model.queryWidth() + 2L * model.kvWidth();
        long up = (model.family() == ModelFamily.LLAMA ? 2L : 1L) * model.feedForward();
        long widestIn = Math.max(hidden, Math.max(model.queryWidth(), model.feedForward()));
        long widestOut = Math.max(hidden, Math.max(qkv, up));
        return Optional.of(new Quantized(rows * widestIn, hidden * Math.max(widestIn, widestOut), rows * widestOut));
    }

    /**
     * Activations of a layer in bf16, attention fused: both norms and both residual sums (8 · hidden), query and attention's
     * output (4 · their width), key and value (4 · theirs), and each matrix of the feed-forward part but the last with the
     * activation function (2 · feedForward each).
     */
    static long layerBytesPerToken(ModelShape model) {
        int inner = switch (model.family()) {
            case LLAMA -> 3;
            case GPT -> 2;
        };
        return BF16
                * (4L * model.hidden()
                        + 2L * model.queryWidth()
                        + 2L * model.kvWidth()
                        + (long) inner * model.feedForward());
    }

    /** Held all the time. */
    public long standing() {
        return weights + gradients + optimizer + buckets + liveParameters + overhead;
    }

    /** On top of it in forward and backward. */
    public long inBackward() {
        return activations + liveLayer + loss;
    }

    /** The peak. */
    public long total() {
        return standing() + Math.max(inBackward(), gradientCopy);
    }

    public Fit fit(MemoryBudget budget) {
        if (total() <= budget.bytes()) {
            return Fit.INSIDE;
        }
        return total() <= budget.physicalBytes() ? Fit.BEYOND_THE_BUDGET : Fit.NOT_AT_ALL;
    }
}
