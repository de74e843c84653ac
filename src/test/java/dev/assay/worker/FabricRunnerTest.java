package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.FabricPlan;
import dev.assay.verdict.Fleet;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import dev.assay.worker.FaultyDevice.Fault;
import dev.assay.workload.Fabric;
import dev.assay.workload.FabricPattern;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class FabricRunnerTest {
    private static final int BYTES = 4096;
    private static final int SAMPLES = 3;
    private static final int WARM_UP = 1;

    /** One that connects, one that tells how many there is time for, and one whose result is compared. */
    private static final int OPERATIONS = SAMPLES + WARM_UP + 3;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "2, 1, DEFAULT",
        "3, 2, DEFAULT",
        "4, 1, DEFAULT",
        "5, 1, DEFAULT",
        "2, 2, CROSS_RAIL",
        "3, 3, CROSS_RAIL",
        "2, 1, NIC_ONLY",
        "2, 2, RING"
    })
    void everyPatternHasItsCheckedValuesInEveryRound(int nodes, int gpus, LaunchVariant variant) throws Exception {
        Fabric fabric = fabric(nodes, gpus);
        LaunchResult launch = launch(fabric, variant, nodes, gpus, environment -> Optional.empty());

        assertThat(Planned.counted(launch.ranks())).isEqualTo(Planned.checks(fabric, launch));
        for (FabricPattern pattern : FabricPlan.patterns(fabric, variant)) {
            for (Map<String, String> conditions : conditions(pattern, variant, nodes)) {
                Verdict verdict = verdict(launch, fabric, metric(pattern), conditions, new Limit.AtLeast(1e-9));
                assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
            }
            assertThat(launch.ranks())
                    .allSatisfy(rank -> assertThat(rank.checks())
                            .filteredOn(check -> check.name().equals("fabric." + pattern.key()))
                            .isNotEmpty()
                            .allMatch(check -> check.wrong() == 0 && check.checked() > 0));
        }
    }

    @Test
    void acrossRailsAGpuMeetsTheNextOneOfTheOtherNode() throws Exception {
        LaunchResult launch = launch(fabric(2, 3), LaunchVariant.CROSS_RAIL, 2, 3, environment -> Optional.empty());

        launch.ranks().forEach(rank -> EnqueuingTest.assertBeside(rank, Metric.FABRIC_BANDWIDTH));
        assertThat(launch.ranks())
                .extracting(rank -> rank.measurement(Metric.FABRIC_BANDWIDTH)
                        .orElseThrow()
                        .conditions()
                        .get("to"))
                .containsExactly(
                        "node2 GPU 1", "node2 GPU 2", "node2 GPU 0", "node1 GPU 2", "node1 GPU 0", "node1 GPU 1");
    }

    @Test
    void acrossTwoNicsOfFourGpusAGpuMeetsTheOneTwoFurther() throws Exception {
        Fabric twoNics = new Fabric(
                List.of(FabricPattern.BISECTION, FabricPattern.CROSS_RAIL), BYTES, BYTES, SAMPLES, WARM_UP, 4, 1, 2);

        LaunchResult launch = launch(twoNics, LaunchVariant.CROSS_RAIL, 2, 4, environment -> Optional.empty());

        assertThat(launch.ranks())
                .extracting(rank ->
                        rank.measurement(Metric.FABRIC_BANDWIDTH).orElseThrow().conditions())
                .extracting(conditions -> conditions.get("to") + ", NIC " + conditions.get("rails"))
                .containsExactly(
                        "node2 GPU 2, NIC 0 with 1",
                        "node2 GPU 3, NIC 0 with 1",
                        "node2 GPU 0, NIC 1 with 0",
                        "node2 GPU 1, NIC 1 with 0",
                        "node1 GPU 2, NIC 0 with 1",
                        "node1 GPU 3, NIC 0 with 1",
                        "node1 GPU 0, NIC 1 with 0",
                        "node1 GPU 1, NIC 1 with 0");
    }

    @ParameterizedTest
    @CsvSource({"DEFAULT, 4, 1", "CROSS_RAIL, 2, 2", "NIC_ONLY, 2, 1"})
    void aFlippedBitIsFoundInEveryPattern(LaunchVariant variant, int nodes, int gpus) throws Exception {
        Fabric fabric = fabric(nodes, gpus);

        LaunchResult launch = launch(
                fabric,
                variant,
                nodes,
                gpus,
                environment -> environment.rank() == 1 ? Optional.of(Fault.WRONG_ELEMENTS) : Optional.empty());

        assertThat(launch.ranks().get(1).checks()).isNotEmpty().allMatch(check -> check.wrong() > 0);
        assertThat(launch.ranks().get(0).checks()).isNotEmpty().allMatch(check -> check.wrong() == 0);
        Verdict verdict =
                verdict(launch, fabric, Metric.WRONG_ELEMENTS, Map.of("variant", variant.key()), new Limit.AtMost(0));
        assertThat(verdict.state()).isEqualTo(State.FAIL);
    }

    @Test
    void aSlowNodeShowsInItsPairsAndInEveryIncast() throws Exception {
        Fabric fabric = fabric(4, 1);

        LaunchResult launch = launch(
                fabric,
                LaunchVariant.DEFAULT,
                4,
                1,
                environment -> Optional.of(environment.node().equals("node2") ? Fault.VERY_LATE : Fault.LATE));

        Verdict bisection = verdict(
                launch, fabric, Metric.FABRIC_BANDWIDTH, Map.of("pattern", "bisection"), new Limit.OfMedian(0.5));
        assertThat(bisection.state()).as(bisection.sentence()).isEqualTo(State.FAIL);
        assertThat(bisection.worstUnit().orElseThrow()).contains("node2");
        // Ten times as slow as the others'; a rank that begins late on a busy host sees a part of it only.
        double most = 2 * BYTES / (10.0 * FaultyDevice.LATE.toMillis()) / 1e6;
        assertThat(launch.ranks())
                .flatExtracting(rank -> rank.measurements(Metric.FABRIC_BANDWIDTH, Map.of("pattern", "incast")))
                .hasSize(4)
                .allMatch(each -> each.samples().stream().allMatch(value -> value <= most));
    }

    @Test
    void aPairIsMeasuredAloneAndBesideEveryLoad() throws Exception {
        LaunchResult launch = launch(fabric(5, 1), LaunchVariant.DEFAULT, 5, 1, environment -> Optional.empty());

        Map<String, String> victim = Map.of("pattern", "victim");
        assertThat(launch.ranks())
                .flatExtracting(rank -> rank.measurements(Metric.FABRIC_BANDWIDTH, victim))
                .extracting(each -> each.conditions().get("load"))
                .containsOnly("alone", "all-to-all", "incast");
        assertThat(launch.ranks())
                .filteredOn(rank -> !rank.measurements(Metric.FABRIC_BANDWIDTH, Map.of("pattern", "aggressor"))
                        .isEmpty())
                .extracting(rank -> rank.header().node())
                .containsExactly("node2", "node4", "node5");
    }

    @Test
    void bytesThatCrossArePredictedOnTheMeanOfNodes() throws Exception {
        LaunchResult launch = launch(fabric(2, 1), LaunchVariant.DEFAULT, 2, 1, environment -> Optional.empty());

        for (RankResult rank : launch.ranks()) {
            assertThat(rank.measurements().stream().filter(each -> each.metric() == Metric.NIC_BYTES_PREDICTED))
                    .hasSize(2)
                    .allMatch(each -> "mean".equals(each.conditions().get("per")))
                    .extracting(Measurement::samples)
                    .containsOnly(List.of(2.0 * OPERATIONS * BYTES));
        }
    }

    @Test
    void acrossRailsAllThatIsSentCrosses() throws Exception {
        LaunchResult launch = launch(fabric(3, 2), LaunchVariant.CROSS_RAIL, 3, 2, environment -> Optional.empty());

        Measurement predicted =
                launch.ranks().get(0).measurement(Metric.NIC_BYTES_PREDICTED).orElseThrow();
        assertThat(predicted.samples()).containsExactly(2.0 * 4 * OPERATIONS * BYTES / 3);
    }

    @Test
    void byNicsAloneNothingIsPredicted() throws Exception {
        LaunchResult launch = launch(fabric(2, 1), LaunchVariant.NIC_ONLY, 2, 1, environment -> Optional.empty());

        assertThat(launch.ranks())
                .allMatch(rank -> rank.measurement(Metric.NIC_BYTES_PREDICTED).isEmpty());
    }

    @Test
    void whatTheNodesCannotFormIsAnError() throws Exception {
        Fabric all = new Fabric(List.of(FabricPattern.values()), BYTES, BYTES, SAMPLES, WARM_UP, 4, 1, 2);
        Ranks ranks = Ranks.of(folder, all, LaunchRole.LOAD, 2, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.FAILED);

        assertThat(ranks.result(0).failure().orElseThrow().message()).contains("cannot form all of");
    }

    private interface Faults {
        Optional<Fault> of(RankEnvironment environment);
    }

    private static Fabric fabric(int nodes, int gpus) {
        List<FabricPattern> patterns = Arrays.stream(FabricPattern.values())
                .filter(pattern -> pattern.exists(nodes, gpus))
                .toList();
        return new Fabric(patterns, BYTES, BYTES, SAMPLES, WARM_UP, 4, 1, gpus);
    }

    private LaunchResult launch(Fabric fabric, LaunchVariant variant, int nodes, int gpus, Faults faults)
            throws Exception {
        Ranks ranks = Ranks.of(folder, fabric, LaunchRole.LOAD, variant, nodes, gpus);
        assertThat(ranks.run((spec, environment) -> {
                    Optional<Fault> fault = faults.of(environment);
                    return fault.isPresent()
                            ? new FaultyDevice(environment, fault.get())
                            : Ranks.reference().open(spec, environment);
                }))
                .containsOnly(Worker.DONE);
        return ranks.launch();
    }

    private static Metric metric(FabricPattern pattern) {
        return switch (pattern) {
            case BISECTION, CROSS_RAIL, INCAST -> Metric.FABRIC_NODE_BANDWIDTH;
            case VICTIM -> Metric.FABRIC_VICTIM;
            case ALL_REDUCE -> Metric.FABRIC_BUSBW;
        };
    }

    private static List<Map<String, String>> conditions(FabricPattern pattern, LaunchVariant variant, int nodes) {
        Map<String, String> base = Map.of("pattern", pattern.key(), "variant", variant.key());
        return pattern != FabricPattern.VICTIM
                ? List.of(base)
                : Fabric.loads(nodes).stream()
                        .map(load -> {
                            Map<String, String> conditions = new TreeMap<>(base);
                            conditions.put("load", load);
                            return Map.copyOf(conditions);
                        })
                        .toList();
    }

    private static Verdict verdict(
            LaunchResult launch, Fabric fabric, Metric metric, Map<String, String> conditions, Limit limit) {
        Criterion criterion = Fleet.with(
                Fleet.criterion("fabric-test", "fabric", metric, Statistic.MEDIAN, limit),
                c -> c.conditions = conditions);
        int values = fabric.valuesPerRank(
                metric.key(), conditions, launch.gpusPerNode(), launch.nodes().size());
        return Judged.of(launch, criterion, values, 0, 1);
    }
}
