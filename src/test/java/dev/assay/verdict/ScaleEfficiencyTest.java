package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.measurement.Check;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ScaleEfficiencyTest {
    private static final Criterion EFFICIENCY = Fleet.criterion(
            "scale-efficiency",
            "coupled",
            Metric.SCALE_EFFICIENCY,
            dev.assay.criteria.Statistic.MEAN,
            new Limit.AtLeast(95));
    private static final double[] GOOD = {0.981, 0.983, 0.979, 0.982, 0.980};
    private static final double[] UNCLEAR = {0.940, 0.960, 0.950, 0.965, 0.955};

    private final Fleet fleet = Fleet.cuda(4, 2);

    @Test
    void steadyFleetAboveTheFloorPasses() {
        Verdict verdict = fleet.coupled(EFFICIENCY, GOOD);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.value().orElseThrow()).isCloseTo(98.1, within(0.001));
        assertThat(verdict.margin().orElseThrow()).isBetween(2.5, 3.1);
        assertThat(verdict.spread().orElseThrow()).isBetween(0.1, 0.5);
        assertThat(verdict.coverage()).isEqualTo(new Coverage(5, 5, "launches"));
        assertThat(verdict.worstUnit())
                .hasValueSatisfying(unit -> assertThat(unit).contains("scaled-4-r2"));
        assertThat(verdict.details()).anyMatch(line -> line.contains("exposed communication"));
    }

    @Test
    void steadyFleetBelowTheFloorFails() {
        Verdict verdict = fleet.coupled(EFFICIENCY, 0.930, 0.931, 0.929, 0.932, 0.930);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.margin().orElseThrow()).isNegative();
        assertThat(verdict.sentence()).contains("limit missed: look at the fabric");
    }

    @Test
    void noiseAroundTheFloorAsksForTheExtensionOnce() {
        Verdict first = fleet.coupled(EFFICIENCY, UNCLEAR);
        Verdict last = fleet.coupled(EFFICIENCY, 0.940, 0.960, 0.950, 0.965, 0.955, 0.940, 0.960, 0.950);

        assertThat(first.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(Judge.wantsExtension(List.of(first))).isTrue();
        assertThat(last.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(Judge.wantsExtension(List.of(last))).isFalse();
    }

    @Test
    void fewLaunchesCannotTellHoweverGoodTheyAre() {
        for (int launches = 1; launches < 5; launches++) {
            Verdict verdict = fleet.coupled(EFFICIENCY, java.util.Arrays.copyOf(GOOD, launches));

            assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
            assertThat(verdict.coverage().whole()).isFalse();
            assertThat(Judge.wantsExtension(List.of(verdict))).isFalse();
        }
    }

    @Test
    void noExtensionWhereTheWorkloadIsBlind() {
        Fleet blind = fleet.reading(Metric.STEP_BYTES, 1e8);

        List<Verdict> verdicts = Judge.judge(blind.questions(Fleet.coupledCriteria()), blind.coupled(UNCLEAR));

        assertThat(verdicts.get(0).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdicts.get(0).sentence()).contains("requires sensitivity").contains("cannot see a broken fabric");
        assertThat(Judge.wantsExtension(verdicts)).isFalse();
    }

    @Test
    void boundsDecideAtTheLimitExactly() {
        Limit limit = new Limit.AtLeast(95);

        assertThat(look(95, 96, 5, limit)).isEqualTo(State.PASS);
        assertThat(look(Math.nextDown(95), 96, 5, limit)).isEqualTo(State.INCONCLUSIVE);
        assertThat(look(94, 95, 5, limit)).isEqualTo(State.INCONCLUSIVE);
        assertThat(look(94, Math.nextDown(95), 5, limit)).isEqualTo(State.FAIL);
        assertThat(look(95, 96, 4, limit)).isEqualTo(State.INCONCLUSIVE);
        assertThat(look(Double.NaN, Double.NaN, 5, limit)).isEqualTo(State.INCONCLUSIVE);
        assertThat(look(95, 96, 5, new Limit.AtLeast(Double.NaN))).isNotEqualTo(State.PASS);
        assertThat(look(95, 96, 5, new Limit.Within(95, 96))).isEqualTo(State.PASS);
        assertThat(look(95, 96.1, 5, new Limit.Within(95, 96))).isEqualTo(State.INCONCLUSIVE);
        assertThat(look(97, 98, 5, new Limit.AtMost(96))).isEqualTo(State.FAIL);
        assertThat(look(95, 96, 5, new Limit.OfMedian(0.97))).isEqualTo(State.INVALID);
        assertThat(look(95, 96, 5, new Limit.Equal(95))).isEqualTo(State.INVALID);
        assertThat(look(95, 96, 5, new Limit.Uniform())).isEqualTo(State.INVALID);
    }

    @Test
    void intervalIsStudentsOnLogarithms() {
        Interval interval = Interval.of(List.of(96.0, 97.0, 98.0, 97.5, 96.5));
        double mean = (Math.log(96) + Math.log(97) + Math.log(98) + Math.log(97.5) + Math.log(96.5)) / 5;

        assertThat(interval.estimate()).isCloseTo(Math.exp(mean), within(1e-9));
        // t(4; 0.9853) = 3.317 and s/√5 = 0.003644 by hand
        assertThat(interval.lower()).isCloseTo(Math.exp(mean - 3.317 * 0.003644), within(0.02));
        assertThat(interval.lower() * interval.upper())
                .isCloseTo(interval.estimate() * interval.estimate(), within(1e-6));
    }

    @Test
    void slowNodeIsTheStragglersPart() {
        Fleet slow = baselines("node003", 104, fleet);

        Verdict verdict = slow.coupled(EFFICIENCY, 0.960, 0.961, 0.959, 0.962, 0.960);

        assertThat(verdict.details())
                .anyMatch(line -> line.contains("straggler 96.15 % (node003)") && line.contains("communication 99.8"));
    }

    @Test
    void failureOfASlowNodeNamesIt() {
        Verdict verdict = baselines("node003", 110, fleet).coupled(EFFICIENCY, 0.905, 0.906, 0.904, 0.907, 0.905);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence()).contains("look at the slow node node003");
    }

    @Test
    void aboveOneHundredPercentTheBaselineWasSlow() {
        Fleet slow = baselines("node002", 120, baselines("node001", 120, Fleet.cuda(2, 2)));

        Verdict verdict = slow.coupled(EFFICIENCY, GOOD);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("slow baseline of node00");
    }

    @Test
    void identicalToFourDigitsWasNotMeasured() {
        Verdict verdict = fleet.coupled(EFFICIENCY, 0.98, 0.98001, 0.98, 0.98002, 0.98);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("identical to four digits");
    }

    @Test
    void whatDoesNotCommunicateIsInvalid() {
        assertThat(fleet.reading(Metric.STEP_BYTES, 0).coupled(EFFICIENCY, GOOD).state())
                .isEqualTo(State.INVALID);
        assertThat(fleet.missing(Metric.STEP_BYTES).coupled(EFFICIENCY, GOOD).state())
                .isEqualTo(State.INVALID);
        assertThat(fleet.reading(3, Metric.STEP_BYTES, 6e9)
                        .coupled(EFFICIENCY, GOOD)
                        .state())
                .isEqualTo(State.INVALID);
        assertThat(fleet.missing(Metric.COMMUNICATION_ALONE)
                        .coupled(EFFICIENCY, GOOD)
                        .state())
                .isEqualTo(State.INVALID);
        assertThat(fleet.reading(3, Metric.COMMUNICATION_ALONE, 0)
                        .coupled(EFFICIENCY, GOOD)
                        .state())
                .isEqualTo(State.INVALID);
        assertThat(Fleet.cuda(1, 1).coupled(EFFICIENCY, GOOD).state()).isEqualTo(State.INVALID);
        assertThat(Fleet.cuda(1, 8).coupled(EFFICIENCY, GOOD).state()).isEqualTo(State.INVALID);
    }

    @Test
    void communicatorMustHoldAllRanks() {
        UnaryOperator<RankResult> alone = rank -> Fleet.withHeader(
                rank, h -> h.communicator = List.of(rank.header().rank()));

        Verdict verdict = fleet.ranksOf(launch -> launch.role() == LaunchRole.SCALED, alone)
                .coupled(EFFICIENCY, GOOD);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("communicator must be [0, 1, 2, 3, 4, 5, 6, 7]");
    }

    @Test
    void unequalWorkIsInvalid() {
        Verdict verdict = fleet.ranksOf(
                        launch -> launch.role() == LaunchRole.BASELINE,
                        rank -> Fleet.replace(rank, Measurement.of(Metric.STEP_FLOP, 2 * Fleet.STEP_FLOP)))
                .coupled(EFFICIENCY, GOOD);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("work per GPU must be fixed");
    }

    @Test
    void missingBaselineIsInvalid() {
        ExperimentResult whole = fleet.coupled(GOOD);
        List<LaunchResult> launches = whole.launches().stream()
                .filter(launch -> !launch.id().equals("baseline-r3"))
                .toList();

        Verdict verdict = Judge.judge(
                        List.of(fleet.question(EFFICIENCY)), new ExperimentResult("coupled", launches, ""))
                .get(0);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("no baseline of node001 in repetition 3");
        assertThat(verdict.coverage()).isEqualTo(new Coverage(4, 5, "launches"));
    }

    @Test
    void differentNumbersOfStepsAreInvalid() {
        Verdict verdict = fleet.rank(3, rank -> Fleet.replace(rank, Measurement.of(Metric.STEP_TIME, 100, 100)))
                .coupled(EFFICIENCY, GOOD);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
    }

    @Test
    void slowestRankSetsTheStep() {
        Fleet hidden = fleet.ranksOf(
                launch -> launch.role() == LaunchRole.SCALED,
                rank -> rank.header().rank() == 5
                        ? Fleet.replace(rank, Measurement.of(Metric.STEP_TIME, 110, 110.2, 110.1))
                        : rank);

        assertThat(hidden.coupled(EFFICIENCY, GOOD).state()).isNotEqualTo(State.PASS);
        assertThat(hidden.coupled(EFFICIENCY, GOOD).value().orElseThrow()).isLessThan(91);
    }

    @Test
    void wrongSumInABaselineFailsTheEfficiency() {
        Verdict verdict = fleet.ranksOf(
                        launch -> launch.role() == LaunchRole.BASELINE,
                        rank -> Fleet.withChecks(rank, new Check("allreduce.sum", 10, 1, 2, "element 4")))
                .coupled(EFFICIENCY, GOOD);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
    }

    @Test
    void referenceDeviceShowsButStillMustCommunicate() {
        Fleet reference = Fleet.reference(2, 1);

        assertThat(reference.coupled(Fleet.shown(EFFICIENCY), 0.3).state()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(reference
                        .reading(Metric.STEP_BYTES, 0)
                        .coupled(Fleet.shown(EFFICIENCY), 0.3)
                        .state())
                .isEqualTo(State.INVALID);
    }

    @Test
    void sumsAndGemmsMustBothBeChecked() {
        Check sum = new Check("allreduce.sum", 9, 0, 0, "");
        Check gemm = new Check("gemm.fp64", 9, 0, 0, "");

        assertThat(fleet.ranks(rank -> Fleet.withChecks(rank, sum))
                        .coupled(EFFICIENCY, GOOD)
                        .state())
                .isEqualTo(State.INVALID);
        assertThat(fleet.ranks(rank -> Fleet.withChecks(rank, gemm))
                        .coupled(EFFICIENCY, GOOD)
                        .state())
                .isEqualTo(State.INVALID);
        Fleet single = Fleet.cuda(4, 1)
                .ranksOf(launch -> launch.role() == LaunchRole.BASELINE, rank -> Fleet.withChecks(rank, gemm));
        assertThat(single.coupled(EFFICIENCY, GOOD).state()).isEqualTo(State.PASS);
    }

    @Test
    void launchesThatShareARepetitionCountOnce() {
        ExperimentResult five = fleet.coupled(GOOD);
        List<LaunchResult> crowded = five.launches().stream()
                .map(launch -> new LaunchResult(
                        launch.id(),
                        launch.role(),
                        launch.role() == LaunchRole.SCALED ? 0 : launch.repetition(),
                        launch.nodes(),
                        launch.gpusPerNode(),
                        launch.ranks(),
                        List.of(),
                        launch.jobTrouble()))
                .toList();

        Verdict verdict = Judge.judge(List.of(fleet.question(EFFICIENCY)), new ExperimentResult("coupled", crowded, ""))
                .get(0);

        assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence()).contains("1 independent launches cannot tell");
    }

    @Test
    void stepThroughputIsTheWorstLaunchs() {
        Criterion tflops = Fleet.coupledCriteria().get(1);

        Verdict verdict = fleet.coupled(tflops, 0.98, 0.97, 0.99);

        assertThat(verdict.state()).isEqualTo(State.PASS);
        assertThat(verdict.value().orElseThrow()).isCloseTo(640 * 0.97, within(1e-6));
        assertThat(verdict.worstUnit())
                .hasValueSatisfying(unit -> assertThat(unit).contains("scaled-4-r1"));
        assertThat(fleet.coupled(tflops, 0.86).state()).isEqualTo(State.FAIL);
        assertThat(fleet.coupled(tflops, 1.7).state()).isEqualTo(State.INVALID);
        assertThat(fleet.missing(Metric.STEP_FLOP).coupled(tflops, 0.98).state())
                .isEqualTo(State.INCONCLUSIVE);
    }

    private static State look(double lower, double upper, int launches, Limit limit) {
        return ScaleEfficiency.look(new Interval((lower + upper) / 2, lower, upper, launches), limit, "node001")
                .state();
    }

    private static Fleet baselines(String node, double millis, Fleet fleet) {
        return fleet.ranksOf(
                launch -> launch.role() == LaunchRole.BASELINE,
                rank -> rank.header().node().equals(node)
                        ? Fleet.replace(rank, Measurement.of(Metric.STEP_TIME, millis, millis, millis))
                        : rank);
    }
}
