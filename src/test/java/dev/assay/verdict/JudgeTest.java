package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.Failure;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankTrouble;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final Criterion UTILISATION =
            Fleet.criterion("gpu-utilisation", "burn", Metric.SM_ACTIVE, Statistic.MEAN, new Limit.AtLeast(90));
    private static final Criterion TFLOPS = Fleet.criterion(
            "sustained-tflops", "burn", Metric.GEMM_TFLOPS, Statistic.HARMONIC_MEAN, new Limit.AtLeast(630));
    private static final Criterion SPREAD = Fleet.criterion(
            "tflops-spread", "burn", Metric.GEMM_TFLOPS, Statistic.HARMONIC_MEAN, new Limit.OfMedian(0.97));

    private final Fleet fleet = Fleet.cuda(2, 8);

    @Test
    void healthyFleetPassesEverything() {
        List<Verdict> verdicts = Judge.judge(fleet.questions(Fleet.burnCriteria()), fleet.burn());

        assertThat(verdicts)
                .allSatisfy(verdict ->
                        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS));
        assertThat(verdicts)
                .extracting(Verdict::key)
                .containsExactlyElementsOf(Fleet.burnCriteria().stream()
                        .map(each -> each.id() + "@2")
                        .toList());
    }

    @Test
    void sentenceHasNumberUnitLimitMarginAndCoverage() {
        Verdict verdict = fleet.reading(13, Metric.SM_ACTIVE, 95.6).burn(UTILISATION);

        assertThat(verdict.sentence())
                .isEqualTo("gpu-utilisation: worst 95.6 % on node002 GPU 5 (GPU-13), at least 90 %, margin +5.6,"
                        + " 16 of 16 GPUs");
        assertThat(verdict.value()).hasValue(95.6);
        assertThat(verdict.worstUnit()).hasValue("node002 GPU 5 (GPU-13)");
        assertThat(verdict.coverage()).isEqualTo(new Coverage(16, 16, "GPUs"));
    }

    @Test
    void judgesTheSameTwiceBitForBit() {
        List<Question> questions = fleet.questions(Fleet.burnCriteria());

        assertThat(Judge.judge(questions, fleet.burn())).isEqualTo(Judge.judge(questions, fleet.burn()));
    }

    @Test
    void experimentThatNeverRanIsNotRun() {
        Verdict verdict = Judge.judge(
                        List.of(fleet.question(UTILISATION)), ExperimentResult.notRun("burn", "partition is down"))
                .get(0);

        assertThat(verdict.state()).isEqualTo(State.NOT_RUN);
        assertThat(verdict.sentence()).contains("partition is down");
        assertThat(verdict.coverage()).isEqualTo(new Coverage(0, 16, "GPUs"));
    }

    @Test
    void otherNodeCountsLaunchIsNotThisOnes() {
        Verdict verdict = Judge.judge(
                        List.of(fleet.question(UTILISATION)), Fleet.cuda(4, 8).burn())
                .get(0);

        assertThat(verdict.state()).isEqualTo(State.NOT_RUN);
        assertThat(verdict.sentence()).contains("no launch").contains("2 nodes");
    }

    @Test
    void troubleNamesTheCulpritAndItsLastWords() {
        Fleet broken = fleet.launches(launch -> Fleet.cut(
                launch,
                14,
                List.of(
                        new RankTrouble(14, "node002", "timed out", "waiting\n", false),
                        new RankTrouble(15, "node002", "exited with 42", "loading\nXid 79\n\n", true)),
                Optional.empty()));

        Verdict verdict = broken.burn(UTILISATION);

        assertThat(verdict.state()).isEqualTo(State.NOT_RUN);
        assertThat(verdict.sentence())
                .contains("rank 15 on node002 exited with 42, its log ends: Xid 79")
                .contains("14 of 16 ranks");
        assertThat(verdict.coverage()).isEqualTo(new Coverage(14, 16, "GPUs"));
    }

    @Test
    void whereRanksWaitedInVainTheSilentOneIsNamed() {
        Fleet waited = fleet.rank(3, rank -> Fleet.failed(rank, new Failure("measure", "phase measure exceeded 60 s")))
                .launches(launch -> Fleet.cut(
                        launch,
                        15,
                        List.of(new RankTrouble(15, "node002", "killed by SIGTERM (143)", "", false)),
                        Optional.of("cancelled from outside: CANCELLED (job 7)")));

        assertThat(waited.burn(UTILISATION).sentence())
                .contains(
                        "cancelled from outside: CANCELLED (job 7); rank 3 on node001 failed in measure: phase measure"
                                + " exceeded 60 s; rank 15 on node002 left no result: killed by SIGTERM (143)")
                .contains("15 of 16 ranks");
    }

    @Test
    void rankThatFailedInItsOwnWordsIsNotRun() {
        Verdict verdict = fleet.rank(3, rank -> Fleet.failed(rank, new Failure("measure", "deadline of 60 s")))
                .burn(UTILISATION);

        assertThat(verdict.state()).isEqualTo(State.NOT_RUN);
        assertThat(verdict.sentence()).contains("rank 3 on node001 failed in measure: deadline of 60 s");
    }

    @Test
    void cancelledJobIsNotRunThoughAllResultsAreThere() {
        Verdict verdict = fleet.launches(launch ->
                        Fleet.cut(launch, launch.ranks().size(), List.of(), Optional.of("CANCELLED by uid 1000")))
                .burn(UTILISATION);

        assertThat(verdict.state()).isEqualTo(State.NOT_RUN);
        assertThat(verdict.sentence()).contains("CANCELLED by uid 1000");
    }

    @Test
    void refusedCounterIsInconclusiveWithTheLibrarysReason() {
        Fleet refused = fleet.ranks(rank -> Fleet.refused(rank, Metric.SM_ACTIVE, "Insufficient Permissions"));

        Verdict verdict = refused.burn(UTILISATION);

        assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence()).contains("sm.active is absent").contains("Insufficient Permissions");
        assertThat(verdict.value()).isEmpty();
        assertThat(verdict.coverage()).isEqualTo(new Coverage(0, 16, "GPUs"));
    }

    @Test
    void oneSilentGpuBreaksCoverage() {
        Verdict verdict =
                fleet.rank(9, rank -> Fleet.without(rank, Metric.SM_ACTIVE)).burn(UTILISATION);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("node002 GPU 1").contains("15 of 16");
    }

    @Test
    void telemetryMustCoverTheWindowDenselyEnough() {
        assertThat(fleet.reading(Metric.TELEMETRY_COVERAGE, 95)
                        .burn(UTILISATION)
                        .state())
                .isEqualTo(State.PASS);
        assertThat(fleet.reading(2, Metric.TELEMETRY_COVERAGE, 94.99)
                        .burn(UTILISATION)
                        .state())
                .isEqualTo(State.INVALID);
        assertThat(fleet.reading(2, Metric.TELEMETRY_RATE, 4).burn(UTILISATION).state())
                .isEqualTo(State.PASS);
        assertThat(fleet.reading(2, Metric.TELEMETRY_RATE, 3.9)
                        .burn(UTILISATION)
                        .sentence())
                .contains("node001 GPU 2")
                .contains("at 3.90");
        assertThat(fleet.missing(Metric.TELEMETRY_RATE).burn(UTILISATION).state())
                .isEqualTo(State.INVALID);
        assertThat(fleet.reading(2, Metric.TELEMETRY_RATE, 1).burn(TFLOPS).state())
                .isEqualTo(State.PASS);
    }

    /** Each has 97 % of what none has. */
    @Test
    void aFleetThatGaveNothingAlikeIsNoFleet() {
        Verdict verdict = fleet.reading(Metric.GEMM_TFLOPS, 0, 0, 0).burn(SPREAD);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("of a median of 0.0 TFLOPS there is no share");
    }

    @Test
    void aboveTheCriterionsCeilingTheTestIsBroken() {
        Criterion criterion = Fleet.ceiling(TFLOPS, 700);

        assertThat(fleet.reading(4, Metric.GEMM_TFLOPS, 700).burn(criterion).state())
                .isEqualTo(State.PASS);
        Verdict above = fleet.reading(4, Metric.GEMM_TFLOPS, 700.01).burn(criterion);
        assertThat(above.state()).isEqualTo(State.INVALID);
        assertThat(above.sentence()).contains("the test is broken").contains("700.01 TFLOPS");
    }

    @Test
    void abovePhysicsAtTheClockSeenTheTestIsBroken() {
        double ceiling = 132 * 4096 * 1480 / 1e6;

        assertThat(fleet.reading(4, Metric.GEMM_TFLOPS, ceiling - 1)
                        .burn(TFLOPS)
                        .state())
                .isEqualTo(State.PASS);
        assertThat(fleet.reading(4, Metric.GEMM_TFLOPS, ceiling + 1)
                        .burn(TFLOPS)
                        .state())
                .isEqualTo(State.INVALID);
    }

    @Test
    void oneImpossibleBatchBreaksTheTestThoughTheMeanIsFine() {
        assertThat(fleet.reading(4, Metric.GEMM_TFLOPS, 650, 650, 1071)
                        .burn(TFLOPS)
                        .state())
                .isEqualTo(State.INVALID);
    }

    @Test
    void withoutAKnownCeilingNothingIsBelowIt() {
        Fleet unknown =
                fleet.missing(Metric.SM_CLOCK).ranks(rank -> Fleet.withDevice(rank, d -> d.maxSmClockMhz = Double.NaN));

        assertThat(unknown.burn(TFLOPS).state()).isEqualTo(State.INVALID);
    }

    @Test
    void negativeAndMoreThanWholeSharesAreBroken() {
        assertThat(fleet.reading(0, Metric.POWER, 700, -1)
                        .burn(Fleet.burnCriteria().get(4))
                        .state())
                .isEqualTo(State.INVALID);
        assertThat(fleet.reading(0, Metric.SM_ACTIVE, 101).burn(UTILISATION).state())
                .isEqualTo(State.INVALID);
    }

    @Test
    void oneGpuIsNoFleet() {
        Verdict verdict = Fleet.cuda(1, 1).burn(SPREAD);

        assertThat(verdict.state()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(verdict.sentence()).contains("one GPU is no fleet");
    }

    @Test
    void unjudgedValueIsShownWithTheProof() {
        Fleet reference = Fleet.reference(2, 1);

        Verdict verdict = reference.burn(Fleet.shown(TFLOPS));

        assertThat(verdict.state()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(verdict.value()).isPresent();
        assertThat(verdict.sentence()).contains("shown, not judged").contains("reference device");
        assertThat(reference
                        .missing(Metric.SM_ACTIVE)
                        .burn(Fleet.shown(UTILISATION))
                        .state())
                .isEqualTo(State.NOT_APPLICABLE);
    }

    @Test
    void unjudgedCriterionOfABrokenLaunchIsNotRun() {
        Fleet broken = Fleet.reference(2, 1)
                .launches(launch -> Fleet.withRanks(launch, launch.ranks().subList(0, 1)));

        assertThat(broken.burn(Fleet.shown(TFLOPS)).state()).isEqualTo(State.NOT_RUN);
    }

    @Test
    void loadProofNeedsTheCountersToFitTheWork() {
        Criterion proof = Fleet.burnCriteria().get(3);

        assertThat(fleet.burn(proof).value().orElseThrow()).isBetween(0.900, 0.902);
        Verdict unproven = fleet.reading(1, Metric.TENSOR_ACTIVE, 50).burn(proof);
        assertThat(unproven.state())
                .as("it says nothing of the GPU, only that nothing can be said")
                .isEqualTo(State.INVALID);
        assertThat(unproven.sentence()).contains("the load is not proven");
        assertThat(fleet.reading(Metric.TENSOR_ACTIVE, 0).burn(proof).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(fleet.missing(Metric.SM_CLOCK).burn(proof).sentence()).contains("sm.clock is absent");
    }

    @Test
    void warmthIsARiseOfTenKelvinOrAHotStart() {
        Criterion warmth = Fleet.burnCriteria().get(5);

        assertThat(fleet.reading(Metric.TEMPERATURE, 30, 40).burn(warmth).state())
                .isEqualTo(State.PASS);
        assertThat(fleet.reading(Metric.TEMPERATURE, 30, 39.9).burn(warmth).state())
                .isEqualTo(State.FAIL);
        assertThat(fleet.reading(Metric.TEMPERATURE, 45, 45).burn(warmth).state())
                .isEqualTo(State.PASS);
        assertThat(fleet.reading(Metric.TEMPERATURE, 44, 53).burn(warmth).state())
                .isEqualTo(State.FAIL);
    }

    @Test
    void requiredCriterionThatFailsMakesTheDependentInvalid() {
        Fleet capped = fleet.reading(Metric.POWER_LIMIT, 300, 300);
        Criterion dependent = Fleet.criterion(
                "gpu-utilisation", "burn", Metric.SM_ACTIVE, Statistic.MEAN, new Limit.AtLeast(90), "power-limit");

        List<Verdict> verdicts = Judge.judge(
                capped.questions(List.of(dependent, Fleet.burnCriteria().get(2))), capped.burn());

        assertThat(verdicts).extracting(Verdict::state).containsExactly(State.INVALID, State.FAIL);
        assertThat(verdicts.get(0).sentence())
                .contains("it requires power-limit, which is FAIL")
                .contains("300.0 W")
                .contains("by itself: 96.1 % everywhere");
    }

    @Test
    void requiredCriterionThatWasNotAskedOrGoesInACircleMakesInvalid() {
        Criterion lonely =
                Fleet.criterion("a", "burn", Metric.SM_ACTIVE, Statistic.MEAN, new Limit.AtLeast(90), "load-proof");
        Criterion a = Fleet.criterion("a", "burn", Metric.SM_ACTIVE, Statistic.MEAN, new Limit.AtLeast(90), "b");
        Criterion b = Fleet.criterion("b", "burn", Metric.POWER, Statistic.MEAN, new Limit.AtLeast(550), "a");

        assertThat(fleet.burn(lonely).state()).isEqualTo(State.INVALID);
        assertThat(Judge.judge(fleet.questions(List.of(a, b)), fleet.burn()))
                .extracting(Verdict::state)
                .containsOnly(State.INVALID);
    }

    @Test
    void dependentInheritsThatNothingCanBeTold() {
        Fleet refused = fleet.missing(Metric.TENSOR_ACTIVE);

        Map<String, State> states = states(refused);

        assertThat(states).containsEntry("load-proof@2", State.INCONCLUSIVE);
        assertThat(states).containsEntry("gpu-utilisation@2", State.INCONCLUSIVE);
        assertThat(states).containsEntry("power@2", State.PASS);
    }

    @Test
    void dependentOfWhatWasNotRunIsNotRun() {
        Criterion elsewhere = Fleet.criterion(
                "load-proof", "coupled", Metric.LOAD_RATIO, Statistic.MEAN, new Limit.Within(0.84, 0.96));
        Criterion dependent = Fleet.criterion(
                "gpu-utilisation", "burn", Metric.SM_ACTIVE, Statistic.MEAN, new Limit.AtLeast(90), "load-proof");

        assertThat(Judge.judge(fleet.questions(List.of(dependent, elsewhere)), fleet.burn()))
                .extracting(Verdict::state)
                .containsExactly(State.NOT_RUN, State.NOT_RUN);
    }

    @Test
    void outliersAreNamedInTheDetails() {
        List<Double> rates = new ArrayList<>();
        IntStream.range(0, 16).forEach(rank -> rates.add(rank == 11 ? 645.0 : 658.0 + rank % 4));
        Fleet spread = fleet;
        for (int rank = 0; rank < 16; rank++) {
            spread = spread.reading(rank, Metric.GEMM_TFLOPS, rates.get(rank));
        }

        Verdict verdict = spread.burn(TFLOPS);

        assertThat(verdict.state()).isEqualTo(State.PASS);
        assertThat(verdict.details()).anyMatch(line -> line.startsWith("outlier: node002 GPU 3 (GPU-11)"));
    }

    private static Map<String, State> states(Fleet fleet) {
        return Judge.judge(fleet.questions(Fleet.burnCriteria()), fleet.burn()).stream()
                .collect(java.util.stream.Collectors.toMap(Verdict::key, Verdict::state));
    }
}
