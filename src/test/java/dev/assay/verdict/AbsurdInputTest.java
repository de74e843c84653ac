package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.MetricKind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What must never be signed: each case is whole and healthy but for one absurdity. */
class AbsurdInputTest {
    private static final double[] EFFICIENCIES = {0.981, 0.983, 0.979, 0.982, 0.980};

    private final Fleet fleet = Fleet.cuda(2, 8);

    @Test
    void healthyRunIsAcceptedSoThatTheOthersProveSomething() {
        assertThat(decide(fleet, EFFICIENCIES)).isEqualTo(Decision.ACCEPTED);
    }

    @Test
    void utilisationByNvidiaSmiAlone() {
        Fleet smi = fleet.reading(Metric.GPU_RESIDENT, 91.3).missing(Metric.SM_ACTIVE);

        assertThat(of("gpu-utilisation@2", verdicts(smi, EFFICIENCIES)).state()).isEqualTo(State.INCONCLUSIVE);
        assertNeverAccepted(decide(smi, EFFICIENCIES));
    }

    @Test
    void criterionThatASitePointsAtNvidiaSmi() {
        Criterion resident =
                Fleet.criterion("gpu-utilisation", "burn", Metric.GPU_RESIDENT, Statistic.MEAN, new Limit.AtLeast(90));

        assertThat(fleet.burn(resident).state()).isEqualTo(State.INCONCLUSIVE);
    }

    @ParameterizedTest
    @EnumSource(value = Metric.class, mode = EnumSource.Mode.EXCLUDE, names = "SCALE_EFFICIENCY")
    void metricThatNobodyMeasured(Metric metric) {
        Criterion asked = Fleet.criterion("any", "burn", metric, Statistic.MEAN, new Limit.AtLeast(0));

        State state = fleet.missing(metric).burn(asked).state();

        if (metric.kind() != MetricKind.DERIVED) {
            assertThat(state).isNotEqualTo(State.PASS);
        }
    }

    @Test
    void exactlyOneHundredPercentWithZeroBytes() {
        Fleet silent = fleet.reading(Metric.STEP_BYTES, 0);

        List<Verdict> verdicts = verdicts(silent, 1, 1, 1, 1, 1);

        assertThat(of("scale-efficiency@2", verdicts).state()).isEqualTo(State.INVALID);
        assertThat(of("scale-efficiency@2", verdicts).sentence()).contains("no byte communicated");
        assertThat(of("sensitivity@2", verdicts).state()).isEqualTo(State.INVALID);
        assertNeverAccepted(decide(silent, 1, 1, 1, 1, 1));
    }

    @Test
    void tflopsAboveTheCeiling() {
        Fleet fast = fleet.reading(Metric.GEMM_TFLOPS, 1200, 1210);

        assertThat(of("sustained-tflops@2", verdicts(fast, EFFICIENCIES)).state())
                .isEqualTo(State.INVALID);
        assertThat(of("tflops-spread@2", verdicts(fast, EFFICIENCIES)).state()).isEqualTo(State.INVALID);
        assertNeverAccepted(decide(fast, EFFICIENCIES));
    }

    @Test
    void cappedGpuAtFullUtilisation() {
        Fleet capped = fleet.reading(7, Metric.POWER_LIMIT, 300, 300)
                .reading(7, Metric.POWER, 299, 300)
                .reading(7, Metric.SM_ACTIVE, 96)
                .reading(7, Metric.SM_CLOCK, 840)
                .reading(7, Metric.GEMM_TFLOPS, 380);

        List<Verdict> verdicts = verdicts(capped, EFFICIENCIES);

        assertThat(of("gpu-utilisation@2", verdicts).state()).isEqualTo(State.INVALID);
        assertThat(of("power-limit@2", verdicts).state()).isEqualTo(State.FAIL);
        assertThat(of("sustained-tflops@2", verdicts).worstUnit()).hasValue("node001 GPU 7 (GPU-7)");
        assertThat(decide(capped, EFFICIENCIES)).isEqualTo(Decision.REJECTED);
    }

    @Test
    void oneGpuFivePercentSlowAmongEight() {
        Fleet eight = Fleet.cuda(1, 8).reading(Metric.GEMM_TFLOPS, 680).reading(3, Metric.GEMM_TFLOPS, 646);
        List<Verdict> verdicts = Judge.judge(eight.questions(Fleet.burnCriteria()), eight.burn());

        Verdict spread = verdicts.get(9);
        assertThat(spread.state()).isEqualTo(State.FAIL);
        assertThat(spread.sentence())
                .contains("646.0 TFLOPS on node001 GPU 3 (GPU-3)")
                .contains("97 %");
        assertThat(verdicts.get(1).state()).isEqualTo(State.PASS);
    }

    @Test
    void notANumberCannotEvenBeWritten() {
        assertThatThrownBy(() -> Measurement.of(Metric.SM_ACTIVE, 96, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> Measurement.of(Metric.SM_ACTIVE)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Readings.Reading.of("GPU", Double.NaN).gap()).isPresent();
    }

    @Test
    void empty() {
        List<Verdict> nothing = judge(
                fleet, new ExperimentResult("burn", List.of(), ""), new ExperimentResult("coupled", List.of(), ""));

        assertThat(nothing).extracting(Verdict::state).containsOnly(State.NOT_RUN);
        assertNeverAccepted(decide(nothing));
        assertNeverAccepted(decide(List.of()));
        assertNeverAccepted(decide(fleet.ranks(rank -> Fleet.withMeasurements(rank, List.of())), EFFICIENCIES));
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {
                "SM_ACTIVE",
                "TENSOR_ACTIVE",
                "POWER",
                "POWER_LIMIT",
                "SM_CLOCK",
                "TEMPERATURE",
                "THROTTLE_THERMAL",
                "TELEMETRY_COVERAGE",
                "TELEMETRY_RATE",
                "GEMM_TFLOPS",
                "STEP_TIME",
                "COMPUTE_ALONE",
                "COMMUNICATION_ALONE",
                "STEP_BYTES",
                "STEP_FLOP"
            })
    void missingMeasurementIsNeverAccepted(Metric metric) {
        assertNeverAccepted(decide(fleet.missing(metric), EFFICIENCIES));
        assertNeverAccepted(decide(fleet.rank(5, rank -> Fleet.without(rank, metric)), EFFICIENCIES));
    }

    private static Verdict of(String key, List<Verdict> verdicts) {
        return verdicts.stream()
                .filter(verdict -> verdict.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private static List<Verdict> verdicts(Fleet fleet, double... efficiencies) {
        return judge(fleet, fleet.burn(), fleet.coupled(efficiencies));
    }

    private static List<Verdict> judge(Fleet fleet, ExperimentResult burn, ExperimentResult coupled) {
        return Stream.concat(
                        Judge.judge(fleet.questions(Fleet.burnCriteria()), burn).stream(),
                        Judge.judge(fleet.questions(Fleet.coupledCriteria()), coupled).stream())
                .toList();
    }

    private static Decision decide(Fleet fleet, double... efficiencies) {
        return decide(verdicts(fleet, efficiencies));
    }

    private static Decision decide(List<Verdict> verdicts) {
        List<String> planned = Stream.concat(Fleet.burnCriteria().stream(), Fleet.coupledCriteria().stream())
                .map(criterion -> criterion.id() + "@2")
                .toList();
        return Decisions.decide(verdicts, planned, true, false, false);
    }

    private static void assertNeverAccepted(Decision decision) {
        assertThat(decision).isIn(Decision.INCONCLUSIVE, Decision.REJECTED);
        assertThat(Decisions.accepts(decision, true)).isFalse();
    }
}
