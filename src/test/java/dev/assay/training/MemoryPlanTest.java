package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.assay.training.MemoryPlan.Fit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPlanTest {
    private static final double GIBIBYTE = 1L << 30;
    /** NVML's total of an H200. */
    private static final MemoryBudget H200 = new MemoryBudget(143_771L << 20, 0.8);

    /** GiB a GPU, full checkpointing, at stage 3 with what stays gathered for backward; i: inside 112.3 GiB, p: only in the memory there is, -: not at all. */
    @ParameterizedTest
    @CsvSource({
        "7b, 0, 1, 116.0, p",
        "7b, 0, 64, 116.8, p",
        "7b, 1, 2, 79.1, i",
        "7b, 1, 8, 50.9, i",
        "7b, 1, 16, 46.2, i",
        "7b, 1, 32, 43.8, i",
        "7b, 1, 64, 42.6, i",
        "7b, 2, 2, 74.5, i",
        "7b, 2, 8, 41.6, i",
        "7b, 2, 16, 36.1, i",
        "7b, 2, 32, 33.3, i",
        "7b, 2, 64, 32.0, i",
        "7b, 3, 1, 116.0, p",
        "7b, 3, 2, 71.7, i",
        "7b, 3, 8, 34.0, i",
        "7b, 3, 16, 27.7, i",
        "7b, 3, 32, 24.6, i",
        "7b, 3, 64, 23.0, i",
        "13b, 1, 8, 79.1, i",
        "13b, 1, 16, 70.0, i",
        "13b, 1, 32, 65.5, i",
        "13b, 1, 64, 63.2, i",
        "13b, 2, 8, 60.0, i",
        "13b, 2, 16, 49.4, i",
        "13b, 2, 32, 44.1, i",
        "13b, 2, 64, 41.5, i",
        "13b, 3, 2, 115.1, p",
        "13b, 3, 8, 42.4, i",
        "13b, 3, 16, 30.3, i",
        "13b, 3, 32, 24.2, i",
        "13b, 3, 64, 21.2, i",
        "70b, 3, 8, 145.9, -",
        "70b, 3, 16, 81.7, i",
        "70b, 3, 32, 49.6, i",
        "70b, 3, 64, 33.5, i",
        "175b, 3, 16, 187.3, -",
        "175b, 3, 32, 106.0, i",
        "175b, 3, 64, 65.4, i"
    })
    void fitTable(String size, int stage, int gpus, double gibibytes, String fits) {
        MemoryPlan plan = MemoryPlan.of(Setups.of(size, stage), gpus);

        assertThat(plan.total() / GIBIBYTE).isCloseTo(gibibytes, within(0.1));
        assertThat(plan.fit(H200)).isEqualTo(fit(fits));
    }

    /** What no GPU holds. */
    @ParameterizedTest
    @CsvSource({
        "13b, 1, 1",
        "13b, 2, 1",
        "13b, 3, 1",
        "70b, 1, 8",
        "70b, 1, 64",
        "70b, 2, 64",
        "70b, 3, 1",
        "70b, 3, 2",
        "175b, 3, 1",
        "175b, 3, 2",
        "175b, 3, 8"
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

    /** 2 · hidden bytes a token and layer. */
    @ParameterizedTest
    @CsvSource({"7b, 8.0", "13b, 6.25", "70b, 5.0", "175b, 4.5"})
    void activationsWithCheckpointing(String size, double kept) {
        assertThat(MemoryPlan.of(Setups.of(size, 3), 64).activations() / GIBIBYTE)
                .isCloseTo(kept, within(0.001));
    }

    /** What travels is held beside what is kept: two whole layers of 175B gathered, two layers' gradients, a bucket. */
    @Test
    void stageThreeHoldsWholeModulesWhateverMaxLiveSays() {
        MemoryPlan plan = MemoryPlan.of(Setups.of("175b", 3), 64);
        double layer = 12.0 * 12288 * 12288 * 2 / GIBIBYTE;

        assertThat(plan.liveParameters() / GIBIBYTE).isCloseTo(2 * layer, within(0.01));
        assertThat(plan.liveLayer() / GIBIBYTE).isGreaterThan(2 * layer);
        assertThat(plan.buckets()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "LLAMA2_7B, 16, 128.5",
        "LLAMA2_13B, 8, 100.7",
        "LLAMA2_70B, 2, 83.8",
        "GPT3_175B, 1, 72.1",
        "LLAMA3_8B, 16, 136"
    })
    void activationsWithoutCheckpointing(ModelPreset preset, int microBatch, double gibibytes) {
        assertThat(kept(preset, microBatch, 3, 64).activations() / GIBIBYTE)
                .isCloseTo(gibibytes, withinPercentage(0.3));
    }

    /** 16 B × 69 G / 64 leave room for all activations of 70B. */
    @Test
    void seventyOnSixtyFourFitsWithoutCheckpointing() {
        MemoryPlan plan = kept(ModelPreset.LLAMA2_70B, 2, 3, 64);

        assertThat(plan.total() / GIBIBYTE).isCloseTo(111.3, within(0.1));
        assertThat(plan.fit(H200)).isEqualTo(Fit.INSIDE);
    }

    /** Sums in float32 of this rank's part; the module's own are in bf16 either way. */
    @Test
    void gradientsInFloatTakeTwoBytesMore() {
        StepSetup setup = Setups.of("7b", 2);
        StepSetup wide = Setups.with(setup, setup.collectives(), 4, 2);

        assertThat(MemoryPlan.of(wide, 8).total() - MemoryPlan.of(setup, 8).total())
                .isEqualTo(2 * setup.model().parameters() / 8);
    }

    /** 24 channels, 4 connections, and the three protocols' buffers of NCCL: 0.5 + 4.69 + 4 MiB. */
    @ParameterizedTest
    @CsvSource({"0, 1, 0", "0, 8, 1", "1, 8, 1", "3, 1, 0", "3, 8, 2"})
    void everyCommunicatorHasBuffers(int stage, int gpus, int communicators) {
        assertThat(MemoryPlan.of(Setups.of("7b", stage), gpus).communicators() / GIBIBYTE)
                .isCloseTo(communicators * 24 * 4 * 9.1875 / 1024, within(0.001));
    }

    @Test
    void thePartsAreTheTotal() {
        MemoryPlan plan = MemoryPlan.of(Setups.of("70b", 3), 16);

        assertThat(plan.parts().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(plan.total());
        assertThat(plan.parts()).containsKeys("gathered weights", "NCCL's buffers", "context");
        assertThat(plan.allocated()).isEqualTo(plan.total() - plan.context());
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
