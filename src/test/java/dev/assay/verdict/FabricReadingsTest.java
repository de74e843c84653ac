package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FabricReadingsTest {
    private static final int ROUNDS = 2;

    @Test
    void theGpusOfANodeAreAddedUpInEachRound() {
        Verdict verdict = verdict(
                bisection().rank(5, rank -> times(rank, 0.5)),
                Metric.FABRIC_NODE_BANDWIDTH,
                Map.of("pattern", "bisection"),
                new Limit.AtLeast(70));

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.value().orElseThrow()).isEqualTo(75);
        assertThat(verdict.worstUnit().orElseThrow()).contains("node003 in round");
        assertThat(verdict.coverage()).isEqualTo(new Coverage(8, 8, "nodes in their rounds"));
        assertThat(verdict.details()).anyMatch(line -> line.startsWith("round 1: all GPUs together 375"));
    }

    @Test
    void aNodeBelowTheFloorFails() {
        Verdict verdict = verdict(
                bisection().rank(5, rank -> times(rank, 0.1)),
                Metric.FABRIC_NODE_BANDWIDTH,
                Map.of("pattern", "bisection"),
                new Limit.AtLeast(70));

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence()).contains("node003", "spine");
    }

    @Test
    void aGpuWithoutAValueInSomeRoundIsNeverAPass() {
        Fleet fleet = bisection().rank(5, rank -> Fleet.withMeasurements(rank, others(rank, "1")));

        for (Metric metric : List.of(Metric.FABRIC_BANDWIDTH, Metric.FABRIC_NODE_BANDWIDTH)) {
            Verdict verdict = verdict(fleet, metric, Map.of("pattern", "bisection"), new Limit.AtLeast(1));
            assertThat(verdict.state()).isEqualTo(State.INVALID);
            assertThat(verdict.sentence()).contains("round 1 of launch", "7 values");
        }
    }

    @Test
    void aRoundThatThePlanDoesNotKnowIsNeverAPass() {
        Fleet fleet = bisection().rank(0, rank -> add(rank, value("bisection", 7, Map.of(), 50)));

        assertThat(verdict(fleet, Metric.FABRIC_BANDWIDTH, Map.of("pattern", "bisection"), new Limit.AtLeast(1))
                        .state())
                .isEqualTo(State.INVALID);
    }

    @Test
    void ofAnIncastOnlyTheReceiversHaveValues() {
        Fleet fleet = fleet(rank -> {
            int node = rank.header().rank() / 2;
            return node < ROUNDS ? List.of(value("incast", node, Map.of(), 50)) : List.of();
        });

        Verdict verdict =
                verdict(fleet, Metric.FABRIC_NODE_BANDWIDTH, Map.of("pattern", "incast"), new Limit.AtLeast(90));

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.value().orElseThrow()).isEqualTo(100);
        assertThat(verdict.coverage().measured()).isEqualTo(2);
    }

    @Test
    void aVictimIsComparedWithItselfAlone() {
        Verdict verdict = victims(45, 0);

        assertThat(verdict.value().orElseThrow()).isCloseTo(0.9, within(1e-9));
        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(victims(30, 0).state()).isEqualTo(State.FAIL);
    }

    /** A load gives nobody bandwidth. */
    @ParameterizedTest
    @CsvSource({"50, PASS", "54.9, PASS", "55.1, INVALID", "500, INVALID", "-50, INVALID"})
    void aVictimHasNoMoreThanItHadAlone(double beside, State state) {
        Verdict verdict = victims(beside, 0);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
        assertThat(verdict.sentence().contains("the test is broken")).isEqualTo(state == State.INVALID);
    }

    @Test
    void ratesBelowZeroAreNoShareOfEachOther() {
        Verdict verdict = victims(-50, -50, 0);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("the test is broken", "-50");
    }

    @Test
    void aVictimWhoseAggressorsEndedTooSoonHasNoValueAndNoPass() {
        assertThat(victims(45, 1).state()).isEqualTo(State.INVALID);
    }

    /** @param least ranks below have no value beside the load */
    private static Verdict victims(double beside, int least) {
        return victims(50, beside, least);
    }

    private static Verdict victims(double alone, double beside, int least) {
        Fleet fleet = fleet(rank -> {
            int round = rank.header().rank() / 2 % 2;
            List<Measurement> values = new ArrayList<>();
            values.add(value("victim", round, Map.of("load", "alone"), alone));
            if (rank.header().rank() >= least) {
                values.add(value("victim", round, Map.of("load", "all-to-all"), beside));
            }
            return values;
        });
        return verdict(
                fleet, Metric.FABRIC_VICTIM, Map.of("pattern", "victim", "load", "all-to-all"), new Limit.AtLeast(0.8));
    }

    private static Fleet bisection() {
        return fleet(rank -> List.of(value("bisection", 0, Map.of(), 50), value("bisection", 1, Map.of(), 50)));
    }

    private interface Values {
        List<Measurement> of(RankResult rank);
    }

    /** Four nodes of two GPUs. */
    private static Fleet fleet(Values values) {
        return Fleet.cuda(4, 2)
                .ranks(rank -> Fleet.withMeasurements(
                        Fleet.withChecks(rank, new Check("fabric.any", 1, 0, 0, "all")), values.of(rank)));
    }

    private static Measurement value(String pattern, int round, Map<String, String> more, double value) {
        Map<String, String> conditions = new TreeMap<>(more);
        conditions.putAll(Map.of("pattern", pattern, "round", Integer.toString(round)));
        conditions.putAll(Fleet.OVER_NICS);
        return Measurement.of(Metric.FABRIC_BANDWIDTH, List.of(value, value, value), conditions);
    }

    private static RankResult times(RankResult rank, double factor) {
        return Fleet.withMeasurements(
                rank,
                rank.measurements().stream()
                        .map(each -> Measurement.of(
                                each.metric(),
                                each.samples().stream()
                                        .map(sample -> factor * sample)
                                        .toList(),
                                each.conditions()))
                        .toList());
    }

    private static List<Measurement> others(RankResult rank, String round) {
        return rank.measurements().stream()
                .filter(each -> !round.equals(each.conditions().get("round")))
                .toList();
    }

    private static RankResult add(RankResult rank, Measurement measurement) {
        List<Measurement> all = new ArrayList<>(rank.measurements());
        all.add(measurement);
        return Fleet.withMeasurements(rank, all);
    }

    private static Verdict verdict(Fleet fleet, Metric metric, Map<String, String> conditions, Limit limit) {
        Criterion any = Fleet.criterion("fabric", "fabric", metric, Statistic.MEDIAN, limit);
        Criterion criterion = Fleet.with(any, c -> c.conditions = conditions);
        Question of = fleet.question(criterion);
        Question question = QuestionFields.with(of, q -> q.valuesPerRank = ROUNDS);
        return Judge.judge(List.of(question), fleet.burn()).get(0);
    }
}
