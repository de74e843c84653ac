package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Metric;
import org.junit.jupiter.api.Test;

/** A fleet whose steps of 640 TFLOPS have tensor pipes and clocks that account for a little more. */
class CoupledLoadTest {
    private static final Criterion PROOF = Fleet.criterion(
            "coupled-load-proof", "coupled", Metric.LOAD_RATIO, Statistic.MEAN, new Limit.Within(0.84, 0.96));

    private final Fleet fleet = Fleet.cuda(2, 1)
            .reading(Metric.TENSOR_ACTIVE, 90)
            .reading(Metric.SM_CLOCK, 1440)
            .reading(Metric.TELEMETRY_COVERAGE, 99.9)
            .reading(Metric.TELEMETRY_RATE, 5);

    @Test
    void stepsThatTheCountersAccountForPass() {
        Verdict verdict = fleet.coupled(PROOF, 1.0, 1.0);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.value().orElseThrow()).isCloseTo(640 / (0.9 * 1440 / 1830 * 989.4), within(1e-3));
    }

    @Test
    void tensorPipesThatDidMoreThanTheStepsAreNoProof() {
        Verdict verdict = fleet.reading(1, Metric.TENSOR_ACTIVE, 99.9)
                .reading(1, Metric.SM_CLOCK, 1800)
                .coupled(PROOF, 1.0, 1.0);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("0.6");
        assertThat(verdict.worstUnit().orElseThrow()).contains("node002");
    }

    @Test
    void withoutCountersThereIsNoProof() {
        assertThat(fleet.missing(Metric.TENSOR_ACTIVE).coupled(PROOF, 1.0, 1.0).state())
                .isEqualTo(State.INCONCLUSIVE);
        assertThat(fleet.missing(Metric.STEP_FLOP).coupled(PROOF, 1.0, 1.0).state())
                .isIn(State.INCONCLUSIVE, State.INVALID);
    }
}
