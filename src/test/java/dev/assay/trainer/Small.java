package dev.assay.trainer;

import dev.assay.training.AdamW;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.MicroBatch;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.SeededTokens;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.util.ArrayList;
import java.util.List;

/**
 * Models small enough for the oracle, with heads of a size that attention has kernels for. Widths are multiples of 8 and of no
 * larger power of two than that where they can be.
 */
record Small(ModelShape model, int sequence, int microBatch, int accumulation, Recomputation recomputation) {
    /** Grouped queries; heads wider than hidden. */
    static final ModelShape LLAMA = new ModelShape(ModelFamily.LLAMA, 2, 256, 4, 2, 64, 344, 520, 64);

    static final ModelShape GPT = new ModelShape(ModelFamily.GPT, 2, 256, 4, 4, 64, 328, 264, 40);

    /** Everything but the head size odd, or the eightfold of something odd; Llama 3's rotary base. Heads of both sizes that there are kernels for. */
    static final ModelShape ODD_LLAMA = new ModelShape(ModelFamily.LLAMA, 3, 40, 3, 1, 64, 56, 72, 64, 500_000);

    static final ModelShape ODD_GPT = new ModelShape(ModelFamily.GPT, 1, 72, 1, 1, 128, 40, 88, 11);

    /** Heads of a size that attention pads. */
    static final ModelShape PADDED_LLAMA = new ModelShape(ModelFamily.LLAMA, 2, 48, 2, 1, 88, 64, 80, 64);

    /** Widths in multiples of 16, as FP8 needs them; and heads that are padded. */
    static final ModelShape FP8_LLAMA = new ModelShape(ModelFamily.LLAMA, 2, 256, 4, 2, 64, 368, 520, 64);

    static final ModelShape FP8_GPT = new ModelShape(ModelFamily.GPT, 2, 256, 4, 4, 80, 336, 264, 40);

    static final AdamW ADAM_W = new AdamW(1e-3, 0.9, 0.95, 1e-8, 0.1);

    static Small of(ModelShape model, int sequence, int microBatch) {
        return new Small(model, sequence, microBatch, 1, Recomputation.NONE);
    }

    Small recomputing() {
        return new Small(model, sequence, microBatch, accumulation, Recomputation.FULL);
    }

    Small accumulating(int microBatches) {
        return new Small(model, sequence, microBatch, microBatches, recomputation);
    }

    StepSetup step(int gradientBytes) {
        return new StepSetup(
                model,
                sequence,
                microBatch,
                accumulation,
                ZeroSetup.defaults(0, false),
                recomputation,
                CollectiveMode.DEEPSPEED,
                gradientBytes,
                gradientBytes);
    }

    TrainerSetup setup(long seed) {
        return new TrainerSetup(step(2), ADAM_W, GradientClipping.none(), seed);
    }

    /** Sequences of a step, drawn anew in every step. */
    List<MicroBatch> batches(long seed, int step) {
        SeededTokens tokens = new SeededTokens(model.vocabulary(), seed);
        List<MicroBatch> batches = new ArrayList<>();
        for (int i = 0; i < accumulation; i++) {
            long first = ((long) step * accumulation + i) * microBatch;
            batches.add(tokens.microBatch(first, microBatch, sequence));
        }
        return batches;
    }
}
