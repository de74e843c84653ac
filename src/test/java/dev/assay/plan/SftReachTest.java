package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.Nics;
import dev.assay.criteria.CriteriaFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Floors that the plan's own projection does not reach: said before the run, and of the row that misses. */
class SftReachTest {
    private static final Path CONFIGS = Path.of("ds-configs");
    private static final Cluster SPECTRUMX = ClusterFile.read("spectrumx-h200");
    private static final String BY_DESIGN =
            "the fabric of the cluster file, 2 × 400 Gb/s a node, makes it impossible by design";

    @TempDir
    Path folder;

    @Test
    void thePlanNamesThemBelowItsProjection() {
        Plan plan = plan(SPECTRUMX, Optional.empty());

        String text = SftReach.text(plan).replaceAll("\\s+", " ");
        assertThat(text)
                .startsWith("Floors beyond this projection:")
                .contains("No sound cluster of this kind reaches 70b: Scale efficiency of training ≥ 95 % on 8 nodes: "
                        + BY_DESIGN)
                .contains("reaches 70b: MFU, attention counted causally ≥ 36 % on 8 nodes: " + BY_DESIGN)
                .contains("reaches 175b: MFU, attention counted causally ≥ 36 % on 8 nodes: " + BY_DESIGN)
                .contains("Name a floor that can be reached")
                .doesNotContain(" 7b:", " 13b:");
        assertThat(SftReach.text(plan).lines()).allMatch(line -> line.length() <= TrainingPlan.COLUMNS);
    }

    /** One sentence, two uses. */
    @Test
    void whatIsNotCertifiedHasTheSameSentences() {
        Plan plan = plan(SPECTRUMX, Optional.empty());
        List<String> beyond = plan.omits().stream()
                .filter(line -> line.startsWith("No sound cluster"))
                .toList();

        assertThat(beyond).hasSizeGreaterThanOrEqualTo(3);
        assertThat(beyond)
                .allMatch(line -> SftReach.text(plan).replaceAll("\\s+", " ").contains(line));
    }

    /** 175B waits for half of its step at least; only NCCL's channels are at work then. */
    @Test
    void smsThatWaitCannotBeActive() {
        assertThat(why(plan(SPECTRUMX, Optional.empty()), "sft-175b-utilisation@8"))
                .get()
                .asString()
                .contains(
                        BY_DESIGN,
                        "projection is at most 63.7 %, 26.3 below the floor; a miss by itself says nothing of its health");
        assertThat(why(plan(SPECTRUMX, Optional.empty()), "sft-13b-utilisation@4"))
                .isEmpty();
    }

    /** Nor is its worst second better than the mean of all, nor does a GPU that waits take the power of one that computes. */
    @Test
    void whatWaitingKeepsFromUtilisationItKeepsFromPowerAndTheWorstSecond() {
        Plan plan = plan(SPECTRUMX, Optional.empty());

        assertThat(why(plan, "sft-175b-utilisation-seconds@8"))
                .get()
                .asString()
                .contains(BY_DESIGN, "at most 63.7 %, 16.3 below the floor; a miss by itself");
        assertThat(why(plan, "sft-175b-power@8"))
                .get()
                .asString()
                .contains(BY_DESIGN, "at most 493.0 W, 57.0 below the floor; a miss by itself");
        assertThat(SftReach.text(plan).replaceAll("\\s+", " "))
                .contains("reaches 175b: GPU utilisation in the worst second ≥ 80 % on 8 nodes: " + BY_DESIGN)
                .contains("reaches 175b: Mean power while training ≥ 550 W on 8 nodes: " + BY_DESIGN);
        assertThat(List.of("sft-13b-utilisation-seconds-gathering@4", "sft-13b-power@4", "sft-175b-stress-power@8"))
                .as("reached, or shown only")
                .allMatch(key -> why(plan, key).isEmpty());
    }

    @Test
    void aRowIsToldItsOwn() {
        Plan plan = plan(SPECTRUMX, Optional.empty());

        assertThat(why(plan, "sft-70b-scale-efficiency@8"))
                .get()
                .asString()
                .startsWith(BY_DESIGN + ", as the plan's own projection is 90.1 % (86.6 … 92.7)")
                .endsWith("a miss inside that range says nothing of its health, a value below it does.");
        assertThat(why(plan, "sft-7b-scale-efficiency@2")).isEmpty();
        assertThat(why(plan, "sft-70b-correct@8")).isEmpty();
        assertThat(why(plan, "sft-70b-stress-scale-efficiency@8"))
                .as("shown, not judged")
                .isEmpty();
    }

    /** A floor above what the GPUs compute has nothing to do with the fabric. */
    @Test
    void theFabricIsNotBlamedForGpus() throws IOException {
        Path own = Files.writeString(
                folder.resolve("own.json"),
                Files.readString(CONFIGS.resolve("ds_config_7b.json")).replace("\"mfu\": 0.46", "\"mfu\": 0.90"));

        assertThat(SftReach.text(plan(SPECTRUMX, Optional.of(own))).replaceAll("\\s+", " "))
                .contains("these GPUs do not reach it, as the plan's own projection is 49.7 %")
                .doesNotContain("by design");
    }

    @Test
    void afasterFabricHasFewer() {
        Cluster fast = PlannerTest.h200(8, 8, new Nics(8, 400), false);

        assertThat(why(plan(fast, Optional.empty()), "sft-70b-mfu-llama2-70b@8"))
                .isEmpty();
        assertThat(why(plan(SPECTRUMX, Optional.empty()), "sft-70b-mfu-llama2-70b@8"))
                .isPresent();
    }

    /** Nothing is foretold of plain Java. */
    @Test
    void ofTheReferenceDeviceThereAreNone() {
        Plan plan = plan(ClusterFile.read("embedded"), Optional.empty());

        assertThat(SftReach.text(plan)).isEmpty();
        assertThat(plan.rows()).allMatch(row -> SftReach.why(plan, row).isEmpty());
    }

    private static Optional<String> why(Plan plan, String key) {
        Row row = plan.rows().stream()
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row " + key));
        return SftReach.why(plan, row);
    }

    private static Plan plan(Cluster cluster, Optional<Path> file) {
        return SftPlanner.plan(
                cluster,
                GpuModels.get(cluster.gpuModel()),
                CriteriaFile.read(cluster.gpuModel(), Optional.empty()),
                List.of(),
                60,
                file,
                CONFIGS);
    }
}
