package dev.assay.verdict;

import static dev.assay.verdict.Fleet.criterion;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.Metric;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training that is too slow on telemetry that says why. */
class CappedClockTest {
    private static final Criterion MFU = criterion("m", "sft", Metric.TRAIN_MFU, Statistic.MEAN, new Limit.AtLeast(40));

    /** 1000 tokens of 33 GFLOP in 100 ms: 33 % of the peak; all at 1980 MHz with power to spare. */
    private static final Fleet SLOW = TrainingRatesTest.checked(Fleet.cuda(2, 2))
            .reading(Metric.STEP_TIME, 100, 100, 100)
            .reading(Metric.STEP_TOKENS, 1000)
            .reading(Metric.STEP_FLOP, 33e12)
            .reading(Metric.SM_CLOCK, 1980, 1980, 1980)
            .reading(Metric.POWER, 520, 540)
            .reading(Metric.POWER_LIMIT, 700, 700)
            .reading(Metric.THROTTLE_POWER_CAP, 0)
            .reading(Metric.THROTTLE_THERMAL, 0)
            .reading(Metric.THROTTLE_HARDWARE, 0);

    @Test
    void isNamedWithGpuClockAndPower() {
        Verdict verdict = judge(SLOW.reading(3, Metric.SM_CLOCK, 1200, 1200, 1200));

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence())
                .contains("node002", "ran at 1200.0 MHz of 1980.0 MHz", "530.0 W of 700.0 W", "its clock is capped");
    }

    /** A cause that is there is said, though the rate is met; no state changes by it. */
    @Test
    void isNamedWhereTheRateIsMet() {
        Fleet fast = SLOW.reading(Metric.STEP_FLOP, 41.25e12);
        Fleet capped = fast.reading(3, Metric.SM_CLOCK, 1200, 1200, 1200).reading(3, Metric.THROTTLE_POWER_CAP, 4, 6);
        Criterion shown = Fleet.shown(MFU);

        Verdict verdict = judge(capped);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.sentence())
                .contains("a remark, not judged: node002", "ran at 1200.0 MHz of 1980.0 MHz", "its clock is capped")
                .contains("held back by power in 5 %, by heat in 0 %, by hardware in 0 % of its ticks");
        assertThat(judge(fast).sentence()).doesNotContain("capped");
        assertThat(Judge.judge(List.of(capped.question(shown)), capped.coupled(1, 1, 1))
                        .get(0)
                        .sentence())
                .contains("shown, not judged", "its clock is capped");
    }

    @Test
    void isNamedBesideScaleEfficiencyToo() {
        Criterion efficiency = criterion("e", "sft", Metric.SCALE_EFFICIENCY, Statistic.MEAN, new Limit.AtLeast(95));
        Fleet capped = TrainingRatesTest.checked(Fleet.cuda(2, 2))
                .reading(Metric.STEP_BYTES_BUS, 14e9)
                .reading(Metric.SM_CLOCK, 1980, 1980)
                .reading(Metric.POWER, 520, 540)
                .reading(Metric.POWER_LIMIT, 700, 700)
                .reading(Metric.THROTTLE_POWER_CAP, 0)
                .reading(1, Metric.SM_CLOCK, 1100, 1100);

        Verdict missed = capped.coupled(efficiency, 0.9, 0.901, 0.899, 0.902, 0.9);
        Verdict met = capped.coupled(efficiency, 0.97, 0.971, 0.969, 0.972, 0.97);

        assertThat(missed.state()).as(missed.sentence()).isEqualTo(State.FAIL);
        assertThat(met.state()).as(met.sentence()).isEqualTo(State.PASS);
        assertThat(List.of(missed, met)).allMatch(verdict -> verdict.sentence().contains("ran at 1100.0 MHz"));
    }

    @Test
    void theLowestIsNamed() {
        Fleet two = SLOW.reading(1, Metric.SM_CLOCK, 1500, 1500).reading(2, Metric.SM_CLOCK, 1300, 1300);

        assertThat(judge(two).sentence()).contains("ran at 1300.0 MHz").doesNotContain("1500.0 MHz");
    }

    @Test
    void aFullClockIsNotAccused() {
        assertThat(judge(SLOW).sentence())
                .contains("missed by")
                .doesNotContain("capped")
                .contains("clock and power of the slowest GPU");
    }

    @Test
    void atThePowerLimitTheClockIsRightlyLow() {
        Fleet loaded = SLOW.reading(Metric.SM_CLOCK, 1460, 1470).reading(Metric.POWER, 690, 695);

        assertThat(judge(loaded).sentence()).doesNotContain("capped");
    }

    /** 175B waits for its fabric half of the time: at its power limit while it computes, with power to spare on the whole. */
    @Test
    void aLoadThatWaitsInBetweenIsNotAccused() {
        Fleet waiting = SLOW.reading(Metric.SM_CLOCK, 1460, 1980, 1450, 1980)
                .reading(Metric.POWER, 695, 350, 694, 340)
                .reading(Metric.THROTTLE_POWER_CAP, 45);

        assertThat(judge(waiting).sentence()).contains("missed by").doesNotContain("capped");
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"THROTTLE_POWER_CAP", "THROTTLE_THERMAL", "THROTTLE_HARDWARE"})
    void aReasonOfItsOwnIsNoCap(Metric reason) {
        Fleet throttled = SLOW.reading(Metric.SM_CLOCK, 1200, 1200).reading(reason, 80);

        assertThat(judge(throttled).sentence()).doesNotContain("capped");
    }

    /** Fail closed the other way round: nobody is accused by what was not measured. */
    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"SM_CLOCK", "POWER", "POWER_LIMIT", "THROTTLE_POWER_CAP"})
    void whatWasNotMeasuredAccusesNobody(Metric missing) {
        Fleet blind = SLOW.reading(Metric.SM_CLOCK, 1200, 1200).missing(missing);

        assertThat(judge(blind).state()).isEqualTo(State.FAIL);
        assertThat(judge(blind).sentence()).doesNotContain("capped");
    }

    private static Verdict judge(Fleet fleet) {
        ExperimentResult result = fleet.coupled(1, 1, 1);
        return Judge.judge(List.of(fleet.question(MFU)), result).get(0);
    }
}
