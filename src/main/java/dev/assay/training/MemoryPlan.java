package dev.assay.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bytes that one GPU holds in a training step, by part, from the config and the model alone. Everything is allocated once and
 * stays, so the sum is the peak: what NVML must say after the warm-up.
 *
 * @param weights bf16
 * @param gradients accumulated
 * @param optimizer AdamW's float32 master weights and two moments
 * @param buckets of gradients on their way
 * @param liveParameters gathered weights of stage 3: two modules at least, more as far as {@code maxLive} goes
 * @param activations kept for backward
 * @param liveLayer what forward and backward of one layer need besides: bf16 gradients of its weights where they are not summed
 *     in place, those of its activations, and its activations where they are computed again; FP8
 *     copies of what it multiplies
 * @param loss workspace of the chunked cross-entropy
 * @param workspace tokens, sums, scratch
 * @param communicators NCCL's buffers
 * @param context what is there before anything is allocated, and the GEMMs' scratch
 */
public record MemoryPlan(
        long weights,
        long gradients,
        long optimizer,
        long buckets,
        long liveParameters,
        long activations,
        long liveLayer,
        long loss,
        long workspace,
        long communicators,
        long context) {
    /** Most bytes of logits at once: 8192 rows of a vocabulary of 32 000, large enough for a GEMM to run at full rate. */
    public static final long LOGIT_BYTES = 512L << 20;

    private static final long MEBIBYTE = 1L << 20;

    /**
     * Of a connection of a channel, one of each protocol: {@code DEFAULT_LL_BUFFSIZE} (8 · 512 · 8 · 16 B), {@code
     * DEFAULT_LL128_BUFFSIZE} (120 · 640 · 8 · 8 B) and {@code DEFAULT_BUFFSIZE} (4 MiB, {@code NCCL_BUFFSIZE}) of NCCL's
     * {@code init.cc} and {@code device.h}: 9.2 MiB.
     */
    private static final long NCCL_CONNECTION = 8L * 512 * 8 * 16 + 120L * 640 * 8 * 8 + 4 * MEBIBYTE;

    /** Assumed of 8 Hopper GPUs behind NVSwitches, not measured. */
    private static final int NCCL_CHANNELS = 24;

    /** A ring has two a channel (NVIDIA/nccl, issue 986); assumed with the trees' beside them, not measured. */
    private static final int NCCL_CONNECTIONS = 4;

    /**
     * Assumed: of an H200's 140.4 GiB by NVML about 0.6 are the driver's own, a context with the kernels' modules and cuBLASLt's
     * takes about as much, and the GEMMs share 64 MiB.
     */
    private static final long CONTEXT = 1280 * MEBIBYTE;

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
        ZeroBytes zero = ZeroBytes.of(setup, gpus);
        DecoderBytes decoder = DecoderBytes.of(setup);
        return new MemoryPlan(
                zero.weights(),
                zero.gradients(),
                zero.optimizer(),
                zero.buckets(),
                zero.gathered(),
                decoder.kept(),
                decoder.live()
                        + zero.scratch()
                        + quantized(setup).map(Quantized::total).orElse(0L),
                decoder.loss(),
                decoder.workspace(),
                NCCL_CONNECTION * NCCL_CHANNELS * NCCL_CONNECTIONS * communicators(setup, gpus),
                CONTEXT);
    }

    /** One for gradients, another for weights where they travel beside them. */
    private static int communicators(StepSetup setup, int gpus) {
        if (gpus == 1) {
            return 0;
        }
        return setup.zero().stage() == 3 && setup.overlaps() ? 2 : 1;
    }

    /** By the name of each part, in order, none of them empty. */
    public Map<String, Long> parts() {
        Map<String, Long> parts = new LinkedHashMap<>(ofTrainer());
        parts.put("NCCL's buffers", communicators);
        parts.put("context", context);
        parts.values().removeIf(bytes -> bytes == 0);
        return Collections.unmodifiableMap(parts);
    }

    /** Of these, what the trainer itself allocates. */
    public Map<String, Long> ofTrainer() {
        Map<String, Long> parts = new LinkedHashMap<>();
        parts.put("weights", weights);
        parts.put("gradients", gradients);
        parts.put("optimizer states", optimizer);
        parts.put("buckets", buckets);
        parts.put("gathered weights", liveParameters);
        parts.put("activations", activations);
        parts.put("layer in work", liveLayer);
        parts.put("loss", loss);
        parts.put("workspaces", workspace);
        parts.values().removeIf(bytes -> bytes == 0);
        return Collections.unmodifiableMap(parts);
    }

    /** All that is still to be had when a rank's context is there and nothing is allocated. */
    public long allocated() {
        return total() - context;
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

    /** All of it, at every moment. */
    public long total() {
        return weights
                + gradients
                + optimizer
                + buckets
                + liveParameters
                + activations
                + liveLayer
                + loss
                + workspace
                + communicators
                + context;
    }

    public Fit fit(MemoryBudget budget) {
        if (total() <= budget.bytes()) {
            return Fit.INSIDE;
        }
        return total() <= budget.physicalBytes() ? Fit.BEYOND_THE_BUDGET : Fit.NOT_AT_ALL;
    }
}
