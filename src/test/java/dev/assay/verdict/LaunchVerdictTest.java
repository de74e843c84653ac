package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.CriteriaFile;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.PlannedFigures;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.MetricKind;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The host side by the criteria of an H200: four nodes of eight, one of which may be sick. */
class LaunchVerdictTest {
    private static final List<Criterion> CRITERIA =
            CriteriaFile.read("h200-sxm", Optional.empty()).resolve(new PlannedFigures(1, 1, 50)).stream()
                    .filter(criterion -> criterion.workload().equals("launch")
                            && criterion.metric().kind() != MetricKind.HEALTH
                            && criterion.metric() != Metric.REMAPPED_NEW)
                    .toList();

    @Test
    void alikeHostsPass() {
        assertThat(judge(fleet(1, 1)))
                .allSatisfy(verdict -> assertThat(verdict.state())
                        .as(verdict.sentence())
                        .isEqualTo(verdict.criterion().judged() ? State.PASS : State.NOT_APPLICABLE));
    }

    @Test
    void aNodeWhoseGovernorHoldsALowClockFailsAndIsNamed() {
        List<Verdict> verdicts = judge(fleet(2.5, 1));

        for (String id : List.of("launch-jna-spread", "launch-kernel-spread", "launch-event-spread")) {
            assertThat(verdict(verdicts, id).state()).isEqualTo(State.FAIL);
            assertThat(verdict(verdicts, id).worstUnit())
                    .hasValueSatisfying(unit -> assertThat(unit).startsWith("node003 "));
        }
        assertThat(verdict(verdicts, "launch-kernel-spread").sentence())
                .contains("at most 1.5 times the fleet's median 3.5 µs");
        assertThat(verdict(verdicts, "launch-kernel").state()).isEqualTo(State.PASS);
        assertThat(verdict(verdicts, "launch-memory-spread").state()).isEqualTo(State.PASS);
    }

    @Test
    void aNodeWithHalfItsMemoryBandwidthFailsAndIsNamed() {
        Verdict verdict = verdict(judge(fleet(1, 0.5)), "launch-memory-spread");

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.worstUnit())
                .hasValueSatisfying(unit -> assertThat(unit).startsWith("node003 "));
    }

    @Test
    void hostsThatAreAllSlowFailByTheAbsoluteLimit() {
        List<Verdict> verdicts =
                judge(Fleet.cuda(4, 8).ranks(rank -> Fleet.withChecks(measured(rank, 3, 1), check(0))));

        assertThat(verdict(verdicts, "launch-kernel").state()).isEqualTo(State.FAIL);
        assertThat(verdict(verdicts, "launch-kernel-spread").state()).isEqualTo(State.PASS);
    }

    @Test
    void aRankWithoutAValueIsNoPass() {
        List<Verdict> verdicts = judge(fleet(1, 1).rank(9, rank -> Fleet.without(rank, Metric.LAUNCH_KERNEL)));

        assertThat(verdict(verdicts, "launch-kernel-spread").state()).isNotIn(State.PASS, State.NOT_APPLICABLE);
    }

    @Test
    void aLaunchThatNeverRanFailsThemAll() {
        List<Verdict> verdicts = judge(fleet(1, 1).rank(9, rank -> Fleet.withChecks(rank, check(5))));

        assertThat(verdicts).extracting(Verdict::state).containsOnly(State.FAIL);
    }

    @Test
    void uncheckedResultsProveNothing() {
        List<Verdict> verdicts = judge(fleet(1, 1).rank(9, Fleet::withChecks));

        assertThat(verdicts).extracting(Verdict::state).containsOnly(State.INVALID);
    }

    /** @param times and bandwidths of node003's ranks, times everybody else's */
    private static Fleet fleet(double times, double bandwidths) {
        return Fleet.cuda(4, 8).ranks(rank -> {
            boolean sick = rank.header().node().equals("node003");
            RankResult measured = measured(rank, sick ? times : 1, sick ? bandwidths : 1);
            return Fleet.withChecks(measured, check(0));
        });
    }

    private static RankResult measured(RankResult rank, double times, double bandwidths) {
        List<Measurement> all = new ArrayList<>();
        all.add(Measurement.of(Metric.LAUNCH_JNA, List.of(180 * times, 190 * times), Map.of("score", "mean")));
        for (String score : List.of("mean", "p50", "p99")) {
            Map<String, String> conditions = Map.of("score", score);
            all.add(Measurement.of(Metric.LAUNCH_KERNEL, List.of(3.5 * times), conditions));
            all.add(Measurement.of(Metric.LAUNCH_EVENT, List.of(9 * times), conditions));
            all.add(Measurement.of(Metric.LAUNCH_GEMM, List.of(5 * times), conditions));
        }
        all.add(Measurement.of(
                Metric.LAUNCH_MEMORY, List.of(40 * bandwidths, 41 * bandwidths), Map.of("score", "mean")));
        return Fleet.withMeasurements(rank, all);
    }

    private static Check check(long wrong) {
        return new Check("launch.kernel", 1000, wrong, wrong, "launches counted");
    }

    private static List<Verdict> judge(Fleet fleet) {
        return Judge.judge(fleet.questions(CRITERIA), fleet.burn());
    }

    private static Verdict verdict(List<Verdict> verdicts, String id) {
        return verdicts.stream()
                .filter(verdict -> verdict.criterion().id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
