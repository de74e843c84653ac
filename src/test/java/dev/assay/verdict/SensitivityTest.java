package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.Metric;
import org.junit.jupiter.api.Test;

class SensitivityTest {
    private static final Criterion SENSITIVITY = Fleet.coupledCriteria().get(2);

    @Test
    void stepAtThatBandwidthHasLostFivePercent() {
        for (int buckets : new int[] {1, 2, 8, 19, 20, 64}) {
            double gigabytesPerSecond = Sensitivity.gigabytesPerSecond(95, 1e10, buckets);
            double bucket = 1e10 / buckets / gigabytesPerSecond / 1e6;

            double step = 95.0 / buckets + bucket + (buckets - 1) * Math.max(95.0 / buckets, bucket);

            assertThat(step).as(buckets + " buckets").isCloseTo(100, within(1e-9));
        }
    }

    @Test
    void fullOverlapIsTheLeastSensitive() {
        double unknown = Sensitivity.gigabytesPerSecond(95, 1e10, 0);

        assertThat(unknown).isCloseTo(100, within(1e-9));
        assertThat(Sensitivity.gigabytesPerSecond(95, 1e10, 64)).isGreaterThan(unknown);
        assertThat(Sensitivity.gigabytesPerSecond(95, 1e10, 8)).isGreaterThan(unknown);
    }

    @Test
    void sensitiveWorkloadPasses() {
        Verdict verdict = Fleet.cuda(2, 8).coupled(SENSITIVITY, 0.98);

        assertThat(verdict.state()).isEqualTo(State.PASS);
        // 7e9 B × 2·15/16 over 8 × 5 ms
        assertThat(verdict.value().orElseThrow()).isCloseTo(328.125, within(1e-9));
        assertThat(verdict.sentence()).contains("328.1 GB/s").contains("at least 116.6667 GB/s");
    }

    @Test
    void blindWorkloadIsInconclusiveAndNeverFails() {
        Verdict verdict = Fleet.cuda(2, 8).reading(Metric.STEP_BYTES, 1e9).coupled(SENSITIVITY, 0.98);

        assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence()).contains("the workload cannot see a broken fabric");
    }

    @Test
    void withoutComputeOrBytesThereIsNoSensitivity() {
        Fleet fleet = Fleet.cuda(2, 8);

        assertThat(fleet.missing(Metric.COMPUTE_ALONE)
                        .coupled(SENSITIVITY, 0.98)
                        .state())
                .isEqualTo(State.INCONCLUSIVE);
        assertThat(fleet.reading(Metric.COMPUTE_ALONE, 0)
                        .coupled(SENSITIVITY, 0.98)
                        .state())
                .isEqualTo(State.INVALID);
        assertThat(fleet.missing(Metric.STEP_BYTES).coupled(SENSITIVITY, 0.98).state())
                .isEqualTo(State.INVALID);
        assertThat(Fleet.cuda(1, 1).coupled(SENSITIVITY, 0.98).state()).isEqualTo(State.INVALID);
    }
}
