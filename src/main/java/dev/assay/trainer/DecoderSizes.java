package dev.assay.trainer;

import dev.assay.device.AttentionShape;
import dev.assay.training.EngineLimits;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import dev.assay.workload.ElementType;
import dev.assay.workload.LinearGemm;
import dev.assay.workload.LinearPass;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The shapes of everything that a micro-batch computes.
 *
 * @param rows tokens of a micro-batch
 * @param qkv width of query, key and value together
 * @param up width that goes into the activation function: gate and up of Llama
 * @param chunk rows whose logits exist at once
 */
record DecoderSizes(StepSetup setup, int rows, int qkv, int up, int chunk) {
    /** Rows of the smallest chunk. */
    private static final int GRANULE = 8;

    /** Of attention, over forward: seven products for two, as the kernels of dQ and of dK and dV both make S and dP. */
    private static final double ATTENTION_BACKWARD = 3.5;

    static DecoderSizes of(TrainerSetup trainer) {
        StepSetup setup = trainer.step();
        ModelShape model = setup.model();
        EngineLimits.of(setup).ifPresent(refusal -> {
            throw new IllegalArgumentException("training " + model + ": " + refusal);
        });
        int rows = Math.toIntExact(setup.tokensPerMicroBatch());
        int up = model.family() == ModelFamily.LLAMA ? 2 * model.feedForward() : model.feedForward();
        return new DecoderSizes(
                setup, rows, model.queryWidth() + 2 * model.kvWidth(), up, chunk(rows, model, trainer.logitBytes()));
    }

    /** A power of two, so that micro-batches of usual sizes fall into equal parts; at least one granule. */
    private static int chunk(int rows, ModelShape model, long bytes) {
        long most = bytes / ((long) model.vocabulary() * Unsharded.BF16);
        return (int) Math.min(rows, Math.max(GRANULE, Long.highestOneBit(Math.max(1, most))));
    }

    ModelShape model() {
        return setup.model();
    }

    AttentionShape attention() {
        return new AttentionShape(
                setup.microBatch(), setup.sequence(), model().heads(), model().kvHeads(), model().headSize(), qkv, qkv);
    }

    boolean recomputes() {
        return setup.recomputation() == Recomputation.FULL;
    }

    /** Sets of activations that exist at once. */
    int kept() {
        return recomputes() ? 1 : model().layers();
    }

    /** Rows of the last chunk. */
    int lastChunk() {
        return rows - (rows - 1) / chunk * chunk;
    }

    /** Each once, in the order in which a step needs them first. */
    List<LinearGemm> gemms() {
        Set<LinearGemm> gemms = new LinkedHashSet<>();
        ModelShape model = model();
        MatrixPrecision layers = setup.precision();
        add(gemms, rows, model.hidden(), qkv, layers);
        add(gemms, rows, model.queryWidth(), model.hidden(), layers);
        add(gemms, rows, model.hidden(), up, layers);
        add(gemms, rows, model.feedForward(), model.hidden(), layers);
        add(gemms, chunk, model.hidden(), model.vocabulary(), MatrixPrecision.BF16);
        add(gemms, lastChunk(), model.hidden(), model.vocabulary(), MatrixPrecision.BF16);
        return new ArrayList<>(gemms);
    }

    /** As {@link TrainerPlan#flop} counts. */
    double flop() {
        ModelShape model = model();
        int layers = model.layers();
        double down = product(model.feedForward(), model.hidden());
        double others = others();
        double attention = attentionForward();
        double forward = layers * (others + down + attention) + product(model.hidden(), model.vocabulary());
        double again = recomputes() ? (layers - 1) * (others + attention) : 0;
        return setup.accumulation() * (3 * forward + again);
    }

    /** As {@link TrainerPlan#enqueuedFlop} counts. */
    double enqueuedFlop() {
        double layers = model().layers();
        double again = recomputes() ? layers - 1 : 0;
        double wide = (double) attention().tileWidth() / model().headSize();
        double counted = 3 * layers + again;
        double enqueued = wide * ((1 + ATTENTION_BACKWARD) * layers + again);
        return flop() + setup.accumulation() * (enqueued - counted) * attentionForward();
    }

    /** Of a layer, two products, each query with the keys up to its own. */
    private double attentionForward() {
        return 2.0 * rows * (setup.sequence() + 1) * model().queryWidth();
    }

    /** Of {@link #flop}, what runs in FP8. */
    double quantizedFlop() {
        double again = recomputes() ? (model().layers() - 1) * others() : 0;
        double forward = model().layers() * (others() + product(model().feedForward(), model().hidden()));
        return switch (setup.precision()) {
            case BF16 -> 0;
            case FP8 -> setup.accumulation() * (3 * forward + again);
        };
    }

    /** A layer's matrices, forward, but the last. */
    private double others() {
        return product(model().hidden(), qkv)
                + product(model().queryWidth(), model().hidden())
                + product(model().hidden(), up);
    }

    private double product(int inputs, int outputs) {
        return 2.0 * rows * inputs * outputs;
    }

    private static void add(Set<LinearGemm> gemms, int rows, int inputs, int outputs, MatrixPrecision precision) {
        for (LinearPass pass : LinearPass.values()) {
            gemms.add(gemm(pass, rows, inputs, outputs, precision));
        }
    }

    /** Weights' gradients are added to what is there. */
    static LinearGemm gemm(LinearPass pass, int rows, int inputs, int outputs, MatrixPrecision precision) {
        return new LinearGemm(
                pass, rows, inputs, outputs, ElementType.BF16, pass == LinearPass.WEIGHT_GRADIENT, precision);
    }
}
