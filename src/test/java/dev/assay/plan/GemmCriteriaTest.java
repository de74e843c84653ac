package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.criteria.Criterion;
import dev.assay.measurement.Metric;
import dev.assay.workload.Gemm;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Precision;
import dev.assay.workload.TrainingGemms;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every GEMM that a criterion of the H200 names is one that runs, once, and its ceiling is its precision's. */
class GemmCriteriaTest {
    private static final GpuModel H200 = GpuModels.get("h200-sxm");
    private static final GemmSweep SWEEP = Sizes.sweep(ClusterFile.read("spectrumx-h200"), H200, Suite.STANDARD);

    static List<Criterion> criteria() {
        return Planner.plan(
                        ClusterFile.read("spectrumx-h200"),
                        H200,
                        CriteriaFile.read("h200-sxm", Optional.empty()),
                        List.of(8),
                        60)
                .rows()
                .stream()
                .map(Row::criterion)
                .filter(criterion -> criterion.workload().equals("gemm")
                        && !criterion.conditions().isEmpty())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("criteria")
    void namesOneGemmThatRuns(Criterion criterion) {
        Map<String, String> conditions = criterion.conditions();
        Precision precision = Precision.of(String.valueOf(conditions.get("dtype")));

        switch (String.valueOf(conditions.get("mode"))) {
            case "burst" -> assertThat(named(SWEEP.burst(), conditions)).isEqualTo(1);
            case "sustained" -> assertThat(named(SWEEP.sustained(), conditions)).isEqualTo(1);
            default -> {
                assertThat(conditions).isEqualTo(Map.of("dtype", precision.key(), "mode", "finder"));
                assertThat(SWEEP.finder().precision()).isEqualTo(precision);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("criteria")
    void hasTheCeilingOfItsPrecision(Criterion criterion) {
        if (criterion.metric() == Metric.GEMM_TFLOPS) {
            Precision precision =
                    Precision.of(String.valueOf(criterion.conditions().get("dtype")));
            double ceiling = 132 * H200.bf16FlopPerClockPerSm() * precision.rateOverBf16() * 1980 / 1e6;

            assertThat(criterion.ceiling()).hasValueCloseTo(ceiling, withinPercentage(0.01));
        }
    }

    @Test
    void squaresRunInEveryPrecisionAndTrainingsShapesInThoseThatTrain() {
        for (Precision precision : Precision.values()) {
            for (int side : List.of(4096, 8192, 16_384)) {
                assertThat(SWEEP.burst()).contains(new Gemm(side, side, side, precision));
            }
        }
        for (TrainingGemms model : TrainingGemms.values()) {
            for (Precision precision : List.of(
                    Precision.BF16,
                    Precision.FP16,
                    Precision.TF32,
                    Precision.FP8_E4M3,
                    Precision.FP8_E5M2,
                    Precision.INT8)) {
                assertThat(SWEEP.burst()).containsAll(model.shapes(precision));
            }
        }
    }

    @Test
    void aFullSuiteHasTrainingsShapesInAllAndAScreeningOneSquareEach() {
        GemmSweep full = Sizes.sweep(ClusterFile.read("spectrumx-h200"), H200, Suite.FULL);
        GemmSweep quick = Sizes.sweep(ClusterFile.read("spectrumx-h200"), H200, Suite.QUICK);

        assertThat(full.burst()).containsAll(TrainingGemms.LLAMA_70B.shapes(Precision.FP64));
        assertThat(quick.burst()).hasSameSizeAs(Precision.values());
    }

    /** Half the family's time would be fp32's and fp64's otherwise. */
    @Test
    void theFamilyTakesMinutes() {
        double seconds = Timing.partSeconds(ClusterFile.read("spectrumx-h200"), SWEEP, 8);

        assertThat(seconds).isBetween(312.0, 600.0);
    }

    private static long named(List<Gemm> gemms, Map<String, String> conditions) {
        return gemms.stream()
                .filter(gemm -> gemm.precision().key().equals(conditions.get("dtype"))
                        && gemm.shape().equals(conditions.get("shape")))
                .count();
    }
}
