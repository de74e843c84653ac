package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.assay.device.AttentionShape;
import dev.assay.device.TrainingKernels;
import dev.assay.training.CollectiveMode;
import dev.assay.training.EngineLimits;
import dev.assay.training.GradientClipping;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.MemoryPlan;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelPreset;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.StepFlops;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the trainer will take and run of the real models, against what {@code training} predicts of them. */
class TrainerPlanTest {
    private static final int[] GPUS = {1, 2, 8, 16, 64};

    /** Before any job, within 1 % of each part: else "fits" means nothing. */
    @ParameterizedTest
    @EnumSource(ModelPreset.class)
    void theMemoryIsAsPredicted(ModelPreset preset) {
        for (Recomputation recomputation : Recomputation.values()) {
            for (int microBatch : new int[] {1, 4, 16}) {
                for (int stage = 0; stage <= 3; stage++) {
                    for (int gpus : GPUS) {
                        holds(step(preset, recomputation, microBatch, zero(stage, true), 2, 2), gpus);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(CollectiveMode.class)
    void soItIsOfEveryWayToCutAndToSend(CollectiveMode mode) {
        for (ModelPreset preset : List.of(ModelPreset.LLAMA2_13B, ModelPreset.GPT3_175B)) {
            for (int bytes : new int[] {2, 4}) {
                for (boolean overlap : new boolean[] {true, false}) {
                    for (int stage = 0; stage <= 3; stage++) {
                        ZeroSetup zero = zero(stage, overlap);
                        StepSetup step = new StepSetup(
                                preset.shape(), 2048, 2, 2, zero, Recomputation.FULL, mode, bytes, 6 - bytes);
                        holds(step, 1);
                        holds(step, 7);
                    }
                }
            }
        }
    }

    /** Modules that stay gathered from forward to backward have memory of their own, and the turns fewer slots. */
    @ParameterizedTest
    @EnumSource(ModelPreset.class)
    void soItIsOfWhatStaysGathered(ModelPreset preset) {
        for (long maxReuse : new long[] {1, 1_000_000_000, 5_000_000_000L}) {
            StepSetup step = step(preset, Recomputation.FULL, 2, zero(3, true).keeping(maxReuse), 2, 2);
            holds(step, 7);
            holds(step, 16);
        }
    }

    private static void holds(StepSetup step, int gpus) {
        MemoryPlan predicted = MemoryPlan.of(step, gpus);
        AllocationPlan planned = plan(step, gpus).memory();
        Map<MemoryPart, Long> parts = new EnumMap<>(Map.of(
                MemoryPart.WEIGHTS, predicted.weights(),
                MemoryPart.GRADIENTS, predicted.gradients(),
                MemoryPart.OPTIMIZER, predicted.optimizer(),
                MemoryPart.BUCKETS, predicted.buckets(),
                MemoryPart.GATHERED, predicted.liveParameters(),
                MemoryPart.ACTIVATIONS, predicted.activations(),
                MemoryPart.LIVE_LAYER, predicted.liveLayer(),
                MemoryPart.LOSS, predicted.loss(),
                MemoryPart.WORKSPACE, predicted.workspace()));
        assertThat(parts).hasSize(MemoryPart.values().length);
        parts.forEach((part, bytes) -> assertThat(bytes)
                .as("%s of %s on %d GPUs", part, step, gpus)
                .isCloseTo(planned.bytes(part), withPercentage(1)));
        assertThat(predicted.ofTrainer().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .as("all of %s on %d GPUs", step, gpus)
                .isCloseTo(planned.bytes(), withPercentage(1));
    }

    /** What a plan refuses is what kernels would refuse, no more and no less. */
    @Test
    void limitsAreThoseOfTheKernels() {
        assertThat(EngineLimits.MOST_HIDDEN).isEqualTo(TrainingKernels.MOST_WIDTH);
        for (int size = 8; size <= 264; size++) {
            ModelShape model = new ModelShape(ModelFamily.LLAMA, 1, 64, 8, 8, size, 64, 64, 64);
            StepSetup step = new StepSetup(
                    model, 16, 1, 1, ZeroSetup.defaults(0, false), Recomputation.NONE, CollectiveMode.DEEPSPEED, 2, 2);
            assertThat(EngineLimits.of(step).isEmpty()).as("heads of %d", size).isEqualTo(attentionTakes(size));
        }
    }

    private static boolean attentionTakes(int headSize) {
        try {
            return new AttentionShape(1, 16, 8, 8, headSize, 8 * headSize, 8 * headSize).headSize() == headSize;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What FP8's copies take is planned as it is predicted, to the byte; and nothing else changes. */
    @ParameterizedTest
    @EnumSource(ModelPreset.class)
    void fp8TakesWhatIsPredicted(ModelPreset preset) {
        StepSetup bf16 = step(preset, Recomputation.FULL);
        StepSetup fp8 = bf16.in(MatrixPrecision.FP8);
        TrainerPlan plan = plan(fp8);
        TrainerPlan plain = plan(bf16);
        long predicted =
                MemoryPlan.of(fp8, 1).liveLayer() - MemoryPlan.of(bf16, 1).liveLayer();

        assertThat(plan.memory().bytes(MemoryPart.LIVE_LAYER) - plain.memory().bytes(MemoryPart.LIVE_LAYER))
                .isEqualTo(predicted);
        assertThat(plan.memory().bytes() - plain.memory().bytes()).isBetween(predicted, predicted + (1 << 14));
        assertThat(plan.flop()).isEqualTo(plain.flop());
        assertThat(plain.quantizedFlop()).isZero();
        double layers = 6.0 * preset.shape().layers() * preset.shape().layerMatrices() * fp8.tokensPerStep(1);
        assertThat(plan(step(preset, Recomputation.NONE).in(MatrixPrecision.FP8))
                        .quantizedFlop())
                .isCloseTo(layers, withPercentage(0.01));
        assertThat(plan.quantizedFlop()).isBetween(1.15 * layers, 4.0 / 3 * layers);
    }

    /** Full checkpointing is 4/3 by the formula; what is left out of the second forward pass makes it less. */
    @ParameterizedTest
    @EnumSource(ModelPreset.class)
    void theFlopAreAsTheFormulas(ModelPreset preset) {
        StepSetup step = step(preset, Recomputation.NONE);
        double causal = StepFlops.of(step).causal() * step.tokensPerStep(1);

        assertThat(plan(preset, Recomputation.NONE).flop()).isCloseTo(causal, withPercentage(0.01));
        assertThat(plan(preset, Recomputation.FULL).flop() / causal).isBetween(1.2, 4.0 / 3);
    }

    /**
     * The tensor cores multiply whole tiles of 64 or 128 columns, and seven products in backward where four are counted: the
     * load proof counts both, utilisation neither.
     */
    @ParameterizedTest
    @CsvSource({"64, 64", "72, 128", "80, 128", "96, 128", "112, 128", "128, 128"})
    void attentionIsEnqueuedInWholeTiles(int size, int tile) {
        for (Recomputation recomputation : Recomputation.values()) {
            ModelShape model = new ModelShape(ModelFamily.LLAMA, 3, 64, 8, 8, size, 64, 64, 64);
            TrainerPlan plan = plan(new StepSetup(
                    model, 16, 2, 5, ZeroSetup.defaults(0, false), recomputation, CollectiveMode.DEEPSPEED, 2, 2));
            double product = 2.0 * (2 * 16) * (16 + 1) / 2 * 8;
            int again = recomputation == Recomputation.FULL ? 2 : 0;

            double counted = (3 * (2 + 4) + again * 2) * product * size;
            double enqueued = (3 * (2 + 7) + again * 2) * product * tile;

            assertThat(plan.enqueuedFlop() - plan.flop()).isCloseTo(5 * (enqueued - counted), withPercentage(0.001));
        }
    }

    private static TrainerPlan plan(ModelPreset preset, Recomputation recomputation) {
        return plan(step(preset, recomputation));
    }

    private static TrainerPlan plan(StepSetup step) {
        return plan(step, 1);
    }

    private static TrainerPlan plan(StepSetup step, int gpus) {
        ZeroFactory factory = new ZeroFactory(gpus, purpose -> {
            throw new AssertionError("nothing is joined to plan");
        });
        return TrainerPlan.of(new TrainerSetup(step, Small.ADAM_W, GradientClipping.none(), 1), factory);
    }

    private static StepSetup step(ModelPreset preset, Recomputation recomputation) {
        return step(preset, recomputation, 4, zero(0, false), 2, 2);
    }

    private static ZeroSetup zero(int stage, boolean overlap) {
        return ZeroSetup.defaults(stage, overlap);
    }

    private static StepSetup step(
            ModelPreset preset,
            Recomputation recomputation,
            int microBatch,
            ZeroSetup zero,
            int gradientBytes,
            int wireBytes) {
        return new StepSetup(
                preset.shape(),
                2048,
                microBatch,
                2,
                zero,
                recomputation,
                CollectiveMode.DEEPSPEED,
                gradientBytes,
                wireBytes);
    }
}
