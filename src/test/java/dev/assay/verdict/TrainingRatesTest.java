package dev.assay.verdict;

import static dev.assay.verdict.Fleet.criterion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRatesTest {
    /** 1000 tokens of 41.25 GFLOP in 100 ms: 412.5 TFLOPS of 989.4. */
    private static final Fleet FLEET = training(Fleet.cuda(2, 2));

    private static Fleet training(Fleet fleet) {
        return checked(fleet)
                .reading(Metric.STEP_TIME, 100, 100, 100)
                .reading(Metric.STEP_TOKENS, 1000)
                .reading(Metric.STEP_FLOP, 41.25e12)
                .reading(Metric.STEP_FLOP_FULL, 42.86e12)
                .reading(Metric.STEP_FLOP_EXECUTED, 55.0e12)
                .reading(Metric.MEMORY_USED, 98_000)
                .reading(Metric.MEMORY_PLANNED, 100_000)
                .reading(Metric.ENERGY, 100);
    }

    /** Checked, watched and connected as the cluster promises. */
    static Fleet checked(Fleet fleet) {
        return fleet.trained();
    }

    @ParameterizedTest
    @CsvSource({
        "train.tokens, 10000",
        "train.tokens.all, 40000",
        "train.mfu, 41.692",
        "train.mfu.full, 43.319",
        "train.hfu, 55.589",
        "train.tokens.joule, 30",
        "memory.plan.ratio, 0.98"
    })
    void followFromTheStepsTime(String metric, double value) {
        Verdict verdict = judge(FLEET, Metric.of(metric));

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.value().orElseThrow()).isCloseTo(value, within(0.001 * value));
    }

    /** Against twice the peak: the same step is half as good. */
    @ParameterizedTest
    @CsvSource({"train.mfu, 20.846", "train.mfu.full, 21.659", "train.hfu, 27.794", "train.tokens, 10000"})
    void fp8IsHeldAgainstItsOwnPeak(String metric, double value) {
        Fleet fp8 = FLEET.ranks(rank -> typed(rank, Map.of("dtype", "fp8-e4m3", "fp8Share", "0.8")));

        Verdict verdict = judge(fp8, Metric.of(metric));

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.value().orElseThrow()).isCloseTo(value, within(0.001 * value));
    }

    @Test
    void ranksInDifferentPrecisionsHaveNoPeak() {
        Fleet mixed = FLEET.rank(1, rank -> typed(rank, Map.of("dtype", "fp8-e4m3", "fp8Share", "0.8")));

        assertThat(judge(mixed, Metric.TRAIN_MFU).state()).isNotIn(State.PASS, State.NOT_APPLICABLE);
    }

    /** A tenth more than is counted as executed, by padded heads, which the pipes' activity shows. */
    @Test
    void theLoadProofCountsWhatIsEnqueuedAndNothingElseDoes() {
        double active = 100 * 1.1 * 550 / 989.4 / 0.9;
        Fleet load = FLEET.reading(Metric.TENSOR_ACTIVE, active)
                .reading(Metric.SM_CLOCK, 1830, 1830)
                .reading(Metric.TELEMETRY_COVERAGE, 99)
                .reading(Metric.TELEMETRY_RATE, 10);
        Fleet told = load.ranks(rank -> typed(rank, Map.of("enqueued", "6.05E13")));
        Fleet less = load.ranks(rank -> typed(rank, Map.of("enqueued", "5.4E13")));
        Criterion proof = criterion("p", "sft", Metric.LOAD_RATIO, Statistic.MEAN, new Limit.Within(0.84, 0.96));

        Verdict verdict =
                Judge.judge(List.of(told.question(proof)), told.coupled(1)).get(0);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.value().orElseThrow()).isCloseTo(0.9, within(1e-3));
        assertThat(Judge.judge(List.of(load.question(proof)), load.coupled(1))
                        .get(0)
                        .value()
                        .orElseThrow())
                .as("a result of old")
                .isCloseTo(0.9 / 1.1, within(1e-3));
        assertThat(Judge.judge(List.of(less.question(proof)), less.coupled(1))
                        .get(0)
                        .state())
                .as("less than is executed")
                .isNotEqualTo(State.PASS);
        assertThat(judge(told, Metric.TRAIN_HFU).value().orElseThrow()).isCloseTo(55.589, within(0.01));
    }

    /** Of 550 executed TFLOPS 440 in FP8, which take as long as 220: the pipes account for 330 / 0.75 of bf16's peak. */
    @Test
    void theLoadProofCountsWhatRunsInFp8() {
        double active = 100 * 330 / 989.4 / 0.9;
        Fleet load = FLEET.reading(Metric.TENSOR_ACTIVE, active)
                .reading(Metric.SM_CLOCK, 1830, 1830)
                .reading(Metric.TELEMETRY_COVERAGE, 99)
                .reading(Metric.TELEMETRY_RATE, 10);
        Fleet fp8 = load.ranks(rank -> typed(rank, Map.of("dtype", "fp8-e4m3", "fp8Share", "0.8")));
        Fleet untold = load.ranks(rank -> typed(rank, Map.of("dtype", "fp8-e4m3")));
        Criterion proof = criterion("p", "sft", Metric.LOAD_RATIO, Statistic.MEAN, new Limit.Within(0.75, 1));

        Verdict verdict =
                Judge.judge(List.of(fp8.question(proof)), fp8.coupled(1)).get(0);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.value().orElseThrow()).isCloseTo(0.9, within(1e-3));
        assertThat(Judge.judge(List.of(load.question(proof)), load.coupled(1))
                        .get(0)
                        .state())
                .as("taken for bf16 it would be more than the pipes did")
                .isNotEqualTo(State.PASS);
        assertThat(Judge.judge(List.of(untold.question(proof)), untold.coupled(1))
                        .get(0)
                        .state())
                .isNotEqualTo(State.PASS);
    }

    private static RankResult typed(RankResult rank, Map<String, String> conditions) {
        return Fleet.withMeasurements(
                rank,
                rank.measurements().stream()
                        .map(each -> each.metric().key().startsWith("step.flop")
                                ? Measurement.of(each.metric(), each.samples(), conditions)
                                : each)
                        .toList());
    }

    @Test
    void theSlowestRankSetsTheStep() {
        Fleet slow = FLEET.reading(3, Metric.STEP_TIME, 100, 200, 100);

        assertThat(judge(slow, Metric.TRAIN_TOKENS).value().orElseThrow()).isCloseTo(7500, within(1.0));
    }

    @Test
    void whatIsMissingIsNeverGreen() {
        for (Metric metric : List.of(Metric.STEP_TOKENS, Metric.STEP_TIME)) {
            assertThat(judge(FLEET.missing(metric), Metric.TRAIN_TOKENS).state())
                    .as("without " + metric.key())
                    .isNotIn(State.PASS, State.NOT_APPLICABLE);
        }
        assertThat(judge(FLEET.missing(Metric.MEMORY_PLANNED), Metric.MEMORY_PLAN_RATIO)
                        .state())
                .isNotIn(State.PASS, State.NOT_APPLICABLE);
        assertThat(judge(FLEET.missing(Metric.ENERGY), Metric.TRAIN_TOKENS_JOULE)
                        .state())
                .isNotIn(State.PASS, State.NOT_APPLICABLE);
    }

    @Test
    void aWrongStepFailsEveryCriterion() {
        Fleet wrong = FLEET.rank(
                1,
                rank -> Fleet.withChecks(
                        rank,
                        new Check("sft.finite", 8, 0, 0, "right"),
                        new Check("sft.falls", 1, 0, 0, "right"),
                        new Check("sft.start", 1, 1, 9, "the first loss is 3"),
                        new Check("allreduce.norm", 4, 0, 0, "right")));

        Verdict verdict = judge(wrong, Metric.TRAIN_MFU);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence()).contains("sft.start", "the first loss is 3");
    }

    @Test
    void ranksThatNobodyComparedAreNoTraining() {
        Fleet alone = FLEET.ranks(rank -> Fleet.withChecks(
                rank,
                new Check("sft.finite", 8, 0, 0, "right"),
                new Check("sft.falls", 1, 0, 0, "right"),
                new Check("sft.start", 1, 0, 0.1, "right")));

        assertThat(judge(alone, Metric.TRAIN_MFU).state()).isEqualTo(State.INVALID);
        assertThat(judge(alone, Metric.TRAIN_MFU).sentence()).contains("allreduce.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sft.finite", "sft.start", "sft.falls"})
    void everyCheckOfTrainingIsNeeded(String name) {
        Fleet without = FLEET.ranks(rank -> Fleet.withChecks(
                rank,
                rank.checks().stream()
                        .filter(check -> !check.name().equals(name))
                        .toArray(Check[]::new)));

        assertThat(judge(without, Metric.TRAIN_MFU).state()).isEqualTo(State.INVALID);
    }

    /** One global norm on all ranks is theirs by construction: it says nothing of what they sent each other. */
    @ParameterizedTest
    @ValueSource(strings = {"sft.norm", "sft.sent", "sft.traffic.gradients", "sft.weights"})
    void trafficThatNobodyComparedIsNoTraining(String left) {
        Fleet blind = FLEET.ranks(rank -> Fleet.withChecks(
                rank,
                rank.checks().stream()
                        .filter(check -> !check.name().equals(left))
                        .toArray(Check[]::new)));

        Verdict verdict = judge(blind, Metric.TRAIN_MFU);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("the result was not checked", left);
    }

    /** A run that was recorded before there was such a check is judged as it was. */
    @Test
    void whatWasSentIsAskedForSinceItIsChecked() {
        Fleet without = FLEET.ranks(rank -> Fleet.withChecks(
                rank,
                rank.checks().stream()
                        .filter(check -> !check.name().equals("sft.sent"))
                        .toArray(Check[]::new)));
        Fleet recorded = without.ranks(rank -> Fleet.withHeader(rank, header -> header.schema = 1));

        assertThat(judge(without, Metric.TRAIN_MFU).state()).isEqualTo(State.INVALID);
        assertThat(judge(recorded, Metric.TRAIN_MFU).state()).isEqualTo(State.PASS);
    }

    @Test
    void stepsThatSentSomethingElseFail() {
        String words = "first in step 2, all-gather of weights: 3 calls of 90 B enqueued, 2 calls of 60 B predicted";
        Fleet other = FLEET.rank(
                1,
                rank -> Fleet.withChecks(
                        rank,
                        rank.checks().stream()
                                .map(check -> check.name().equals("sft.sent")
                                        ? new Check("sft.sent", 8, 2, Double.MAX_VALUE, words)
                                        : check)
                                .toArray(Check[]::new)));

        Verdict verdict = judge(other, Metric.TRAIN_MFU);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence()).contains("2 of 8 elements of sft.sent", words);
    }

    /** Its baselines and scaled launches as those of coupled, but without halves run apart. */
    @Test
    void scaleEfficiencyNeedsNoHalves() {
        Fleet fleet = checked(Fleet.cuda(4, 2))
                .missing(Metric.COMPUTE_ALONE)
                .missing(Metric.COMMUNICATION_ALONE)
                .reading(Metric.STEP_BYTES_BUS, 14e9);
        Criterion efficiency = criterion("e", "sft", Metric.SCALE_EFFICIENCY, Statistic.MEAN, new Limit.AtLeast(95));

        Verdict verdict = Judge.judge(
                        List.of(fleet.question(efficiency)), fleet.coupled(0.97, 0.971, 0.969, 0.972, 0.97))
                .get(0);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
    }

    /** Two nodes train together in a baseline of two: each is as fast as the slower of both. */
    @Test
    void aBaselineMayBeOfMoreThanOneNode() {
        Fleet fleet = checked(Fleet.cuda(4, 1))
                .missing(Metric.COMPUTE_ALONE)
                .missing(Metric.COMMUNICATION_ALONE)
                .ranksOf(
                        launch -> launch.role() == LaunchRole.BASELINE,
                        rank -> Fleet.withHeader(
                                rank,
                                header -> header.communicator =
                                        rank.header().rank() < 2 ? List.of(0, 1) : List.of(2, 3)));
        Question one =
                fleet.question(criterion("e", "sft", Metric.SCALE_EFFICIENCY, Statistic.MEAN, new Limit.AtLeast(95)));
        Question two = QuestionFields.with(one, q -> q.baselineNodes = 2);
        ExperimentResult result = fleet.coupled(0.97, 0.971, 0.969, 0.972, 0.97);

        Verdict verdict =
                Judge.judge(List.of(two.withFabric("stress@2")), result).get(0);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(Judge.judge(List.of(two), result).get(0).state())
                .as("what slows the baselines too does not show")
                .isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.baseline()).get().asString().contains("the baselines of 2 nodes each (2 GPUs)");
        assertThat(Judge.judge(List.of(one), result).get(0).state())
                .as("a baseline of one node was asked for")
                .isEqualTo(State.INVALID);
    }

    @Test
    void whatCannotRunIsNotRunWithTheArithmetic() {
        String why = "it does not fit 2 nodes: 176.4 GiB > 112.3 GiB; not run, and not made smaller";

        Verdict verdict = Judge.judge(
                        List.of(FLEET.question(asked(Metric.TRAIN_MFU))),
                        new ExperimentResult("sft-175b-2", List.of(), why))
                .get(0);

        assertThat(verdict.state()).isEqualTo(State.NOT_RUN);
        assertThat(verdict.sentence()).contains(why);
    }

    private static Criterion asked(Metric metric) {
        return criterion("a", "sft", metric, Statistic.MEAN, new Limit.AtLeast(0));
    }

    private static Verdict judge(Fleet fleet, Metric metric) {
        return Judge.judge(List.of(fleet.question(asked(metric))), fleet.coupled(1))
                .get(0);
    }
}
