package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.InputException;
import dev.assay.training.ComputingParts;
import dev.assay.training.Machine;
import dev.assay.training.MemoryBudget;
import dev.assay.training.StepPrediction;
import dev.assay.training.StepSetup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingPlanTest {
    private static final Cluster CLUSTER = ClusterFile.read("spectrumx-h200");
    private static final GpuModel H200 = GpuModels.get("h200-sxm");
    private static final Path CONFIGS = Path.of("ds-configs");
    private static final TrainingCase SEVEN = shipped("7b");
    private static final TrainingCase SEVENTY = shipped("70b");
    private static final TrainingCase LARGEST = shipped("175b");

    @Test
    void looksAsExpected() throws IOException {
        String text =
                TrainingPlan.text(CLUSTER, H200, List.of(2, 4, 8), Optional.empty(), CONFIGS, MeasuredParts.none());

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
                .doesNotContain("    sensitivity");
    }

    @Test
    void theLargestNeedsFourNodes() {
        assertThat(text(List.of(2, 4), LARGEST))
                .contains("does not fit 2 nodes: weights, gradients and states 162.6 +")
                .contains("scale against 4 nodes");
    }

    /** 2 × 400 Gb/s a node: 94 %, whatever is hidden; 93 without what stays gathered. */
    @Test
    void whatTheFabricForbidsIsSaid() {
        String text = text(List.of(8), SEVENTY).replaceAll("\\s+", " ");

        assertThat(text)
                .contains("95 % of computing alone is impossible on 8 nodes")
                .contains("at most 94 % even with perfect overlap, 48 % with none of it")
                .contains("It would take 96 GB/s (bus)");
    }

    /** 5.59 + 5.53 + 1.86 TB of gathers beside 5.59 of gradients; (n − 1)/n of them at 90 GB/s against 85.4 s. */
    @Test
    void whatAThirdGatherCostsIsSaid() {
        String text = text(List.of(8), LARGEST).replaceAll("\\s+", " ");

        assertThat(text)
                .contains(
                        "go between its second forward and its backward, as DeepSpeed has it, and are gathered a third time")
                .contains("10.0 % of what a step puts on the bus")
                .contains("at most 42 % even with perfect overlap");
    }

    /** A nominal run of 7B at ZeRO-1 certifies no fabric; the plan says so and shows the variant that asks one. */
    @Test
    void aStepThatHardlyFeelsTheFabricSaysSo() {
        String text = text(List.of(8), SEVEN).replaceAll("\\s+", " ");

        assertThat(text)
                .contains("5 % of computing is lost at 15 GB/s (bus) with nothing hidden")
                .contains("hardly feels the fabric and certifies none of it")
                .contains("stress variant: ZeRO-3, DeepSpeed's collectives overlapped with forward and backward,"
                        + " full checkpointing, micro-batch 2 × 2048 tokens, accumulation 1");
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
        TrainingCase picky = with(SEVEN, Optional.empty(), gpus -> {
            if (gpus > 16) {
                throw new InputException("the batch of 16 does not divide\n  by " + gpus);
            }
            return SEVEN.setup().apply(gpus);
        });

        assertThat(text(List.of(2, 4), picky))
                .contains("cannot run   4 nodes: the batch of 16 does not divide by 32")
                .as("the fewest that it fits on, as the run counts")
                .contains("scale against 1 node");
        assertThat(text(List.of(4), picky))
                .startsWith("Plan of training steps")
                .contains("ds_config_7b.json: llama2-7b");
    }

    /** Seventy's two nodes wait for the same NICs; one node of 7B has none to wait for. */
    @Test
    void aBaselineThatWaitsTooIsNamed() {
        assertThat(text(List.of(8), SEVENTY).replaceAll("\\s+", " ")).contains("its baseline waits too");
        TrainingCase few =
                with(SEVEN, Optional.of(1), gpus -> SEVEN.setup().apply(gpus).stress(1, 1, 3));
        assertThat(text(List.of(8), few).replaceAll("\\s+", " "))
                .contains("95 % of computing alone is impossible")
                .doesNotContain("its baseline waits too");
    }

    @Test
    void whatDeepSpeedsFileSaysInVainIsNamed() {
        assertThat(text(List.of(2), SEVEN)).contains("no effect    zero_optimization.sub_group_size, steps_per_print");
    }

    @Test
    void aFolderWithoutConfigsSaysSo(@TempDir Path empty) {
        assertThatThrownBy(() -> TrainingCases.ofFolder(empty))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no .json file in")
                .hasMessageContaining("-Dds.config=FILE");
    }

    /** A baseline that does not fit gives no efficiency, and says so. */
    @Test
    void aBaselineThatCannotRunGivesNoEfficiency() {
        TrainingCase based = with(LARGEST, Optional.of(2), LARGEST.setup());

        assertThat(text(List.of(8), based)).contains("no scale, as the baseline of 2 nodes cannot run");
    }

    /** Every place has its own line of what the fabric allows, and the variant what it sends and holds. */
    @Test
    void everyPlaceSaysWhatTheFabricAllows() {
        List<String> lines = text(List.of(2, 4, 8), SEVEN).lines().toList();

        assertThat(lines.stream().filter(line -> line.matches(" +[248]\\*? +(16|32|64) +[0-9.]+ GB +< .*")))
                .as("bytes, two bandwidths, a rate and three shares, nominal and stress")
                .hasSize(6);
        assertThat(lines.stream().filter(line -> line.contains("memory, GiB a GPU")))
                .hasSize(2);
        assertThat(lines.stream().filter(line -> line.contains("collectives of a step")))
                .hasSize(2);
        assertThat(lines).anyMatch(line -> line.contains("all-gather, weights, backward"));
    }

    /** GEMMs, attention, kernels bound by memory: what computing is made of. */
    @Test
    void everyMillisecondOfComputingIsSomeones() {
        Machine machine = TrainingMachine.of(CLUSTER, H200);
        ComputingParts parts = ComputingParts.of(SEVEN.setup().apply(64), machine, 8);

        assertThat(parts.gemms() + parts.attention() + parts.memory())
                .isCloseTo(
                        StepPrediction.of(SEVEN.setup().apply(64), machine, 8).computing(), within(1e-9));
        assertThat(parts.gemms()).isGreaterThan(parts.attention());
        assertThat(text(List.of(8), SEVEN).replaceAll("\\s+", " "))
                .contains("milliseconds a step: GEMMs " + Words.fixed(1e3 * parts.gemms(), 0))
                .contains("attention " + Words.fixed(1e3 * parts.attention(), 0))
                .contains("AdamW 0.7, slowed");
    }

    @Test
    void everyValueOfTheFileIsShownAndSoIsItsMode() {
        String text = text(List.of(8), SEVEN).replaceAll("\\s+", " ");

        assertThat(text)
                .contains("ZeRO-1, DeepSpeed's collectives overlapped with backward, full checkpointing")
                .contains("zero_optimization: stage = 1, overlap_comm = true,")
                .contains("reduce_bucket_size = 500000000")
                .contains("betas = [0.9, 0.95]")
                .contains("gradient_clipping = 1.0")
                .contains("communication_data_type = bf16")
                .contains("in stress train_batch_size = 128,")
                .contains("gradient_accumulation_steps = 1; zero_optimization: stage = 3");
    }

    /** What the plan says that it cannot run, it does not project either. */
    @Test
    void whatIsRefusedIsNotProjected(@TempDir Path folder) throws IOException {
        TrainingCase coupled = own(folder, "\"lr\": 1e-4", "\"lr\": 1e-4, \"bias_correction\": false");

        String text = text(List.of(8), coupled);

        assertThat(text).contains("cannot run   8 nodes").doesNotContain("Projection with its stated error");
        assertThat(text(List.of(8), SEVEN)).contains("Projection with its stated error");
    }

    /** Nothing is gathered where there is nobody to gather from. */
    @Test
    void oneGpuGathersNothingAgain() {
        StepSetup alone = LARGEST.stressed(1);
        MemoryBudget budget = new MemoryBudget(H200.memoryMebibytes() << 20, 0.8);
        Machine machine = new Machine(1, 989.4, 4800, 482, 361, 0);

        assertThat(LARGEST.terms().thirdGathers(TrainingPlace.of(alone, machine, budget, 1)))
                .isEmpty();
        assertThat(LARGEST.terms().thirdGathers(TrainingPlace.of(alone, machine, budget, 2)))
                .isPresent();
    }

    /** The general variant, of a file without one of its own. */
    @Test
    void theGeneralStressVariantOverlapsUnlessTheFileForbidsIt(@TempDir Path folder) throws IOException {
        String without = "(?s),\\s*\"stress\": \\{.*?\\}";
        TrainingCase said = own(folder, without, "");
        TrainingCase forbidden = TrainingCases.ofFile(Files.writeString(
                folder.resolve("forbidden.json"),
                Files.readString(folder.resolve("own.json"))
                        .replace("\"overlap_comm\": true", "\"overlap_comm\": false")));
        TrainingCase leftOut = TrainingCases.ofFile(Files.writeString(
                folder.resolve("left-out.json"),
                Files.readString(folder.resolve("own.json")).replace("\"overlap_comm\": true,", "")));

        assertThat(said.stressed(8).zero().overlap()).isTrue();
        assertThat(leftOut.stressed(8).zero().overlap()).isTrue();
        assertThat(forbidden.stressed(8).zero().overlap()).isFalse();
        assertThat(forbidden.stressed(8).modes()).contains("without overlap");
        assertThat(forbidden.reading().stress().apply(8))
                .extracting(value -> value.key() + " = " + value.value())
                .contains(
                        "zero_optimization.stage = 3",
                        "zero_optimization.overlap_comm = false",
                        "train_micro_batch_size_per_gpu = 2",
                        "gradient_accumulation_steps = 1",
                        "train_batch_size = 16");
    }

    private static TrainingCase own(Path folder, String from, String to) throws IOException {
        String text = Files.readString(CONFIGS.resolve("ds_config_7b.json"));
        return TrainingCases.ofFile(Files.writeString(folder.resolve("own.json"), text.replaceFirst(from, to)));
    }

    private static String text(List<Integer> counts, TrainingCase... cases) {
        return TrainingPlan.text(CLUSTER, H200, counts, List.of(cases));
    }

    private static TrainingCase shipped(String size) {
        return TrainingCases.ofFile(CONFIGS.resolve("ds_config_" + size + ".json"));
    }

    private static TrainingCase with(TrainingCase of, Optional<Integer> baseline, IntFunction<StepSetup> setup) {
        return new TrainingCase(
                of.name(),
                of.model(),
                of.parameters(),
                of.memoryFraction(),
                of.nodes(),
                baseline,
                of.scaling(),
                of.notes(),
                of.withoutEffect(),
                setup,
                of.stress(),
                of.terms(),
                of.reading());
    }
}
