package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LeftOutTest {
    private static final Criterion CORRECT = Fleet.criterion(
            "collective-correct", "collective", Metric.WRONG_ELEMENTS, Statistic.MAXIMUM, new Limit.AtMost(0));
    private static final Criterion RATE = Fleet.criterion(
            "all-reduce",
            "collective",
            Metric.COLLECTIVE_BUSBW,
            Statistic.MEDIAN,
            new Limit.AtLeast(1),
            "collective-correct");
    private static final Check REDUCED = new Check("collective.all-reduce", 64, 0, 0, "all-reduce of 8 bytes");
    private static final Check SCATTERED = new Check("collective.scatter", 64, 0, 0, "scatter of 8 bytes");

    private final Fleet fleet = Fleet.cuda(2, 1)
            .reading(Metric.COLLECTIVE_BUSBW, 100)
            .ranks(rank -> Fleet.withChecks(rank, REDUCED, SCATTERED));

    @Test
    void whatThePlanAsksForAndRanksMadePasses() {
        Verdict verdict = verdicts(fleet, Map.of("collective.all-reduce", 2, "collective.scatter", 2))
                .get(0);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
    }

    @Test
    void oneLeftOutCaseIsNoPassAndTellsItsArithmetic() {
        Measurement left = Measurement.of(
                Metric.LEFT_OUT,
                List.of(1.0),
                Map.of("what", "scatter of 1073741824 bytes", "why", "61.0 s were gone and 12.0 s more expected"));
        Fleet late = fleet.ranks(rank -> Fleet.withMeasurements(
                rank,
                Stream.concat(rank.measurements().stream(), Stream.of(left)).toList()));

        List<Verdict> verdicts = verdicts(late, Map.of());

        assertThat(verdicts).extracting(Verdict::state).containsOnly(State.INCONCLUSIVE);
        assertThat(verdicts.get(0).sentence())
                .contains("1 of the plan's cases was left out", "scatter of 1073741824 bytes", "12.0 s more expected");
        assertThat(verdicts.get(1).sentence()).contains("requires collective-correct");
    }

    @Test
    void anOperationThatNoRankCheckedIsNoPass() {
        Fleet without = fleet.ranks(rank -> Fleet.withChecks(rank, REDUCED));

        Verdict verdict = verdicts(without, Map.of("collective.all-reduce", 2, "collective.scatter", 2))
                .get(0);

        assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence()).contains("2 checks of collective.scatter, found 0");
    }

    @Test
    void aSizeThatNoRankCheckedIsNoPass() {
        Verdict verdict = verdicts(fleet, Map.of("collective.all-reduce", 4, "collective.scatter", 2))
                .get(0);

        assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence()).contains("4 checks of collective.all-reduce, found 2");
    }

    @Test
    void aWrongResultFailsWhateverWasLeftOut() {
        Check wrong = new Check("collective.all-reduce", 64, 1, Double.MAX_VALUE, "");
        Fleet bad = fleet.rank(1, rank -> Fleet.withChecks(rank, wrong));

        assertThat(verdicts(bad, Map.of("collective.scatter", 2)).get(0).state())
                .isEqualTo(State.FAIL);
    }

    @Test
    void aShownValueThatSomeGpuLacksIsNotAccepted() {
        Verdict whole = verdict(fleet, Fleet.shown(RATE), Map.of());
        Verdict gap = verdict(
                fleet.rank(1, rank -> Fleet.without(rank, Metric.COLLECTIVE_BUSBW)), Fleet.shown(RATE), Map.of());
        Verdict none = verdict(fleet.missing(Metric.COLLECTIVE_BUSBW), Fleet.shown(RATE), Map.of());

        assertThat(whole.state()).as(whole.sentence()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(gap.state()).as(gap.sentence()).isEqualTo(State.INCONCLUSIVE);
        assertThat(gap.sentence()).contains("node002 GPU 0", "1 of 2 GPUs have one");
        assertThat(none.state()).as(none.sentence()).isEqualTo(State.INCONCLUSIVE);
        assertThat(none.sentence()).contains("no value", "no reason was given");
    }

    /** How many samples there are depends on how long one takes. */
    @Test
    void aShownPercentileOfTooFewSamplesIsJustTold() {
        Criterion percentile = Fleet.shown(Fleet.criterion(
                "all-reduce-p99", "collective", Metric.COLLECTIVE_TIME, Statistic.P99, new Limit.AtMost(1)));

        Verdict verdict = verdict(
                fleet.missing(Metric.COLLECTIVE_BUSBW).reading(Metric.COLLECTIVE_TIME, 7), percentile, Map.of());

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(verdict.sentence()).contains("a 99th percentile needs 100 samples");
    }

    @Test
    void whereADeviceSaysWhyAShownValueIsJustTold() {
        Verdict gap = verdict(
                fleet.rank(1, rank -> Fleet.refused(rank, Metric.COLLECTIVE_BUSBW, "Not Supported")),
                Fleet.shown(RATE),
                Map.of());

        assertThat(gap.state()).as(gap.sentence()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(gap.sentence()).contains("Not Supported", "1 of 2 GPUs have one");
    }

    /** A busy host may leave a speed of plain Java unknown. */
    @Test
    void onTheReferenceDeviceNoSpeedIsPromised() {
        Fleet reference = Fleet.reference(2, 1)
                .reading(Metric.COLLECTIVE_BUSBW, 100)
                .ranks(rank -> Fleet.withChecks(rank, REDUCED))
                .rank(1, rank -> Fleet.without(rank, Metric.COLLECTIVE_BUSBW));

        Verdict gap = verdict(reference, Fleet.shown(RATE), Map.of());

        assertThat(gap.state()).as(gap.sentence()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(gap.sentence()).contains("1 of 2 GPUs have one");
    }

    private static Verdict verdict(Fleet of, Criterion criterion, Map<String, Integer> checks) {
        return judge(of, List.of(criterion, CORRECT), checks).get(0);
    }

    private static List<Verdict> verdicts(Fleet of, Map<String, Integer> checks) {
        return judge(of, List.of(CORRECT, RATE), checks);
    }

    private static List<Verdict> judge(Fleet of, List<Criterion> criteria, Map<String, Integer> checks) {
        return Judge.judge(
                criteria.stream()
                        .map(of::question)
                        .map(each -> QuestionFields.with(each, q -> q.checks = Map.of("load-2", checks)))
                        .toList(),
                new ExperimentResult("collective", of.burn().launches(), ""));
    }
}
