package dev.assay.verdict;

import static dev.assay.verdict.Fleet.criterion;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a rank that trained with others must have compared, each by its name and, of what travels, both times. */
class TrainingChecksTest {
    private static final Criterion STEP =
            criterion("t", "sft", Metric.TRAIN_TOKENS, Statistic.MEAN, new Limit.AtLeast(1));

    private static final Fleet FLEET = TrainingRatesTest.checked(Fleet.cuda(2, 2))
            .reading(Metric.STEP_TIME, 100, 100, 100)
            .reading(Metric.STEP_TOKENS, 1000);

    @Test
    void allOfThemAreEnough() {
        assertThat(judge(FLEET, true).state()).isEqualTo(State.PASS);
    }

    @ParameterizedTest
    @CsvSource({
        "sft.norm, right",
        "sft.weights, right",
        "sft.start, right",
        "sft.update, after the first step",
        "sft.update, after the measured steps",
        "sft.traffic.gradients, before the first step",
        "sft.traffic.gradients, after the measured steps",
        "sft.traffic.weights, before the first step",
        "sft.traffic.weights, after the measured steps"
    })
    void aMissingOneIsNoPass(String name, String when) {
        Predicate<Check> those =
                check -> check.name().equals(name) && check.detail().startsWith(when);
        Fleet oneRank = FLEET.rank(2, rank -> without(rank, those));
        Fleet allRanks = FLEET.ranks(rank -> without(rank, those));

        for (Fleet fleet : List.of(oneRank, allRanks)) {
            Verdict verdict = judge(fleet, true);

            assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INVALID);
            assertThat(verdict.sentence()).contains("the result was not checked");
        }
        assertThat(judge(oneRank, true).sentence()).contains("node002 GPU 0");
    }

    @Test
    void whatIsLackingIsNamed() {
        Fleet once = FLEET.ranks(rank -> without(rank, check -> check.detail().startsWith("after")));

        assertThat(judge(once, true).sentence())
                .contains("it lacks sft.traffic.gradients after the measured steps")
                .contains("it lacks sft.traffic.weights after the measured steps")
                .doesNotContain("before the first step");
    }

    /** At ZeRO-0 every rank updates all weights by itself. */
    @Test
    void whereWeightsDoNotTravelTheyAreNotAskedFor() {
        Fleet whole = FLEET.ranks(rank -> without(rank, check -> check.name().equals("sft.traffic.weights")));

        assertThat(judge(whole, false).state()).isEqualTo(State.PASS);
        assertThat(judge(whole, true).state()).isEqualTo(State.INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sft.norm", "sft.weights", "sft.traffic"})
    void aRankThatIsAloneNeedsNoneOfThem(String prefix) {
        Fleet alone = TrainingRatesTest.checked(Fleet.cuda(1, 1))
                .reading(Metric.STEP_TIME, 100, 100, 100)
                .reading(Metric.STEP_TOKENS, 1000)
                .ranks(rank -> without(rank, check -> check.name().startsWith(prefix)));

        Verdict verdict = judge(alone, true);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
    }

    /** A rank whose optimizer stands still passes every comparison between ranks, so nobody is let off this one. */
    @ParameterizedTest
    @ValueSource(strings = {"after the first step", "after the measured steps"})
    void aRankThatIsAloneLooksAtItsOwnUpdatesToo(String when) {
        Fleet alone = TrainingRatesTest.checked(Fleet.cuda(1, 1))
                .reading(Metric.STEP_TIME, 100, 100, 100)
                .reading(Metric.STEP_TOKENS, 1000)
                .ranks(rank -> without(
                        rank,
                        check -> check.name().equals("sft.update")
                                && check.detail().startsWith(when)));

        Verdict verdict = judge(alone, true);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("it lacks sft.update " + when);
    }

    /** Ranks that all left out the same ones agree with each other. */
    @Test
    void asManyStepsAreMeasuredAsThePlanHas() {
        for (int steps : new int[] {1, 2, 4, 20}) {
            Verdict verdict = judge(
                    FLEET, new Question.Training(true, Optional.empty(), Optional.empty(), OptionalInt.of(steps)));

            assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INVALID);
            assertThat(verdict.sentence()).contains("measured 3 steps, the plan has " + steps);
        }
        assertThat(judge(FLEET, new Question.Training(true, Optional.empty(), Optional.empty(), OptionalInt.of(3)))
                        .state())
                .isEqualTo(State.PASS);
    }

    private static RankResult without(RankResult rank, Predicate<Check> which) {
        return Fleet.withChecks(
                rank, rank.checks().stream().filter(which.negate()).toArray(Check[]::new));
    }

    private static Verdict judge(Fleet fleet, boolean shards) {
        return judge(fleet, new Question.Training(shards, Optional.empty(), Optional.empty()));
    }

    private static Verdict judge(Fleet fleet, Question.Training training) {
        Question plain = fleet.question(STEP);
        Question question = QuestionFields.with(plain, q -> {
            q.criterion = STEP;
            q.training = training;
        });
        return Judge.judge(List.of(question), fleet.coupled(1, 1, 1)).get(0);
    }
}
