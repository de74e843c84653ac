package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A ceiling and a load proof are those of the precision that the measurement names. */
class PrecisionCeilingTest {
    private static final Criterion TFLOPS = Fleet.criterion(
            "sustained-tflops", "burn", Metric.GEMM_TFLOPS, Statistic.HARMONIC_MEAN, new Limit.AtLeast(630));
    private static final Criterion PROOF =
            Fleet.criterion("load-proof", "burn", Metric.LOAD_RATIO, Statistic.MEAN, new Limit.Within(0.84, 0.96));

    @ParameterizedTest
    @CsvSource({
        "bf16, 700, PASS",
        "bf16, 1500, INVALID",
        "fp8-e4m3, 1500, PASS",
        "fp8-e4m3, 2200, INVALID",
        "fp4, 700, INVALID"
    })
    void noPrecisionHasAnothersCeiling(String dtype, double tflops, State state) {
        assertThat(Fleet.cuda(1, 4)
                        .ranks(rank -> rated(rank, tflops, Map.of("dtype", dtype)))
                        .burn(TFLOPS)
                        .state())
                .isEqualTo(state);
    }

    @Test
    void onlyTheClockSeenBesideTheWorkCounts() {
        Map<String, String> burst = Map.of("mode", "burst");
        Map<String, String> sustained = Map.of("mode", "sustained");

        assertThat(Fleet.cuda(1, 4)
                        .ranks(rank -> clocked(rated(rank, 900, burst), 1200, sustained))
                        .burn(TFLOPS)
                        .state())
                .isEqualTo(State.PASS);
        assertThat(Fleet.cuda(1, 4)
                        .ranks(rank -> clocked(rated(rank, 900, sustained), 1200, sustained))
                        .burn(TFLOPS)
                        .state())
                .isEqualTo(State.INVALID);
    }

    @Test
    void telemetryThatSaysWhereItComesFromStillCounts() {
        Map<String, String> source = Map.of("source", "nvmlDeviceGetClockInfo");

        assertThat(Fleet.cuda(1, 4)
                        .ranks(rank -> clocked(rated(rank, 900, Map.of("shape", "any")), 1200, source))
                        .burn(TFLOPS)
                        .state())
                .isEqualTo(State.INVALID);
    }

    @Test
    void theLoadProofCountsInTheSamePrecision() {
        Map<String, String> fp8 = Map.of("dtype", "fp8-e4m3");

        assertThat(Fleet.cuda(1, 4)
                        .ranks(rank -> rated(rank, 1318, fp8))
                        .burn(PROOF)
                        .state())
                .isEqualTo(State.PASS);
        assertThat(Fleet.cuda(1, 4)
                        .ranks(rank -> rated(rank, 659, fp8))
                        .burn(PROOF)
                        .state())
                .isEqualTo(State.INVALID);
    }

    private static RankResult rated(RankResult rank, double tflops, Map<String, String> conditions) {
        return Fleet.replace(rank, Measurement.of(Metric.GEMM_TFLOPS, List.of(tflops), conditions));
    }

    private static RankResult clocked(RankResult rank, double megahertz, Map<String, String> conditions) {
        List<Measurement> measurements =
                new ArrayList<>(Fleet.without(rank, Metric.SM_CLOCK).measurements());
        measurements.add(Measurement.of(Metric.SM_CLOCK, List.of(megahertz), conditions));
        return Fleet.withMeasurements(rank, measurements);
    }
}
