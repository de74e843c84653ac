package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.training.MemoryPlan.Fit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPlanTest {
    private static final double GIBIBYTE = 1L << 30;
    /** NVML's total of an H200. */
    private static final MemoryBudget H200 = new MemoryBudget(143_771L << 20, 0.8);

    /** GiB a GPU, full checkpointing; i: inside 112.3 GiB, p: only in the memory there is, -: not at all. */
    @ParameterizedTest
    @CsvSource({
        "7b, 0, 1, 130, p",
        "7b, 0, 64, 130, p",
        "7b, 1, 2, 87, i",
        "7b, 1, 8, 58, i",
        "7b, 1, 16, 54, i",
        "7b, 1, 32, 51, i",
        "7b, 1, 64, 50, i",
        "7b, 2, 2, 80, i",
        "7b, 2, 8, 47, i",
        "7b, 2, 16, 42, i",
        "7b, 2, 32, 39, i",
        "7b, 2, 64, 38, i",
        "7b, 3, 1, 125, p",
        "7b, 3, 2, 75, i",
        "7b, 3, 8, 37, i",
        "7b, 3, 16, 31, i",
        "7b, 3, 32, 28, i",
        "7b, 3, 64, 26, i",
        "13b, 1, 8, 85, i",
        "13b, 1, 16, 76, i",
        "13b, 1, 32, 71, i",
        "13b, 1, 64, 69, i",
        "13b, 2, 8, 64, i",
        "13b, 2, 16, 53, i",
        "13b, 2, 32, 48, i",
        "13b, 2, 64, 45, i",
        "13b, 3, 2, 116, p",
        "13b, 3, 8, 43, i",
        "13b, 3, 16, 31, i",
        "13b, 3, 32, 25, i",
        "13b, 3, 64, 22, i",
        "70b, 3, 8, 143, -",
        "70b, 3, 16, 79, i",
        "70b, 3, 32, 47, i",
        "70b, 3, 64, 31, i",
        "175b, 3, 16, 176, -",
        "175b, 3, 32, 95, i",
        "175b, 3, 64, 54, i"
    })
    void fitTable(String size, int stage, int gpus, double gibibytes, String fits) {
        MemoryPlan plan = MemoryPlan.of(Setups.of(size, stage), gpus);

        assertThat(plan.total() / GIBIBYTE).isCloseTo(gibibytes, within(0.5));
        assertThat(plan.fit(H200)).isEqualTo(fit(fits));
    }

    /** Cells of the table without a number. */
    @ParameterizedTest
    @CsvSource({
        "13b, 1, 1", "13b, 1, 2", "13b, 2, 1", "13b, 2, 2", "13b, 3, 1",
        "70b, 1, 8", "70b, 1, 64", "70b, 2, 64", "70b, 3, 1", "70b, 3, 2",
        "175b, 3, 1", "175b, 3, 2", "175b, 3, 8"
    })
    void doesNotFitAtAll(String size, int stage, int gpus) {
        assertThat(MemoryPlan.of(Setups.of(size, stage), gpus).fit(H200)).isEqualTo(Fit.NOT_AT_ALL);
    }

    /** One GPU has nobody to share with: stages 1 and 2 are stage 0 with another bucket. The table leaves these two open. */
    @ParameterizedTest
    @CsvSource({"1", "2"})
    void oneGpuSharesWithNobody(int stage) {
        assertThat(MemoryPlan.of(Setups.of("7b", stage), 1).fit(H200)).isNotEqualTo(Fit.INSIDE);
    }

    @ParameterizedTest
    @CsvSource({"7b, 8.0, 4.0", "13b, 6.3, 2.5", "70b, 5.0, 1.1", "175b, 4.5, 0.8"})
    void activationsWithCheckpointing(String size, double kept, double layer) {
        MemoryPlan plan = MemoryPlan.of(Setups.of(size, 3), 64);

        assertThat(plan.activations() / GIBIBYTE).isCloseTo(kept, within(0.06));
        assertThat(plan.liveLayer() / 2.0 / GIBIBYTE).isCloseTo(layer, within(0.06));
    }

    @ParameterizedTest
    @CsvSource({
        "LLAMA2_7B, 16, 128.5",
        "LLAMA2_13B, 8, 100.6",
        "LLAMA2_70B, 2, 83.8",
        "GPT3_175B, 1, 72.0",
        "LLAMA3_8B, 16, 136"
    })
    void activationsWithoutCheckpointing(ModelPreset preset, int microBatch, double gibibytes) {
        assertThat(kept(preset, microBatch, 3, 64).activations() / GIBIBYTE).isCloseTo(gibibytes, within(0.06));
    }

    /** 16 B × 69 G / 64 leave room for all activations of 70B. */
    @Test
    void seventyOnSixtyFourFitsWithoutCheckpointing() {
        MemoryPlan plan = kept(ModelPreset.LLAMA2_70B, 2, 3, 64);

        assertThat(plan.total() / GIBIBYTE).isCloseTo(109, within(0.5));
        assertThat(plan.fit(H200)).isEqualTo(Fit.INSIDE);
    }

    /** A fused AdamW reads bf16 gradients and copies none; then 7B fits one H200 at micro-batch 4. */
    @ParameterizedTest
    @CsvSource({"16, 123", "8, 114", "4, 110"})
    void withoutTheCopyOfGradients(int microBatch, double gibibytes) {
        MemoryPlan plan = MemoryPlan.of(Setups.of(ModelPreset.LLAMA2_7B, microBatch, 0), 1);

        assertThat((plan.standing() + plan.inBackward()) / GIBIBYTE).isCloseTo(gibibytes, within(0.5));
        assertThat(plan.gradientCopy() / GIBIBYTE).isCloseTo(25.1, within(0.05));
    }

    @Test
    void gradientsInFloatTakeTwoBytesMore() {
        StepSetup setup = Setups.of("7b", 2);
        StepSetup wide = new StepSetup(
                setup.model(), 2048, 16, 16, setup.zero(), setup.recomputation(), setup.collectives(), 4, 2);

        assertThat(MemoryPlan.of(wide, 8).total() - MemoryPlan.of(setup, 8).total())
                .isEqualTo(2 * setup.model().parameters() / 8);
    }

    @Test
    void theBudgetIsAnEdge() {
        MemoryPlan plan = MemoryPlan.of(Setups.of("7b", 1), 16);

        assertThat(plan.fit(new MemoryBudget(plan.total(), 1))).isEqualTo(Fit.INSIDE);
        assertThat(plan.fit(new MemoryBudget(plan.total() - 1, 1))).isEqualTo(Fit.NOT_AT_ALL);
        assertThat(plan.fit(new MemoryBudget(plan.total() * 2, 0.49))).isEqualTo(Fit.BEYOND_THE_BUDGET);
    }

    private static MemoryPlan kept(ModelPreset preset, int microBatch, int stage, int gpus) {
        return MemoryPlan.of(
                Setups.of(
                        preset,
                        microBatch,
                        ZeroSetup.defaults(stage, true),
                        Recomputation.NONE,
                        CollectiveMode.DEEPSPEED),
                gpus);
    }

    private static Fit fit(String letter) {
        return switch (letter) {
            case "i" -> Fit.INSIDE;
            case "p" -> Fit.BEYOND_THE_BUDGET;
            default -> Fit.NOT_AT_ALL;
        };
    }
}
