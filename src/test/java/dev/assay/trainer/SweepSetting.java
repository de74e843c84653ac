package dev.assay.trainer;

import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a sweep varies. */
record SweepSetting(int sequence, int microBatch, int accumulation, Recomputation recomputation) {
    private static final double GIBIBYTE = 1L << 30;
    private static final int ACCUMULATION = 2;
    private static final int SEQUENCE = 2048;
    private static final int MICRO_BATCH = 4;

    /**
     * Sequences of 1024 to 8192 in micro-batches of 2048 to 32 768 tokens, with and without checkpointing; without it few
     * tokens fit. Accumulation, which only spreads the optimizer over more tokens, at one of them. In the order in which they are
     * worth their time.
     */
    static List<SweepSetting> standard() {
        List<SweepSetting> all = new ArrayList<>();
        addAll(all, Recomputation.FULL, 2048, 1, 2, 4, 8, 16);
        addAll(all, Recomputation.FULL, 1024, 2, 8, 16);
        addAll(all, Recomputation.FULL, 4096, 1, 2, 4);
        addAll(all, Recomputation.FULL, 8192, 1, 2, 4);
        addAll(all, Recomputation.NONE, 2048, 1, 2, 4, 8);
        addAll(all, Recomputation.NONE, 1024, 2, 4);
        addAll(all, Recomputation.NONE, 4096, 1, 2);
        addAll(all, Recomputation.NONE, 8192, 1);
        for (int accumulation : new int[] {1, 4, 16}) {
            all.add(new SweepSetting(SEQUENCE, MICRO_BATCH, accumulation, Recomputation.FULL));
        }
        return all;
    }

    private static void addAll(List<SweepSetting> to, Recomputation recomputation, int sequence, int... microBatches) {
        for (int microBatch : microBatches) {
            to.add(new SweepSetting(sequence, microBatch, ACCUMULATION, recomputation));
        }
    }

    /** The same, {@code times} shorter. */
    SweepSetting shorter(int times) {
        return new SweepSetting(sequence / times, microBatch, accumulation, recomputation);
    }

    TrainerPlan plan(ModelShape model) {
        return TrainerPlan.of(
                new TrainerSetup(
                        TrainerRecord.step(model, sequence, microBatch, accumulation, recomputation),
                        TimedSteps.ADAM_W,
                        TimedSteps.CLIPPING,
                        System.nanoTime()),
                new Unsharded());
    }

    /** e.g. {@code 12.552 weights + 75.312 optimizer + 34.100 activations = 121.964 GiB}. */
    static String arithmetic(AllocationPlan memory) {
        return Arrays.stream(MemoryPart.values())
                .filter(part -> memory.bytes(part) > 0)
                .map(part -> gibibytes(memory.bytes(part)) + " "
                        + part.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(" + ", "", " = " + gibibytes(memory.bytes()) + " GiB"));
    }

    static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.3f", bytes / GIBIBYTE);
    }
}
