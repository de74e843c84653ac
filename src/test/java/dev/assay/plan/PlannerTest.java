package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.Hostlist;
import dev.assay.cluster.InputException;
import dev.assay.cluster.Nics;
import dev.assay.criteria.Criteria;
import dev.assay.criteria.CriteriaFile;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.PlannedFigures;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Metric;
import dev.assay.measurement.MetricKind;
import dev.assay.workload.Coupled;
import dev.assay.workload.Gemm;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Precision;
import dev.assay.workload.Rdma;
import dev.assay.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlannerTest {
    private static final GpuModel H200 = GpuModels.get("h200-sxm");
    private static final Cluster SPECTRUMX = ClusterFile.read("spectrumx-h200");
    private static final Criteria CRITERIA = CriteriaFile.read("h200-sxm", Optional.empty());

    private static Plan spectrumx(Integer... nodes) {
        return Planner.plan(SPECTRUMX, H200, CRITERIA, List.of(nodes), 60);
    }

    static Plan embedded() {
        return Planner.plan(
                ClusterFile.read("embedded"),
                GpuModels.get("reference"),
                CriteriaFile.read("reference", Optional.empty()),
                List.of(),
                5);
    }

    /** The same contract with other nodes, GPUs and NICs. */
    static Cluster h200(int nodes, int gpusPerNode, Nics nics, boolean sharedHost) {
        return new Cluster(
                "test",
                SPECTRUMX.launcher(),
                SPECTRUMX.device(),
                Hostlist.expand("n[1-" + nodes + "]"),
                gpusPerNode,
                "h200-sxm",
                nics,
                sharedHost,
                SPECTRUMX.slurm(),
                List.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private static boolean ofHealth(Row row) {
        return row.criterion().metric().key().startsWith("health.")
                || row.criterion().metric().kind() == MetricKind.WATCHED;
    }

    private static Coupled coupled(Plan plan) {
        return (Coupled) plan.experiment("coupled").workload();
    }

    @Test
    void defaultNodeCountsArePowersOfTwoAndAllNodes() {
        assertThat(NodeCounts.defaults(SPECTRUMX)).containsExactly(2, 4, 8);
        assertThat(NodeCounts.defaults(h200(7, 8, new Nics(2, 400), false))).containsExactly(2, 4, 7);
        assertThat(NodeCounts.defaults(h200(2, 1, new Nics(0, 400), true))).containsExactly(2);
        assertThat(NodeCounts.defaults(h200(1, 8, new Nics(2, 400), false))).containsExactly(1);
        assertThat(spectrumx().nodeCounts()).containsExactly(2, 4, 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "9", "-1", "2,2", "two", "", "2,", "2;4", "99999999999", "2.0"})
    void refusesNodeCountsThatCannotBe(String text) {
        assertThatThrownBy(() -> NodeCounts.parse(text, SPECTRUMX))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("from 1 to 8, as the cluster spectrumx-h200 has 8 nodes")
                .hasMessageContaining("-Dnodes=2,4,8");
    }

    @Test
    void sortsNodeCounts() {
        assertThat(NodeCounts.parse("8, 2,4", SPECTRUMX)).containsExactly(2, 4, 8);
    }

    @Test
    void thePlannerItselfRefusesThemToo() {
        assertThatThrownBy(() -> spectrumx(16)).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> Planner.plan(SPECTRUMX, GpuModels.get("h100-sxm"), CRITERIA, List.of(), 60))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got h100-sxm");
        assertThatThrownBy(() -> Planner.plan(SPECTRUMX, H200, CRITERIA, List.of(), 4.9))
                .isInstanceOf(InputException.class);
        assertThatThrownBy(() -> Planner.plan(SPECTRUMX, H200, CRITERIA, List.of(), Double.NaN))
                .isInstanceOf(InputException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "4.99,CUDA",
        "0.9,REFERENCE",
        "86401,CUDA",
        "60s,CUDA",
        "-5,CUDA",
        "1e3,CUDA",
        "NaN,REFERENCE",
        "'',CUDA"
    })
    void refusesDurationsThatCannotBe(String text, DeviceKind device) {
        assertThatThrownBy(() -> MeasuredDuration.parse(text, device))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("to 86400");
    }

    @Test
    void takesDurationsOnTheBounds() {
        assertThat(MeasuredDuration.parse("5", DeviceKind.CUDA)).isEqualTo(5);
        assertThat(MeasuredDuration.parse("1", DeviceKind.REFERENCE)).isEqualTo(1);
        assertThat(MeasuredDuration.parse("86400", DeviceKind.CUDA)).isEqualTo(86_400);
    }

    @Test
    void gemmsOfEveryPrecisionAreSustainedAtThePlateauOfTheirTemperature() {
        Experiment gemm = spectrumx(2, 4, 8).experiment("gemm");
        GemmSweep sweep = (GemmSweep) gemm.workload();

        assertThat(gemm.launches()).hasSize(1);
        assertThat(gemm.launches().get(0).measuredSeconds()).isBetween(400.0, 500.0);
        assertThat(sweep.toPlateau()).isTrue();
        assertThat(sweep.heatSeconds()).isEqualTo(80);
        assertThat(sweep.patienceSeconds()).isEqualTo(2 * (300 - 80));
        assertThat(sweep.burst()).extracting(Gemm::precision).contains(Precision.values());
        assertThat(sweep.burst())
                .contains(new Gemm(16_384, 16_384, 16_384), new Gemm(32_768, 11_008, 4096, Precision.FP8_E4M3));
        assertThat(sweep.sustained())
                .extracting(Gemm::label)
                .containsExactly("bf16 8192x8192x8192", "fp8-e4m3 8192x8192x8192");
        assertThat(((GemmSweep) embedded().experiment("gemm").workload()).burst())
                .extracting(Gemm::precision)
                .containsExactly(Precision.values());
    }

    @Test
    void burnLoadsTheFirstNodesForTheWholeDurationAndTheMostUntilHeatShows() {
        Experiment burn = spectrumx(2, 4).experiment("burn");

        assertThat(burn.id()).isEqualTo("burn");
        assertThat(burn.launches()).extracting(Launch::id).containsExactly("load-2", "load-4");
        assertThat(burn.launches())
                .allMatch(launch -> launch.role() == LaunchRole.LOAD)
                .extracting(Launch::measuredSeconds)
                .containsExactly(60.0, 600.0);
        assertThat(burn.nodes()).containsExactly("node001", "node002", "node003", "node004");
    }

    /** Between the GPUs of one node no NIC is asked for anything. */
    @Test
    void oneNodeHasNoRowOfNics() {
        assertThat(spectrumx(1).rows())
                .noneMatch(row -> row.criterion().metric().ofNics())
                .anyMatch(row -> row.criterion().workload().equals("collective"));
        assertThat(spectrumx(2).rows()).anyMatch(row -> row.criterion().id().equals("collective-nic-share"));
    }

    /** Who asks for less than the suite's own seconds wants a short run. */
    @Test
    void whoAsksForLessGetsNoPlateau() {
        Plan brief = Planner.plan(SPECTRUMX, H200, CRITERIA, List.of(2, 4), 10);
        Plan embedded = embedded();

        assertThat(brief.experiment("burn").launches())
                .extracting(Launch::measuredSeconds)
                .containsExactly(10.0, 10.0);
        assertThat(brief.omits()).anyMatch(line -> line.startsWith("The heated plateau of burn: 10 s do not reach it"));
        assertThat(spectrumx(2, 4).omits()).noneMatch(line -> line.contains("plateau"));
        assertThat(embedded.experiment("burn").launches())
                .allMatch(launch -> launch.measuredSeconds() == embedded.durationSeconds());
    }

    @Test
    void coupledInterleavesBaselinesOfAllNodesWithScaledLaunches() {
        Experiment coupled = spectrumx(2, 4, 8).experiment("coupled");

        assertThat(coupled.launches()).hasSize(5 * 4);
        assertThat(coupled.launches()).extracting(Launch::id).doesNotHaveDuplicates();
        assertThat(coupled.launches()).allMatch(launch -> launch.measuredSeconds() == 12);
        assertThat(coupled.launches())
                .filteredOn(launch -> launch.role() == LaunchRole.BASELINE)
                .hasSize(5)
                .allMatch(launch -> launch.nodes().equals(SPECTRUMX.nodes()));
        assertThat(coupled.launches().subList(0, 4))
                .extracting(Launch::id)
                .containsExactly("baseline-r0", "scaled-2-r0", "scaled-4-r0", "scaled-8-r0");
        assertThat(coupled.launches().subList(4, 8))
                .extracting(Launch::id)
                .containsExactly("scaled-2-r1", "scaled-4-r1", "scaled-8-r1", "baseline-r1");
    }

    @Test
    void rotationCoversAllNodesAndChangesThePairs() {
        Experiment coupled = spectrumx(2, 4, 8).experiment("coupled");

        for (int count : List.of(2, 4, 8)) {
            Set<String> taken = new LinkedHashSet<>();
            coupled.launches().stream()
                    .filter(launch -> launch.id().startsWith("scaled-" + count))
                    .forEach(launch -> {
                        assertThat(launch.nodes()).hasSize(count).doesNotHaveDuplicates();
                        taken.addAll(launch.nodes());
                    });
            assertThat(taken)
                    .as("nodes in steps over %d", count)
                    .containsExactlyInAnyOrderElementsOf(SPECTRUMX.nodes());
        }
        assertThat(Rotation.subset(SPECTRUMX.nodes(), 2, 4)).isNotEqualTo(Rotation.subset(SPECTRUMX.nodes(), 2, 0));
    }

    @ParameterizedTest
    @CsvSource({"7,2", "7,4", "5,3", "9,2", "3,2", "10,2", "64,16"})
    void rotationCoversOddClusters(int all, int count) {
        List<String> nodes = Hostlist.expand("n[1-" + all + "]");
        Set<String> taken = new LinkedHashSet<>();

        for (int repetition = 0; repetition < Planner.REPETITIONS; repetition++) {
            taken.addAll(Rotation.subset(nodes, count, repetition));
        }

        assertThat(taken).hasSize(all);
    }

    @Test
    void whereFiveRoundsCannotCoverAllNodesThePlanSaysSo() {
        Plan plan = Planner.plan(h200(32, 8, new Nics(8, 400), false), H200, CRITERIA, List.of(2, 32), 60);

        assertThat(plan.omits()).anyMatch(line -> line.contains("not all nodes take part in a step over 2 nodes"));
        assertThat(spectrumx().omits()).noneMatch(line -> line.contains("not all nodes take part"));
    }

    @Test
    void theExtensionGoesOnWithTheNextRepetitions() {
        Plan plan = spectrumx(2, 4, 8);

        assertThat(plan.extension()).hasSize(1);
        Experiment extension = plan.extension().get(0);
        assertThat(extension.id()).isEqualTo("coupled-extension");
        assertThat(extension.launches()).hasSize(3 * 4);
        assertThat(extension.launches()).extracting(Launch::repetition).containsOnly(5, 6, 7);
        assertThat(extension.workload()).isEqualTo(coupled(plan));
        assertThat(embedded().extension()).isEmpty();
    }

    @Test
    void theAllReduceTakesItsShareAtTheFabricsFloor() {
        Plan plan = spectrumx(2, 4, 8);
        Coupled coupled = coupled(plan);

        assertThat(plan.fabricFloorGBps()).isEqualTo(87.5);
        assertThat(coupled.bytesPerStep()).isBetween(3_790_000_000L, 3_800_000_000L);
        assertThat(coupled.bucketElements() % 1024).isZero();
        assertThat(Sizes.communicationShare(coupled, H200, 64, 87.5)).isCloseTo(0.40, withPercentage(0.1));
        assertThat(Sizes.communicationShare(coupled, H200, 16, 87.5)).isBetween(0.30, 0.50);
    }

    @Test
    void sensitivityIsWhereQueuedBucketsCostFivePercent() {
        Coupled coupled = coupled(spectrumx(2, 4, 8));
        double gemms = 128 * 2 * Math.pow(8192, 3) / 659e12;

        double busGBps = Sizes.sensitivityGBps(coupled, H200, 64);

        double buckets = coupled.bytesPerStep() * Coupled.busFactor(64) / (busGBps * 1e9);
        assertThat(gemms / (gemms / 32 + buckets)).isCloseTo(0.95, withPercentage(0.01));
        assertThat(busGBps).isBetween(87.5 / 3, 87.5);
    }

    @ParameterizedTest
    @CsvSource({"8,8,2", "8,1,2", "2,1,2", "64,1,2", "3,4,2", "256,8,2"})
    void aThirdOfTheFloorAlwaysShowsAtEveryNodeCount(int nodes, int gpusPerNode, int fewest) {
        Cluster cluster = h200(nodes, gpusPerNode, new Nics(2, 400), false);

        Coupled coupled = Sizes.coupled(cluster, H200, fewest, nodes);

        double floor = Sizes.fabricFloorGBps(cluster, H200, nodes);
        assertThat(Sizes.sensitivityGBps(coupled, H200, fewest * gpusPerNode)).isGreaterThan(floor / 3);
        assertThat(Sizes.sensitivityGBps(coupled, H200, nodes * gpusPerNode)).isGreaterThan(floor / 3);
    }

    @Test
    void onOneHostEveryNodeIsSizedAsIfItHadANic() {
        Plan plan = Planner.plan(h200(2, 1, new Nics(0, 400), true), H200, CRITERIA, List.of(), 30);

        assertThat(plan.fabricFloorGBps()).isEqualTo(0.875 * 50);
        assertThat(plan.omits()).anyMatch(line -> line.contains("never ACCEPTED"));
        assertThat(Sizes.communicationShare(coupled(plan), H200, 2, plan.fabricFloorGBps()))
                .isCloseTo(0.40, withPercentage(0.1));
    }

    @Test
    void gradientsThatDoNotFitAreRefusedWithTheArithmetic() {
        Cluster absurd = h200(4, 8, new Nics(64, 10_000), false);

        assertThatThrownBy(() -> Planner.plan(absurd, H200, CRITERIA, List.of(), 60))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("GiB of gradients + 128.00 MiB of A")
                .hasMessageContaining("80 % of the 143771 MiB")
                .hasMessageContaining("nics.gigabitsPerSecond");
    }

    @Test
    void titlesReadWell() {
        assertThat(Planner.plan(h200(2, 1, new Nics(0, 400), true), H200, CRITERIA, List.of(), 30)
                        .rows())
                .extracting(Row::title)
                .contains(
                        "GPU utilisation ≥ 90 % · 2 nodes × 1 GPU",
                        "Scale efficiency ≥ 95 % · 2 nodes × 1 GPU", "Enforced power limit = 700 W · 2 nodes × 1 GPU");
        assertThat(spectrumx(4).rows())
                .extracting(Row::title)
                .contains(
                        "Scale efficiency ≥ 95 % · 4 nodes × 8 GPUs",
                        "Bus bandwidth at which 5 % would be lost ≥ 29.16 GB/s · 4 nodes × 8 GPUs");
        assertThat(spectrumx(1).rows()).extracting(Row::title).contains("GPU utilisation ≥ 90 % · 1 node × 8 GPUs");
    }

    @Test
    void rowsHaveStableKeysAndTheirExperiment() {
        Plan plan = spectrumx(2, 4, 8);

        assertThat(plan.rows())
                .extracting(Row::key)
                .doesNotHaveDuplicates()
                .contains("gpu-utilisation@2", "scale-efficiency@8");
        assertThat(plan.rows())
                .filteredOn(row ->
                        row.experiment().equals("burn") || row.experiment().equals("coupled"))
                .hasSize(65 * 3);
        assertThat(plan.rows())
                .filteredOn(row -> row.experiment().equals("hbm"))
                .isNotEmpty()
                .allMatch(row -> row.nodes() == 8);
        assertThat(plan.rows())
                .allMatch(row -> plan.experiments().stream()
                        .anyMatch(experiment -> experiment.id().equals(row.experiment())));
    }

    @Test
    void pairsOfNodesAreAskedWhereThereAreSomeAndNotTooMany() {
        assertThat(spectrumx(1, 2, 8).rows())
                .filteredOn(row -> row.experiment().equals("node-pair") && !ofHealth(row))
                .extracting(Row::key)
                .containsExactly(
                        "node-pair-correct@8",
                        "pair-bandwidth@8",
                        "pair-bandwidth-fleet@8",
                        "pair-latency@8",
                        "pair-latency-fleet@8",
                        "node-pair-nic-bytes@8",
                        "node-pair-nic-share@8",
                        "node-pair-nic-link-down@8",
                        "node-pair-nic-errors@8",
                        "node-pair-nic-retransmits@8");
        assertThat(spectrumx(1).experiments())
                .extracting(Experiment::id)
                .doesNotContain("node-pair")
                .contains("burn");
        Plan most = Planner.plan(h200(64, 8, new Nics(8, 400), false), H200, CRITERIA, List.of(), 60);
        assertThat(most.experiment("node-pair").launches())
                .singleElement()
                .satisfies(launch -> assertThat(launch.nodes()).hasSize(64));
        assertThat(most.experiment("rdma").nodes()).hasSize(64);
        assertThat(most.wholeInventory()).isTrue();
        assertThat(most.experiments().stream()
                        .mapToDouble(Experiment::expectedSeconds)
                        .sum())
                .as("and all of it still takes less than an hour and a half")
                .isLessThan(90 * 60);
    }

    @Test
    void moreNodesThanPairsCanBeMeasuredOfAreNeverTheWholeContract() {
        Plan plan = Planner.plan(h200(65, 8, new Nics(8, 400), false), H200, CRITERIA, List.of(), 60);

        assertThat(plan.experiments()).extracting(Experiment::id).doesNotContain("node-pair");
        assertThat(plan.rows()).noneMatch(row -> row.experiment().equals("node-pair"));
        assertThat(plan.omits())
                .anyMatch(line -> line.startsWith("Pairs of nodes: not measured") && line.contains("65 nodes"));
        assertThat(plan.wholeInventory()).isFalse();
    }

    @Test
    void nicsAreMeasuredWhereTheClusterFilePromisesSomeAndNodesAreHosts() {
        Plan plan = spectrumx(1, 2, 8);

        assertThat(plan.rows())
                .filteredOn(row -> row.experiment().equals("rdma")
                        && row.criterion().metric().kind() != MetricKind.HEALTH
                        && !ofHealth(row)
                        && row.criterion().metric() != Metric.REMAPPED_NEW)
                .extracting(Row::key)
                .containsExactly(
                        "rdma-correct@8",
                        "rdma-nic-bytes@8",
                        "rdma-bandwidth@8",
                        "rdma-bandwidth-fleet@8",
                        "rdma-latency@8",
                        "rdma-latency-fleet@8",
                        "rdma-nic-share@8",
                        "rdma-nic-link-down@8",
                        "rdma-nic-errors@8",
                        "rdma-nic-retransmits@8");
        assertThat(plan.rows())
                .filteredOn(row -> row.criterion().id().equals("rdma-bandwidth"))
                .extracting(row -> row.criterion().limit())
                .containsExactly(new Limit.AtLeast(0.9 * 50));
        assertThat(plan.experiment("rdma").workload()).isEqualTo(new Rdma(2, 400, 1 << 20, 4, 1, 5000));
        assertThat(((Rdma) plan.experiment("rdma").workload()).bytesSent()).isBetween(49_990_000_000L, 50_010_000_000L);
        assertThat(spectrumx(1).rows()).noneMatch(row -> row.experiment().equals("rdma"));
    }

    @Test
    void nodesOfOneHostHaveNoNicBetweenThemAndThePlanSaysSo() {
        Plan shared = Planner.plan(h200(2, 1, new Nics(0, 400), true), H200, CRITERIA, List.of(), 60);

        for (Plan plan : List.of(shared, embedded())) {
            assertThat(plan.experiments()).extracting(Experiment::id).doesNotContain("rdma");
            assertThat(plan.rows()).noneMatch(row -> row.experiment().equals("rdma"));
            assertThat(plan.omits()).anyMatch(line -> line.contains("single NICs (rdma) are not run"));
        }
        Selection selection = Selection.parse(Optional.empty(), Optional.of("rdma"));
        assertThatThrownBy(() ->
                        Planner.plan(h200(2, 1, new Nics(0, 400), true), H200, CRITERIA, List.of(), 60, selection))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("rdma");
    }

    @Test
    void pairsOfOneNodeAreNoPlan() {
        Selection selection = Selection.parse(Optional.empty(), Optional.of("node-pair"));

        assertThatThrownBy(() -> Planner.plan(SPECTRUMX, H200, CRITERIA, List.of(1), 60, selection))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("node-pair");
    }

    @Test
    void nodesOfOneHostAreNotHeldToTheFabricsFloor() {
        Plan plan = Planner.plan(h200(2, 1, new Nics(0, 400), true), H200, CRITERIA, List.of(), 60);

        assertThat(plan.rows())
                .filteredOn(row -> row.experiment().equals("node-pair") && !ofHealth(row))
                .extracting(Row::key)
                .containsExactly(
                        "node-pair-correct@2", "pair-bandwidth-fleet@2", "pair-latency@2", "pair-latency-fleet@2");
    }

    @Test
    void oneNodeHasNoEfficiencyAndServesOthersAsBaseline() {
        assertThat(spectrumx(1).rows())
                .extracting(row -> row.criterion().id())
                .contains("coupled-tflops", "coupled-correct", "coupled-bytes")
                .doesNotContain("scale-efficiency", "sensitivity", "nic-bytes", "nic-link-down");
        assertThat(spectrumx(1).experiment("coupled").launches())
                .hasSize(5)
                .allMatch(launch ->
                        launch.role() == LaunchRole.SCALED && launch.nodes().size() == 1);
        assertThat(spectrumx(1, 2).rows())
                .extracting(Row::key)
                .contains("gpu-utilisation@1", "coupled-tflops@2")
                .doesNotContain("coupled-tflops@1", "scale-efficiency@1");
    }

    @Test
    void nicsAreAskedWhereBytesCrossThem() {
        assertThat(spectrumx(1, 2).rows())
                .extracting(Row::key)
                .contains("nic-bytes@2", "nic-share@2", "nic-link-down@2", "nic-errors@2", "nic-retransmits@2")
                .doesNotContain("nic-bytes@1");
        assertThat(spectrumx(2).rows())
                .filteredOn(row -> row.key().equals("scale-efficiency@2"))
                .singleElement()
                .satisfies(row -> assertThat(row.criterion().requires()).contains("nic-bytes", "nic-share"));
    }

    @Test
    void onOneHostNothingIsAskedOfNicsAndThePlanSaysSo() {
        Plan plan = Planner.plan(h200(2, 1, new Nics(0, 400), true), H200, CRITERIA, List.of(), 30);

        assertThat(plan.rows()).noneMatch(row -> row.criterion().metric().ofNics());
        assertThat(plan.rows())
                .filteredOn(row -> row.key().equals("scale-efficiency@2"))
                .singleElement()
                .satisfies(row -> assertThat(row.criterion().requires())
                        .containsExactly("sensitivity", "coupled-correct", "coupled-bytes"));
        assertThat(plan.omits()).anyMatch(line -> line.startsWith("NIC evidence:"));
        assertThat(spectrumx(2).omits()).noneMatch(line -> line.startsWith("NIC evidence:"));
        assertThat(RecordedPlans.judgedBy(plan, CRITERIA)).isEqualTo(plan);
    }

    @Test
    void healthIsAskedAroundEveryWorkloadThatRuns() {
        Plan plan = spectrumx(2, 4, 8);

        assertThat(plan.experiments())
                .allSatisfy(experiment -> assertThat(plan.rows())
                        .as(experiment.id())
                        .filteredOn(row -> row.experiment().equals(experiment.id())
                                && row.criterion().judged())
                        .extracting(row -> row.criterion().metric())
                        .contains(
                                Metric.XID,
                                Metric.ECC_UNCORRECTED,
                                Metric.REMAPPED_FAILURE,
                                Metric.REMAPPED_PENDING,
                                Metric.NVLINK_ACTIVE));
        assertThat(plan.rows()).extracting(Row::key).contains("hbm-identity-equal@8");
    }

    @Test
    void oneGpuAloneIsComparedWithNobody() {
        Plan plan = Planner.plan(h200(1, 1, new Nics(1, 400), false), H200, CRITERIA, List.of(), 10);

        assertThat(plan.rows())
                .extracting(row -> row.criterion().id())
                .doesNotContain("gemm-bitwise-equal", "tflops-spread", "identity-equal")
                .contains("gemm-correct");
    }

    @Test
    void peersAreAskedForWhereANodeHasTwoGpus() {
        Plan alone = Planner.plan(h200(2, 1, new Nics(1, 400), true), H200, CRITERIA, List.of(), 10);
        Plan pair = Planner.plan(h200(1, 2, new Nics(1, 400), true), H200, CRITERIA, List.of(), 10);

        assertThat(alone.experiments())
                .extracting(Experiment::id)
                .contains("host-link")
                .doesNotContain("peer");
        assertThat(alone.rows()).noneMatch(row -> row.experiment().equals("peer"));
        assertThat(pair.experiments()).extracting(Experiment::id).contains("peer");
        assertThat(pair.rows())
                .extracting(row -> row.criterion().id())
                .contains("peer-ce-write", "peer-ce-both", "peer-latency", "peer-correct");
        assertThat(pair.experiment("peer").workload().valuesPerRank("peer.bandwidth", 8, 1))
                .isEqualTo(7);
        assertThat(pair.experiment("peer").workload().valuesPerRank("wrong.elements", 8, 1))
                .isOne();
    }

    /** Nodes, GPUs of each, whether they share a host. */
    @ParameterizedTest
    @CsvSource({"8, 8, false", "2, 4, false", "3, 1, false", "1, 8, false", "1, 1, false", "2, 1, true", "65, 8, false"
    })
    void everyCriterionOfTheFileHasARowOrIsNamedAmongWhatIsNotCertified(int nodes, int gpus, boolean sharedHost) {
        Plan plan = Planner.plan(
                h200(nodes, gpus, new Nics(sharedHost ? 0 : 2, 400), sharedHost), H200, CRITERIA, List.of(), 10);

        List<String> asked =
                plan.rows().stream().map(row -> row.criterion().id()).toList();
        String omits = String.join("\n", plan.omits());
        assertThat(CRITERIA.resolve(new PlannedFigures(100, 1, 50)))
                .extracting(Criterion::id)
                .filteredOn(id -> !asked.contains(id))
                .allMatch(id -> omits.matches("(?s).*[ ,]" + id + "[,;.].*"));
    }

    @Test
    void floorsThatNodesOfFourHaveNoPartForAreNamedAndNotClaimed() {
        Plan plan = Planner.plan(h200(2, 4, new Nics(2, 400), false), H200, CRITERIA, List.of(), 10);

        assertThat(plan.omits())
                .anyMatch(line -> line.startsWith("Criteria of collective without a row on 2 nodes × 4 GPUs")
                        && line.contains("communicators of another scope, size or way")
                        && line.contains("all-reduce-node-of-8, all-gather-node-of-8, ")
                        && line.contains(" reduce-scatter-node-of-8, "));
        assertThat(plan.certifies())
                .noneMatch(line -> line.contains("every limit that the criteria set"))
                .anyMatch(line -> line.contains("collective") && line.contains("every limit that has a row here"));
    }

    @Test
    void familiesThatThisClusterHasNoPartForAreNoPlan() {
        Selection peer = Selection.parse(Optional.empty(), Optional.of("peer"));

        assertThatThrownBy(() -> Planner.plan(h200(2, 1, new Nics(1, 400), false), H200, CRITERIA, List.of(), 10, peer))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("peer")
                .hasMessageContaining("no row")
                .hasMessageContaining("a node of one GPU has no pair of GPUs");
    }

    @Test
    void familiesOfSeveralNodesAreNoPlanOfOneAndTheReasonIsTold() {
        Selection pairs = Selection.parse(Optional.empty(), Optional.of("node-pair,rdma"));

        assertThatThrownBy(
                        () -> Planner.plan(h200(2, 8, new Nics(8, 400), false), H200, CRITERIA, List.of(1), 10, pairs))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("node-pair, rdma")
                .hasMessageContaining("they take two nodes");
    }

    @Test
    void aPartOfTheClusterIsNamedAsSuch() {
        Plan plan = spectrumx(2, 4);

        assertThat(plan.wholeInventory()).isFalse();
        assertThat(plan.omits()).anyMatch(line -> line.contains("node[005-007,009]") && line.contains("PARTIAL"));
        assertThat(spectrumx(8).wholeInventory()).isTrue();
        assertThat(spectrumx(2).omits()).anyMatch(line -> line.contains("two nodes apart"));
    }

    @Test
    void theReferenceDeviceRunsTheSameExperimentsSmall() {
        Plan plan = embedded();

        assertThat(plan.experiments())
                .extracting(Experiment::id)
                .as("one GPU a node has no peer, and no NIC lies between nodes of one host")
                .containsExactlyElementsOf(Workload.KEYS.stream()
                        .filter(key -> !key.equals("peer") && !key.equals("rdma") && !key.equals("sft"))
                        .toList());
        assertThat(coupled(plan).buckets()).isEqualTo(3);
        assertThat(coupled(plan).bucketElements()).isEqualTo(4096);
        assertThat(plan.experiment("coupled").launches()).hasSize(10).allMatch(launch -> launch.measuredSeconds() == 1);
        assertThat(plan.certifies()).hasSize(1).first().asString().contains("The suite's own path");
        assertThat(plan.experiments().stream()
                        .mapToDouble(Experiment::expectedSeconds)
                        .sum())
                .isLessThan(120);
    }

    @Test
    void otherCriteriaJudgeTheSameExperiments(@TempDir Path folder) throws IOException {
        Plan plan = spectrumx(2, 4, 8);
        Path site = Files.writeString(
                folder.resolve("site.json"),
                "{\"sustained-tflops\": {\"limit\": {\"atLeast\": 640}, \"reason\": \"the contract says so\"}}");

        Plan judged = RecordedPlans.judgedBy(plan, CriteriaFile.read("h200-sxm", Optional.of(site.toString())));

        assertThat(judged.experiments()).isEqualTo(plan.experiments());
        assertThat(judged.rows()).hasSameSizeAs(plan.rows());
        assertThat(judged.rows())
                .filteredOn(row -> row.key().equals("sustained-tflops@4"))
                .singleElement()
                .satisfies(row -> assertThat(row.criterion().limit()).isEqualTo(new Limit.AtLeast(640)));
        assertThat(RecordedPlans.judgedBy(plan, CRITERIA)).isEqualTo(plan);
    }
}
