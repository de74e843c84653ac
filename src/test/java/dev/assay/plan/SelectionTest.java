package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.InputException;
import dev.assay.criteria.Criteria;
import dev.assay.criteria.CriteriaFile;
import dev.assay.workload.Burn;
import dev.assay.workload.Collective;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Memtest;
import dev.assay.workload.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a selection leaves out is not planned, is named, and never ends as more than PARTIAL. */
class SelectionTest {
    private static final Cluster SPECTRUMX = ClusterFile.read("spectrumx-h200");
    private static final Criteria CRITERIA = CriteriaFile.read("h200-sxm", Optional.empty());

    private static Plan plan(String suite, String groups) {
        Selection selection =
                Selection.parse(Optional.of(suite), Optional.of(groups).filter(text -> !text.isEmpty()));
        return Planner.plan(
                SPECTRUMX,
                GpuModels.get("h200-sxm"),
                CRITERIA,
                List.of(),
                selection.suite().seconds(SPECTRUMX.device()),
                selection);
    }

    private static double minutes(Plan plan) {
        return PlanText.inTotal(plan).stream()
                        .mapToDouble(Experiment::expectedSeconds)
                        .sum()
                / 60;
    }

    private static Memtest memtest(Plan plan) {
        return (Memtest) plan.experiment("memtest").workload();
    }

    @Test
    void quickIsAScreeningOfMinutesAndNeverWhole() {
        Plan quick = plan("quick", "");

        assertThat(minutes(quick)).isLessThan(8);
        assertThat(quick.nodeCounts()).containsExactly(8);
        assertThat(quick.durationSeconds()).isEqualTo(10);
        assertThat(quick.experiments())
                .extracting(Experiment::id)
                .contains("hbm", "memtest", "burn")
                .doesNotContain("coupled", "fabric");
        assertThat(quick.extension()).isEmpty();
        assertThat(quick.rows())
                .isNotEmpty()
                .noneMatch(row -> row.criterion().workload().equals("coupled"));
        assertThat(quick.wholeInventory()).isFalse();
        assertThat(quick.omits().get(0)).contains("-Dsuite=quick leaves out: coupled", "PARTIAL at best");
        assertThat(quick.certifies()).noneMatch(line -> line.contains("scale efficiency"));
        assertThat(memtest(quick).walkingSteps()).isEqualTo(8);
    }

    @Test
    void quickScreensGemmsAndCollectivesAndSaysWhatItLeavesOut() {
        Plan quick = plan("quick", "");
        GemmSweep sweep = (GemmSweep) quick.experiment("gemm").workload();
        Collective collective = (Collective) quick.experiment("collective").workload();

        assertThat(sweep.burst()).hasSize(Precision.values().length);
        assertThat(sweep.toPlateau()).isFalse();
        assertThat(sweep.sustainedSeconds()).isEqualTo(10);
        assertThat(collective.cases())
                .hasSize(3)
                .allMatch(each -> each.operation() == CollectiveOperation.ALL_REDUCE && !each.graph());
        assertThat(quick.rows())
                .extracting(row -> row.criterion().id())
                .contains("all-reduce-node-of-8", "all-reduce-cluster", "gemm-fp64", "gemm-bf16-sustained")
                .doesNotContain("all-gather-node-of-8", "gemm-bf16-7b", "gemm-bf16-plateau");
        assertThat(quick.rows())
                .allSatisfy(row -> assertThat(quick.rows())
                        .extracting(other -> other.criterion().id())
                        .containsAll(row.criterion().requires()));
        assertThat(quick.omits())
                .anyMatch(line -> line.startsWith("Of collective, ") && line.contains("-Dsuite=quick leaves out"))
                .anyMatch(line -> line.startsWith("Of gemm, "));
        assertThat(plan("standard", "").omits()).noneMatch(line -> line.startsWith("Of "));
    }

    @Test
    void everyExperimentOfALongerSuiteTakesAtLeastAsLong() {
        Plan quick = plan("quick", "");
        Plan standard = plan("standard", "");
        Plan full = plan("full", "");

        assertThat(minutes(quick)).isLessThan(minutes(standard));
        assertThat(minutes(full)).isGreaterThan(minutes(standard));
        assertThat(quick.experiments())
                .allSatisfy(experiment -> assertThat(experiment.expectedSeconds())
                        .as(experiment.id())
                        .isLessThanOrEqualTo(
                                standard.experiment(experiment.id()).expectedSeconds()));
    }

    @Test
    void standardIsWholeAndIsWhatNothingSaidMeans() {
        Plan standard = plan("standard", "");

        assertThat(standard).isEqualTo(Planner.plan(SPECTRUMX, GpuModels.get("h200-sxm"), CRITERIA, List.of(), 60));
        assertThat(standard.selection()).isEmpty();
        assertThat(minutes(standard)).isLessThan(90);
        assertThat(standard.wholeInventory()).isTrue();
    }

    @Test
    void fullIsWholeAndLonger() {
        Plan full = plan("full", "");

        assertThat(full.wholeInventory()).isTrue();
        assertThat(full.experiment("burn").launches()).allMatch(launch -> launch.measuredSeconds() == 600);
        assertThat(full.experiment("burn").workload()).isInstanceOf(Burn.class);
        assertThat(memtest(full).passes()).isEqualTo(10);
        assertThat(full.experiment("memtest").expectedSeconds())
                .isGreaterThan(100 + plan("standard", "").experiment("memtest").expectedSeconds());
        assertThat(full.omits()).noneMatch(line -> line.contains("plateau"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"burn,hbm", "hbm|burn", " hbm , burn ", "burn,hbm,burn"})
    void familiesAloneArePlannedAndTheOthersAreNamed(String groups) {
        Plan some = plan("standard", groups);

        assertThat(some.experiments()).extracting(Experiment::id).containsExactly("hbm", "burn");
        assertThat(some.rows()).extracting(row -> row.criterion().workload()).containsOnly("hbm", "burn");
        assertThat(some.wholeInventory()).isFalse();
        assertThat(some.omits().get(0)).contains("memtest", "coupled", "PARTIAL at best");
        assertThat(PlanText.of(some)).contains("suite        standard, only ", "; PARTIAL at best");
    }

    @ParameterizedTest
    @CsvSource({"quick,", "full,", "standard,burn", "full,'memtest,coupled'"})
    void aSelectionSurvivesItsFile(String suite, String groups) {
        Plan plan = plan(suite, groups == null ? "" : groups);

        assertThat(PlanJson.parse(PlanJson.text(plan), "plan.json")).isEqualTo(plan);
        assertThat(PlanJson.hash(plan)).isNotEqualTo(PlanJson.hash(plan("standard", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"embedded", "h200-x2"})
    void plansThatWereWrittenBeforeThereWereSuitesKeepTheirHash(String run) throws IOException {
        Path folder = Path.of("src/test/resources/runs", run);

        Plan plan = PlanJson.read(folder.resolve("plan.json"));

        String hash = new ObjectMapper()
                .readTree(Files.readString(folder.resolve("run.json")))
                .path("planSha256")
                .asText();
        assertThat(PlanJson.hash(plan)).isEqualTo(hash);
        assertThat(plan.wholeSuite()).isTrue();
    }

    @Test
    void onlySomeFamiliesOfARecordedPlan() {
        Plan whole = plan("standard", "");

        Plan some = RecordedPlans.selected(whole, List.of("coupled"));

        assertThat(some.experiments()).containsExactly(whole.experiment("coupled"));
        assertThat(some.extension()).isEqualTo(whole.extension());
        assertThat(some.rows()).isNotEmpty().allMatch(row -> row.experiment().equals("coupled"));
        assertThat(some.wholeInventory()).isFalse();
        assertThat(RecordedPlans.selected(whole, List.of())).isEqualTo(whole);
        assertThatThrownBy(() -> RecordedPlans.selected(some, List.of("burn"))).isInstanceOf(InputException.class);
    }
}
