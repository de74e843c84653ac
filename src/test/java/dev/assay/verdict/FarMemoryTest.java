package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Host memory on the other side of a host, where there is one. */
class FarMemoryTest {
    private static final Criterion FAR = new Criterion(
            "host-h2d-far",
            "far",
            "host-link",
            Metric.HOST_BANDWIDTH,
            Map.of("direction", "h2d", "load", "alone", "place", "far"),
            Statistic.MEDIAN,
            new Limit.OfMedian(0.9),
            Unit.GIGABYTES_PER_SECOND,
            OptionalDouble.of(63),
            "test",
            List.of(),
            true,
            Optional.empty());

    private static Fleet twoSockets() {
        return Fleet.cuda(2, 8).ranks(rank -> with(rank, at("near", "node 0, the GPU's", 55), at("far", "node 1", 40)));
    }

    private static Measurement at(String place, String numa, double rate) {
        return Measurement.of(
                Metric.HOST_BANDWIDTH,
                List.of(rate, rate, rate),
                Map.of("direction", "h2d", "load", "alone", "place", place, "numa", numa, "pages", "9 on node 1"));
    }

    private static Measurement with(Measurement measurement, String condition, String words) {
        Map<String, String> conditions = new HashMap<>(measurement.conditions());
        conditions.remove("pages", "9 on node 1");
        conditions.put(condition, words);
        return Measurement.of(measurement.metric(), measurement.samples(), conditions);
    }

    private static RankResult with(RankResult rank, Measurement... measurements) {
        return Fleet.withChecks(
                Fleet.withMeasurements(rank, List.of(measurements)), new Check("host-link.h2d", 100, 0, 0, "x"));
    }

    @Test
    void farMemoryIsHeldAgainstTheFleet() {
        Verdict healthy = twoSockets().burn(FAR);
        Verdict slow = twoSockets()
                .rank(3, rank -> with(rank, at("near", "node 0, the GPU's", 55), at("far", "node 1", 30)))
                .burn(FAR);

        assertThat(healthy.state()).as(healthy.sentence()).isEqualTo(State.PASS);
        assertThat(slow.state()).isEqualTo(State.FAIL);
        assertThat(slow.worstUnit()).hasValueSatisfying(unit -> assertThat(unit).contains("GPU 3"));
    }

    @Test
    void hostsOfOneNumaNodeHaveNoneAndSaySo() {
        Verdict verdict = Fleet.cuda(2, 8)
                .ranks(rank -> with(rank, at("near", "only", 55)))
                .burn(FAR);

        assertThat(verdict.state()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(verdict.sentence()).contains("every host has one NUMA node");
    }

    @Test
    void farMemoryThatLiesElsewhereIsInvalidAndSaysWhere() {
        String why = "pages of 4 KiB that were to lie on node 1 lie elsewhere: 9 on node 0, says move_pages";
        Measurement spilt = with(with(at("far", "node 1", 55), "pages", "9 on node 0"), "misplaced", why);

        Verdict verdict = twoSockets()
                .rank(3, rank -> with(rank, at("near", "node 0, the GPU's", 55), spilt))
                .burn(FAR);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("GPU 3").contains(why).contains("numactl -H");
    }

    @Test
    void farMemoryWhosePagesNobodyTellsProvesNothing() {
        Verdict refused = Fleet.cuda(2, 8)
                .ranks(rank -> with(
                        rank,
                        at("near", "node 0, the GPU's", 55),
                        with(at("far", "node 1", 40), "pagesUntold", "move_pages set errno 1")))
                .burn(FAR);
        Verdict silent = Fleet.cuda(2, 8)
                .ranks(rank ->
                        with(rank, at("near", "node 0, the GPU's", 55), with(at("far", "node 1", 40), "other", "word")))
                .burn(FAR);

        assertThat(refused.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(refused.sentence()).contains("move_pages set errno 1");
        assertThat(silent.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(silent.sentence()).contains("does not say where its pages lie");
    }

    @Test
    void whereMemoryIsFarAndWasNotMeasuredNothingCanBeTold() {
        Verdict bound = Fleet.cuda(2, 8)
                .ranks(rank -> Fleet.refused(
                        with(rank, at("near", "node 0, the GPU's", 55)),
                        Metric.HOST_BANDWIDTH,
                        "far host memory was not measured"))
                .burn(FAR);
        Verdict mixed =
                twoSockets().rank(5, rank -> with(rank, at("near", "only", 55))).burn(FAR);
        Verdict silent = Fleet.cuda(2, 8)
                .ranks(rank -> with(rank, at("far", "node 1", 40)))
                .rank(0, rank -> with(rank))
                .burn(FAR);

        assertThat(bound.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(bound.sentence()).contains("far host memory was not measured");
        assertThat(mixed.state()).isNotIn(State.PASS, State.NOT_APPLICABLE);
        assertThat(silent.state()).isNotIn(State.PASS, State.NOT_APPLICABLE);
    }
}
