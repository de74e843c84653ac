package dev.assay.verdict;

import static dev.assay.verdict.Fleet.criterion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExposedCommunicationTest {
    /** 10 ms of waits in a step of 100 ms; without collectives it takes 90.4 ms. */
    private static final Fleet FLEET = trained(Fleet.cuda(2, 2));

    private static Fleet trained(Fleet fleet) {
        return TrainingRatesTest.checked(fleet)
                .reading(Metric.STEP_TIME, 100, 99, 101)
                .reading(Metric.TRAIN_EXPOSED, 9, 10, 11)
                .reading(Metric.TRAIN_SILENT, 90, 90.8);
    }

    @Test
    void bothWaysHaveAValueWhereTheyAgree() {
        assertThat(judge(FLEET, Metric.TRAIN_EXPOSED).state()).isEqualTo(State.PASS);
        assertThat(judge(FLEET, Metric.TRAIN_EXPOSED).value().orElseThrow()).isCloseTo(10, within(1e-9));
        assertThat(judge(FLEET, Metric.TRAIN_EXPOSED_DIFFERENCE).value().orElseThrow())
                .isCloseTo(9.6, within(1e-9));
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"TRAIN_EXPOSED", "TRAIN_EXPOSED_DIFFERENCE"})
    void beyondOnePercentOfTheStepNeitherIsAValue(Metric metric) {
        Fleet inside = FLEET.reading(3, Metric.TRAIN_SILENT, 90.99);
        Fleet outside = FLEET.reading(3, Metric.TRAIN_SILENT, 91.01);

        assertThat(judge(inside, metric).state()).isEqualTo(State.PASS);
        Verdict verdict = judge(outside, metric);
        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.value()).isEmpty();
        assertThat(verdict.sentence())
                .contains("more than 1 %", "10.000 ms by its waits", "8.990 ms by the difference");

        Verdict shown = judge(outside, Fleet.shown(asked(metric)));
        assertThat(shown.state()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(shown.value()).isEmpty();
        assertThat(shown.sentence()).contains("no value (INCONCLUSIVE", "more than 1 %");
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"TRAIN_EXPOSED", "TRAIN_EXPOSED_DIFFERENCE"})
    void whatWasNotRunBothWaysIsNoValue(Metric metric) {
        Verdict verdict = judge(FLEET.missing(Metric.TRAIN_SILENT), metric);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.value()).isEmpty();
        assertThat(judge(FLEET.missing(Metric.TRAIN_EXPOSED), Metric.TRAIN_EXPOSED)
                        .state())
                .isNotIn(State.PASS, State.NOT_APPLICABLE);
    }

    @Test
    void oneRankThatRanNoSilentStepsBreaksCoverage() {
        Fleet partly = FLEET.rank(1, rank -> Fleet.without(rank, Metric.TRAIN_SILENT));

        assertThat(judge(partly, Metric.TRAIN_EXPOSED_DIFFERENCE).state()).isNotIn(State.PASS, State.NOT_APPLICABLE);
    }

    @Test
    void aloneItIsNotApplicable() {
        Fleet alone = trained(Fleet.cuda(1, 1));

        for (Metric metric : List.of(Metric.TRAIN_EXPOSED, Metric.TRAIN_EXPOSED_DIFFERENCE)) {
            Verdict verdict = judge(alone, metric);
            assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.NOT_APPLICABLE);
            assertThat(verdict.sentence()).contains("nothing travels on one GPU");
            assertThat(judge(alone, Fleet.shown(asked(metric))).sentence()).contains("nothing travels on one GPU");
        }
    }

    /** SM-active lacks 10 points of 90, and the compute stream stands still for 10 % of the step. */
    @Test
    void whatSmActiveLacksIsExplained() {
        Fleet idle = watched(FLEET).reading(2, Metric.SM_ACTIVE, 70);

        Verdict verdict = judge(idle, active());

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence())
                .contains("lacks 20.0 % of 90 % SM-active", "10.0 % of the step, explains at most 50.0 % of the gap");
        assertThat(judge(watched(FLEET), active()).sentence()).doesNotContain("exposed");
    }

    @Test
    void whatDisagreesExplainsNothing() {
        Fleet idle = watched(FLEET).reading(Metric.SM_ACTIVE, 70).reading(Metric.TRAIN_SILENT, 80);

        assertThat(judge(idle, active()).sentence()).contains("explains nothing for certain", "more than 1 %");
    }

    private static Fleet watched(Fleet fleet) {
        return fleet.reading(Metric.SM_ACTIVE, 95)
                .reading(Metric.TELEMETRY_COVERAGE, 100)
                .reading(Metric.TELEMETRY_RATE, 10);
    }

    private static Criterion active() {
        return criterion("u", "sft", Metric.SM_ACTIVE, Statistic.MEAN, new Limit.AtLeast(90));
    }

    @Test
    void collectivesAddUpAndHaveABusBandwidth() {
        Fleet fleet = FLEET.ranks(rank -> collectives(rank));

        assertThat(judge(fleet, Metric.TRAIN_COMMUNICATION).value().orElseThrow())
                .isCloseTo(20 + 10 + 30 + 0.1, within(1e-9));
        assertThat(judge(fleet, floor(Metric.TRAIN_GRADIENTS_BUSBW)).value().orElseThrow())
                .as("not of the norm")
                .isCloseTo(6, within(1e-9));
        assertThat(judge(fleet, floor(Metric.TRAIN_WEIGHTS_BUSBW)).value().orElseThrow())
                .isCloseTo(2, within(1e-9));
        assertThat(judge(fleet, Metric.TRAIN_COMMUNICATION).details())
                .anyMatch(line -> line.startsWith("reduce-scatter of gradients: 3 a step, 160.00 MB"));
        assertThat(judge(FLEET, floor(Metric.TRAIN_WEIGHTS_BUSBW)).state()).isNotIn(State.PASS, State.NOT_APPLICABLE);
    }

    @Test
    void whatNoStepSendsIsSaidSo() {
        Fleet zero0 = FLEET.ranks(rank -> Fleet.withMeasurements(
                rank,
                Stream.concat(
                                rank.measurements().stream(),
                                Stream.of(collective("all-reduce", "gradients", 20, 120_000_000)))
                        .toList()));

        Verdict verdict = judge(zero0, Fleet.shown(floor(Metric.TRAIN_WEIGHTS_BUSBW)));

        assertThat(verdict.value()).isEmpty();
        assertThat(verdict.sentence()).contains("no value (no collective of weights is in such a step)");
    }

    private static RankResult collectives(RankResult rank) {
        List<Measurement> all = new ArrayList<>(rank.measurements());
        all.add(collective("reduce-scatter", "gradients", 20, 120_000_000));
        all.add(collective("all-gather", "weights, forward", 10, 30_000_000));
        all.add(collective("all-gather", "weights, backward", 30, 50_000_000));
        all.add(collective("all-reduce", "gradient norm", 0.1, 4));
        return Fleet.withMeasurements(rank, all);
    }

    private static Measurement collective(String operation, String purpose, double millis, long busBytes) {
        return Measurement.of(
                Metric.TRAIN_COLLECTIVE,
                List.of(millis, millis),
                Map.of(
                        "operation",
                        operation,
                        "purpose",
                        purpose,
                        "calls",
                        "3",
                        "bytes",
                        Long.toString(busBytes * 4 / 3),
                        "busBytes",
                        Long.toString(busBytes)));
    }

    private static Criterion asked(Metric metric) {
        return criterion("a", "sft", metric, Statistic.MEAN, new Limit.AtMost(1e9));
    }

    private static Criterion floor(Metric metric) {
        return criterion("a", "sft", metric, Statistic.MEAN, new Limit.AtLeast(0));
    }

    private static Verdict judge(Fleet fleet, Metric metric) {
        return judge(fleet, asked(metric));
    }

    private static Verdict judge(Fleet fleet, Criterion criterion) {
        return Judge.judge(List.of(fleet.question(criterion)), fleet.coupled(1)).get(0);
    }
}
