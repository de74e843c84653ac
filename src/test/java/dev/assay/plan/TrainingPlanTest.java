package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.InputException;
import dev.assay.training.CollectiveMode;
import dev.assay.training.ModelPreset;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainingPlanTest {
    private static final Cluster CLUSTER = ClusterFile.read("spectrumx-h200");
    private static final GpuModel H200 = GpuModels.get("h200-sxm");
    private static final TrainingCase SEVEN = of("ds_config_7b.json", ModelPreset.LLAMA2_7B, 16, 1, 2);
    private static final TrainingCase SEVENTY = of("ds_config_70b.json", ModelPreset.LLAMA2_70B, 2, 3, 8);
    private static final TrainingCase LARGEST = of("ds_config_175b.json", ModelPreset.GPT3_175B, 1, 3, 8);

    @Test
    void looksAsExpected() throws IOException {
        String text = text(
                List.of(2, 4, 8), SEVEN, of("ds_config_13b.json", ModelPreset.LLAMA2_13B, 8, 2, 4), SEVENTY, LARGEST);

        try (var golden = TrainingPlanTest.class.getResourceAsStream("training-spectrumx-h200-2-4-8.txt")) {
            assertThat(golden).isNotNull();
            assertThat(text).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void fitsAScreen() {
        assertThat(text(List.of(1, 2, 4, 8), SEVEN, SEVENTY, LARGEST).lines())
                .allMatch(line -> line.length() <= TrainingPlan.COLUMNS, "at most 120 columns")
                .noneMatch(line -> line.endsWith(" "));
    }

    /** 16 B × 69 G / 8 are 128.5 of 112.3 GiB. */
    @Test
    void seventyOnOneNodeIsReportedNotShrunk() {
        String text = text(List.of(1), SEVENTY);

        assertThat(text)
                .contains("does not fit 1 node: weights, gradients and states 128.5 +", "GiB > 112.3 GiB")
                .contains("prediction   none: it fits on none of these")
                .doesNotContain("sensitivity");
    }

    @Test
    void theLargestNeedsFourNodes() {
        assertThat(text(List.of(2, 4), LARGEST))
                .contains("does not fit 2 nodes: weights, gradients and states 162.6 +")
                .contains("efficiency against 4 nodes");
    }

    /** 2 × 400 Gb/s a node: 93 %, whatever is hidden. */
    @Test
    void whatTheFabricForbidsIsSaid() {
        String text = text(List.of(8), SEVENTY).replaceAll("\\s+", " ");

        assertThat(text)
                .contains("95 % of computing alone is impossible on 8 nodes")
                .contains("at most 93 % even with perfect overlap, 48 % with none of it")
                .contains("It would take 97 GB/s (bus)");
    }

    /** A nominal run of 7B at ZeRO-1 certifies no fabric; the plan says so and shows the variant that asks one. */
    @Test
    void aStepThatHardlyFeelsTheFabricSaysSo() {
        String text = text(List.of(8), SEVEN).replaceAll("\\s+", " ");

        assertThat(text)
                .contains("5 % of computing is lost at 15 GB/s (bus) with nothing hidden")
                .contains("hardly feels the fabric and certifies none of it")
                .contains("stress variant: ZeRO-3, micro-batch 2, accumulation 1");
    }

    @Test
    void withoutNodeCountsEveryConfigHasItsOwn() {
        assertThat(TrainingPlan.text(CLUSTER, H200, List.of(), List.of(SEVENTY))
                        .lines()
                        .filter(line -> line.contains("8*")))
                .isNotEmpty();
        assertThat(TrainingPlan.text(
                        ClusterFile.read("embedded"), GpuModels.get("reference"), List.of(), List.of(SEVENTY)))
                .contains("not here     8 nodes: the cluster has 2");
    }

    /** A file that fixes the global batch may not divide by every number of GPUs. */
    @Test
    void whatCannotBeResolvedIsOneLine() {
        TrainingCase picky = new TrainingCase(
                "picky.json",
                "llama2-7b",
                0.8,
                List.of(),
                Optional.empty(),
                "strong scaling",
                List.of(),
                gpus -> {
                    if (gpus > 16) {
                        throw new InputException("the batch of 16 does not divide\n  by " + gpus);
                    }
                    return SEVEN.setup().apply(gpus);
                },
                Optional.empty());

        assertThat(text(List.of(2, 4), picky))
                .contains("cannot run   4 nodes: the batch of 16 does not divide by 32")
                .contains("efficiency against 2 nodes");
        assertThat(text(List.of(4), picky)).startsWith("Plan of training steps").contains("picky.json: llama2-7b");
    }

    /** A baseline that does not fit gives no efficiency, and says so. */
    @Test
    void aBaselineThatCannotRunGivesNoEfficiency() {
        TrainingCase based = new TrainingCase(
                LARGEST.name(),
                LARGEST.model(),
                0.8,
                LARGEST.nodes(),
                Optional.of(2),
                LARGEST.scaling(),
                List.of(),
                LARGEST.setup(),
                Optional.empty());

        assertThat(text(List.of(8), based)).contains("no efficiency, as the baseline of 2 nodes cannot run");
    }

    private static String text(List<Integer> counts, TrainingCase... cases) {
        return TrainingPlan.text(CLUSTER, H200, counts, List.of(cases));
    }

    private static TrainingCase of(String name, ModelPreset preset, int microBatch, int stage, int nodes) {
        StepSetup setup = new StepSetup(
                preset.shape(),
                2048,
                microBatch,
                16,
                ZeroSetup.defaults(stage, true),
                Recomputation.FULL,
                CollectiveMode.DEEPSPEED,
                2,
                2);
        return new TrainingCase(
                name,
                preset.key(),
                0.8,
                List.of(nodes),
                Optional.empty(),
                "weak scaling: work per GPU is fixed, the global batch grows with the GPUs",
                List.of(),
                gpus -> setup,
                Optional.empty());
    }
}
