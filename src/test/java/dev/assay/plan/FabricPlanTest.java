package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.Nics;
import dev.assay.criteria.CriteriaFile;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Metric;
import dev.assay.measurement.MetricKind;
import dev.assay.workload.Fabric;
import dev.assay.workload.Fabric.Meeting;
import dev.assay.workload.FabricPattern;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FabricPlanTest {
    @ParameterizedTest
    @CsvSource({
        "2, 1, 'BISECTION ALL_REDUCE', 'load-2 nic-only-2 ring-2'",
        "2, 2, 'BISECTION CROSS_RAIL ALL_REDUCE', 'load-2 cross-rail-2 nic-only-2 ring-2'",
        "3, 1, 'BISECTION INCAST ALL_REDUCE', 'load-3 nic-only-3 ring-3'",
        "3, 8, 'BISECTION CROSS_RAIL INCAST ALL_REDUCE', 'load-3 cross-rail-3 nic-only-3 ring-3'",
        "4, 1, 'BISECTION INCAST VICTIM ALL_REDUCE', 'load-4 nic-only-4 ring-4'",
        "8, 8, 'BISECTION CROSS_RAIL INCAST VICTIM ALL_REDUCE', 'load-8 cross-rail-8 nic-only-8 ring-8'"
    })
    void nodesAndGpusSayWhichPatternsAndLaunchesThereAre(int nodes, int gpus, String patterns, String launches) {
        Plan plan = plan(PlannerTest.h200(nodes, gpus, new Nics(gpus, 400), false));

        assertThat(fabric(plan).patterns())
                .extracting(FabricPattern::name)
                .containsExactlyInAnyOrder(patterns.split(" ", -1));
        assertThat(plan.experiment("fabric").launches())
                .extracting(Launch::id)
                .containsExactly(launches.split(" ", -1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void oneNodeHasNoFabric(int gpus) {
        Plan plan = plan(PlannerTest.h200(1, gpus, new Nics(gpus, 400), false));

        assertThat(plan.experiments()).extracting(Experiment::id).doesNotContain("fabric");
        assertThat(rows(plan)).isEmpty();
    }

    @Test
    void whatIsNotFormedIsNotAskedAndThePlanSaysSo() {
        Plan plan = plan(PlannerTest.h200(2, 1, new Nics(1, 400), false));

        assertThat(rows(plan))
                .contains("fabric-correct@2", "fabric-bisection@2", "fabric-nic-only@2", "fabric-ring@2")
                .noneMatch(row -> row.contains("cross-rail") || row.contains("incast") || row.contains("victim"));
        assertThat(plan.omits())
                .anyMatch(line -> line.contains("between rails"))
                .anyMatch(line -> line.contains("Incast"))
                .anyMatch(line -> line.contains("four nodes"));
    }

    @Test
    void fourNodesCannotFormAnIncastBesideAPair() {
        assertThat(rows(plan(PlannerTest.h200(4, 8, new Nics(8, 400), false))))
                .contains("fabric-victim-all-to-all@4")
                .doesNotContain("fabric-victim-incast@4");
        assertThat(rows(plan(PlannerTest.h200(5, 8, new Nics(8, 400), false)))).contains("fabric-victim-incast@5");
    }

    @Test
    void manyNodesAreSampledAndThePlanSaysSo() {
        Plan plan = plan(PlannerTest.h200(32, 8, new Nics(8, 400), false));

        assertThat(fabric(plan).rounds(FabricPattern.BISECTION, 32)).isEqualTo(8);
        assertThat(plan.omits()).anyMatch(line -> line.contains("8 of 16 pairings") && line.contains("8 of 32"));
        assertThat(plan(PlannerTest.h200(8, 8, new Nics(8, 400), false)).omits())
                .noneMatch(line -> line.contains("pairings"));
    }

    @Test
    void everyLaunchOfAVariantHasWhatItsRowsJudge() {
        Plan plan = plan(PlannerTest.h200(8, 8, new Nics(8, 400), false));

        assertThat(plan.rows())
                .filteredOn(row -> row.experiment().equals("fabric")
                        && row.criterion().conditions().containsKey("pattern"))
                .hasSizeGreaterThan(8)
                .allSatisfy(row -> assertThat(plan.experiment("fabric").launches())
                        .filteredOn(launch -> launch.variant()
                                .key()
                                .equals(row.criterion().conditions().get("variant")))
                        .singleElement()
                        .satisfies(launch -> assertThat(FabricPlan.patterns(fabric(plan), launch.variant()))
                                .extracting(FabricPattern::key)
                                .contains(row.criterion().conditions().get("pattern"))));
    }

    @ParameterizedTest
    @CsvSource({"8, 2, 4", "8, 8, 1", "8, 4, 2", "8, 3, 3", "4, 2, 2", "2, 2, 1", "8, 16, 1"})
    void everyPairAcrossRailsChangesItsNic(int gpus, int nics, int step) {
        Fabric fabric = new Fabric(List.of(FabricPattern.CROSS_RAIL), 16, 16, 1, 1, 8, 2, nics);

        assertThat(fabric.crossStep(gpus)).isEqualTo(step);
        assertThat(IntStream.range(0, gpus))
                .allMatch(local -> fabric.rail(local, gpus) != fabric.rail((local + step) % gpus, gpus));
    }

    @Test
    void ofThreeGpusOnTwoNicsAsManyCrossAsCan() {
        Fabric fabric = new Fabric(List.of(FabricPattern.CROSS_RAIL), 16, 16, 1, 1, 8, 2, 2);

        assertThat(IntStream.range(0, 3)
                        .filter(local -> fabric.rail(local, 3) != fabric.rail((local + fabric.crossStep(3)) % 3, 3)))
                .hasSize(2);
    }

    @Test
    void thePlanSaysWhichNicsMeetAcrossRails() {
        Plan plan = plan(PlannerTest.h200(8, 8, new Nics(2, 400), false));

        assertThat(fabric(plan).rails()).isEqualTo(2);
        assertThat(PlanText.of(plan).replaceAll("\\s+", " "))
                .contains("NCCL_CROSS_NIC=1, GPU r with GPU (r + 4) mod 8, NIC 0 with 1, 1 with 0;");
    }

    @Test
    void oneNicANodeHasNoOtherRailToCrossTo() {
        Plan plan = plan(PlannerTest.h200(4, 8, new Nics(1, 400), false));

        assertThat(fabric(plan).patterns()).doesNotContain(FabricPattern.CROSS_RAIL);
        assertThat(rows(plan)).noneMatch(row -> row.contains("cross-rail"));
        assertThat(plan.omits()).anyMatch(line -> line.contains("two NICs a node"));
    }

    @Test
    void nodesOfOneHostHaveNothingToJudgeButCorrectness() {
        Plan plan = plan(PlannerTest.h200(4, 1, new Nics(0, 400), true));

        assertThat(rows(plan))
                .containsExactly("fabric-correct@4", "fabric-throttle-thermal@4", "fabric-throttle-hardware@4");
        assertThat(plan.experiment("fabric").launches()).extracting(Launch::id).containsExactly("load-4");
    }

    @Test
    void theEmbeddedPlanRunsItsVariants() {
        Plan plan = PlannerTest.embedded();

        assertThat(plan.experiment("fabric").launches())
                .extracting(Launch::variant)
                .containsExactly(LaunchVariant.DEFAULT, LaunchVariant.NIC_ONLY, LaunchVariant.RING);
        assertThat(PlanText.of(plan).replaceAll("\\s+", " ")).contains("ring-2 with NCCL_ALGO=Ring");
    }

    @Test
    void variablesOfTheClusterFileThatAVariantReplacesAreNamed() {
        Cluster plain = PlannerTest.h200(2, 2, new Nics(2, 400), false);
        Cluster contrary = new Cluster(
                plain.name(),
                plain.launcher(),
                plain.device(),
                plain.nodes(),
                plain.gpusPerNode(),
                plain.gpuModel(),
                plain.nics(),
                plain.sharedHost(),
                plain.slurm(),
                List.of(),
                Map.of("NCCL_CROSS_NIC", "0", "NCCL_SHM_DISABLE", "1"),
                List.of(),
                Optional.empty(),
                List.of());

        assertThat(plan(contrary).omits())
                .filteredOn(line -> line.startsWith("The cluster file's"))
                .singleElement()
                .asString()
                .contains("NCCL_CROSS_NIC=0", "cross-rail-2", "1 is what that launch measures");
        assertThat(plan(plain).omits()).noneMatch(line -> line.startsWith("The cluster file's"));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 7, 8, 15, 16})
    void everyNodeBelowTheCutMeetsEveryOneAboveItOnce(int nodes) {
        Fabric fabric = new Fabric(Arrays.asList(FabricPattern.values()), 16, 16, 1, 1, 8, 2, 8);
        List<Meeting> all = IntStream.range(0, fabric.rounds(FabricPattern.BISECTION, nodes))
                .boxed()
                .flatMap(round -> {
                    List<Meeting> pairs = fabric.pairing(nodes, round);
                    assertThat(pairs).extracting(Meeting::lower).doesNotHaveDuplicates();
                    assertThat(pairs).extracting(Meeting::upper).doesNotHaveDuplicates();
                    return pairs.stream();
                })
                .toList();

        assertThat(all)
                .doesNotHaveDuplicates()
                .hasSize(nodes / 2 * (nodes - nodes / 2))
                .allMatch(pair -> pair.lower() < nodes / 2 && pair.upper() >= nodes / 2 && pair.upper() < nodes);
    }

    @Test
    void sampledRoundsAreSpreadOverAllNodes() {
        Fabric fabric = new Fabric(List.of(FabricPattern.INCAST), 16, 16, 1, 1, 8, 2, 8);

        assertThat(IntStream.range(0, 8).map(round -> fabric.receiver(64, round)))
                .containsExactly(0, 8, 16, 24, 32, 40, 48, 56);
        assertThat(IntStream.range(0, 3).map(round -> fabric.receiver(3, round)))
                .containsExactly(0, 1, 2);
    }

    @Test
    void theFamilyTakesAFewMinutesAtMost() {
        Plan plan = plan(ClusterFile.read("spectrumx-h200"));

        assertThat(plan.experiment("fabric").expectedSeconds()).isBetween(60.0, 240.0);
    }

    /** Two nodes of one H200 each on one host took 5.7 s, 23 November 2026 (native/README.md), of 10.9 predicted then. */
    @Test
    void nodesOfOneHostTookWhatIsPredicted() {
        Plan plan = plan(PlannerTest.h200(2, 1, new Nics(0, 400), true));

        assertThat(plan.experiment("fabric").expectedSeconds()).isCloseTo(5.7, withinPercentage(15));
    }

    private static Plan plan(Cluster cluster) {
        return Planner.plan(
                cluster, GpuModels.get("h200-sxm"), CriteriaFile.read("h200-sxm", Optional.empty()), List.of(), 10);
    }

    private static Fabric fabric(Plan plan) {
        return (Fabric) plan.experiment("fabric").workload();
    }

    private static List<String> rows(Plan plan) {
        return plan.rows().stream()
                .filter(row -> row.experiment().equals("fabric")
                        && row.criterion().metric().kind() != MetricKind.HEALTH
                        && row.criterion().metric() != Metric.REMAPPED_NEW)
                .map(Row::key)
                .toList();
    }
}
