package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.verdict.Fleet;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import dev.assay.worker.FaultyDevice.Fault;
import dev.assay.workload.NodePair;
import dev.assay.workload.NodePairRetest;
import dev.assay.workload.NodePairRetest.Meeting;
import dev.assay.workload.NodePairRetest.Round;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodePairRunnerTest {
    private static final NodePair NODE_PAIR = new NodePair(4096 + 16, 5, 3, 2);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"2, 2", "3, 1", "4, 2"})
    void everyRankHasOneCheckedValueToItsLikeOnEveryOtherNode(int nodes, int perNode) throws Exception {
        Ranks ranks = Ranks.of(folder, NODE_PAIR, LaunchRole.LOAD, nodes, perNode);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            List<String> others = IntStream.rangeClosed(1, nodes)
                    .mapToObj(node -> "node" + node)
                    .filter(node -> !node.equals(result.header().node()))
                    .toList();
            EnqueuingTest.assertBeside(result, Metric.PAIR_BANDWIDTH, Metric.PAIR_LATENCY);
            for (Metric metric : List.of(Metric.PAIR_BANDWIDTH, Metric.PAIR_LATENCY)) {
                List<Measurement> found = result.measurements(metric, Map.of());
                assertThat(found)
                        .extracting(measurement -> measurement.conditions().get("to"))
                        .containsExactlyInAnyOrderElementsOf(others);
                assertThat(found)
                        .extracting(measurement -> measurement.conditions().get("round"))
                        .doesNotHaveDuplicates();
                assertThat(found)
                        .allMatch(measurement -> measurement.samples().size() == (metric == Metric.PAIR_LATENCY ? 3 : 5)
                                && measurement.samples().stream().allMatch(value -> value > 0));
            }
            assertThat(result.checks())
                    .filteredOn(check -> check.name().equals("node-pair.sum"))
                    .hasSize(2 * (nodes - 1))
                    .allMatch(check -> check.wrong() == 0)
                    .extracting(check -> check.checked())
                    .containsOnly(4L, 2056L);
        }
        assertThat(Planned.counted(ranks.results())).isEqualTo(Planned.checks(NODE_PAIR, ranks.launch()));
    }

    /** Warm-up and timed all-reduces of two, of 8 bytes in batches and of all bytes, to each of the other nodes. */
    @ParameterizedTest
    @CsvSource({"2, 2", "3, 1"})
    void whatEveryNodeSendsIsPredictedToTheByte(int nodes, int perNode) throws Exception {
        Ranks ranks = Ranks.of(folder, NODE_PAIR, LaunchRole.LOAD, nodes, perNode);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        long onePair = (2 + 3) * 2 * 8L + (2 + 5) * NODE_PAIR.bytes();
        for (RankResult result : ranks.results()) {
            boolean first = result.header().localRank() == 0;
            assertThat(result.measurement(Metric.NIC_COUNT).isPresent()).isEqualTo(first);
            assertThat(result.measurement(Metric.NIC_BYTES_PREDICTED).isPresent())
                    .isEqualTo(first);
            result.measurement(Metric.NIC_BYTES_PREDICTED).ifPresent(predicted -> {
                assertThat(predicted.samples()).containsExactly((double) (nodes - 1) * perNode * onePair);
                assertThat(predicted.conditions()).containsEntry("per", "node");
            });
        }
    }

    @Test
    void ofARetestTheMeanIsPredicted() throws Exception {
        List<Round> rounds = List.of(new Round(7, List.of(new Meeting("node3", "node1"))));
        Ranks ranks = Ranks.of(folder, new NodePairRetest(NODE_PAIR, rounds, false), LaunchRole.JUDGING, 3, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        assertThat(ranks.result(1)
                        .measurement(Metric.NIC_BYTES_PREDICTED)
                        .orElseThrow()
                        .conditions())
                .containsEntry("per", "mean");
    }

    @Test
    void aRetestMeetsWhomItIsTold() throws Exception {
        List<Round> rounds = List.of(
                new Round(7, List.of(new Meeting("node3", "node1"))),
                new Round(9, List.of(new Meeting("node1", "node2"), new Meeting("node3", "node4"))));
        Ranks ranks = Ranks.of(folder, new NodePairRetest(NODE_PAIR, rounds, true), LaunchRole.JUDGING, 4, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        assertThat(met(ranks.result(0))).containsExactly("7 node3 crossed", "9 node2 crossed");
        assertThat(met(ranks.result(1))).containsExactly("9 node1 crossed");
        assertThat(met(ranks.result(2))).containsExactly("7 node1 crossed", "9 node4 crossed");
        assertThat(ranks.result(1).checks())
                .filteredOn(check -> check.name().equals("node-pair.sum"))
                .hasSize(2);
    }

    private static List<String> met(RankResult result) {
        return result.measurements(Metric.PAIR_BANDWIDTH, Map.of()).stream()
                .map(Measurement::conditions)
                .map(conditions -> conditions.get("round") + " " + conditions.get("to") + " " + conditions.get("nics"))
                .toList();
    }

    @Test
    void wrongSumsAreCountedOnTheRankThatHasThem() throws Exception {
        Ranks ranks = Ranks.of(folder, NODE_PAIR, LaunchRole.LOAD, 2, 1);

        ranks.run((spec, environment) ->
                new FaultyDevice(environment, environment.rank() == 1 ? Fault.WRONG_ELEMENTS : Fault.LATE));

        assertThat(ranks.result(0).checks()).allMatch(check -> check.wrong() == 0);
        assertThat(ranks.result(1).checks())
                .filteredOn(check -> check.name().equals("node-pair.sum"))
                .hasSize(2)
                .allMatch(check -> check.wrong() > 0);
    }

    @Test
    void oneNodeHasNoPairsAndSaysSo() throws Exception {
        Ranks ranks = Ranks.of(folder, NODE_PAIR, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.FAILED);

        assertThat(ranks.result(0).failure().orElseThrow().message()).contains("two nodes or more");
    }

    @Test
    void aNodeWhosePairsAreSlowIsSuspect() throws Exception {
        Verdict verdict = verdict(4, environment -> environment.node().equals("node3") ? Fault.VERY_LATE : Fault.LATE);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.details())
                .filteredOn(line -> line.startsWith("suspect, not measured again: "))
                .first()
                .asString()
                .contains("node3", "in 3 of 3 meetings")
                .doesNotContain("node1", "node2", "node4");
        assertThat(verdict.sentence())
                .contains("suspect, not measured again: cannot tell apart: {node node3, node3 GPU 0}");
    }

    @Test
    void aCleanFleetAccusesNobody() throws Exception {
        Verdict verdict = verdict(4, environment -> Fault.LATE);

        assertThat(verdict.details()).noneMatch(line -> line.startsWith("accused: "));
        assertThat(verdict.coverage().measured()).isEqualTo(12);
    }

    @Test
    void ofTwoNodesNeitherIsAccused() throws Exception {
        Verdict verdict = verdict(2, environment -> environment.node().equals("node2") ? Fault.VERY_LATE : Fault.LATE);

        assertThat(verdict.details())
                .noneMatch(line -> line.startsWith("accused: "))
                .first()
                .asString()
                .startsWith("of two nodes neither is known to be good");
        assertThat(verdict.coverage().measured()).isEqualTo(2);
    }

    private interface Faults {
        Fault of(RankEnvironment environment);
    }

    private Verdict verdict(int nodes, Faults faults) throws Exception {
        Ranks ranks = Ranks.of(folder, NODE_PAIR, LaunchRole.LOAD, nodes, 1);
        assertThat(ranks.run((spec, environment) -> new FaultyDevice(environment, faults.of(environment))))
                .containsOnly(Worker.DONE);
        Criterion criterion = Fleet.criterion(
                "pair-bandwidth-fleet", "node-pair", Metric.PAIR_BANDWIDTH, Statistic.MEDIAN, new Limit.OfMedian(0.5));
        return Judged.of(
                ranks.launch(), criterion, NODE_PAIR.valuesPerRank(Metric.PAIR_BANDWIDTH.key(), 1, nodes), 0, 1);
    }
}
