package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostTimeTest {
    private static final Criterion TFLOPS = Fleet.criterion(
            "sustained-tflops", "burn", Metric.GEMM_TFLOPS, Statistic.HARMONIC_MEAN, new Limit.AtLeast(630));
    private static final Criterion UTILISATION =
            Fleet.criterion("gpu-utilisation", "burn", Metric.SM_ACTIVE, Statistic.MEAN, new Limit.AtLeast(90));

    private final Fleet fleet = Fleet.cuda(1, 2);

    @Test
    void aHostThatWasAheadIsNotSpokenOf() {
        assertThat(fleet.ranks(rank -> told(rank, "0.99", Map.of())).burn(TFLOPS))
                .isEqualTo(fleet.burn(TFLOPS));
    }

    @Test
    void aHostThatWasNotIsNamedWithoutAnotherState() {
        Verdict verdict = fleet.rank(1, rank -> told(rank, "1.00", Map.of())).burn(TFLOPS);

        assertThat(verdict.state()).isEqualTo(State.PASS);
        assertThat(verdict.sentence())
                .endsWith("; calls on the host can have added up to 1.0 % to the time on node001 GPU 1 (GPU-1):"
                        + " enqueuing takes 80.0 % of the GPU's time, and 2 of 3 pieces were reached before they were"
                        + " enqueued (host.enqueue.share)");
    }

    @Test
    void aMissedFloorSaysItToo() {
        Verdict verdict = fleet.reading(1, Metric.GEMM_TFLOPS, 600)
                .rank(1, rank -> told(rank, "40", Map.of()))
                .burn(TFLOPS);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence()).contains("can have added up to 40.0 % to the time on node001 GPU 1");
    }

    @Test
    void theWorstRankIsNamed() {
        Verdict verdict = fleet.rank(0, rank -> told(rank, "30", Map.of()))
                .rank(1, rank -> told(rank, "70", Map.of()))
                .burn(TFLOPS);

        assertThat(verdict.sentence()).contains("up to 70.0 %").doesNotContain("up to 30.0 %");
    }

    @Test
    void whatIsNoNumberCountsForAll() {
        Verdict verdict = fleet.rank(1, rank -> told(rank, "none", Map.of())).burn(TFLOPS);

        assertThat(verdict.sentence()).contains("can have added up to 100.0 %");
    }

    @Test
    void smallMessagesOtherMetricsAndTheReferenceDeviceAreNot() {
        assertThat(fleet.ranks(rank -> told(rank, "90", Map.of("bytes", "1048575")))
                        .burn(TFLOPS)
                        .sentence())
                .doesNotContain("calls on the host");
        assertThat(fleet.ranks(rank -> told(rank, "90", Map.of("bytes", "1048576")))
                        .burn(TFLOPS)
                        .sentence())
                .contains("calls on the host");
        assertThat(fleet.ranks(rank -> told(rank, "90", Map.of())).burn(UTILISATION))
                .isEqualTo(fleet.burn(UTILISATION));
        assertThat(Fleet.reference(1, 2)
                        .ranks(rank -> told(rank, "90", Map.of()))
                        .burn(TFLOPS)
                        .sentence())
                .doesNotContain("calls on the host");
    }

    /** Adds what a rank tells of its GEMMs. */
    private static RankResult told(RankResult rank, String exposed, Map<String, String> more) {
        Map<String, String> conditions = new HashMap<>(more);
        conditions.putAll(Map.of("of", "gemm.tflops", "late", "2 of 3", "exposed", exposed));
        List<Measurement> all = new ArrayList<>(rank.measurements());
        all.add(Measurement.of(Metric.HOST_ENQUEUE_SHARE, List.of(70.0, 80.0, 200.0), conditions));
        return Fleet.withMeasurements(rank, all);
    }
}
