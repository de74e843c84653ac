package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.measurement.Check;
import dev.assay.measurement.Digest;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Plan;
import dev.assay.plan.Planner;
import dev.assay.plan.Row;
import dev.assay.plan.Selection;
import dev.assay.workload.Gemm;
import dev.assay.workload.GemmFinder;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Precision;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GemmSweepRunnerTest {
    private static final GemmSweep SWEEP = new GemmSweep(
            Arrays.stream(Precision.values())
                    .map(precision -> new Gemm(16, 32, 48, precision))
                    .toList(),
            List.of(new Gemm(16, 32, 48)),
            0,
            3,
            0,
            0,
            0.01,
            2,
            new GemmFinder(Precision.FP16, List.of(8, 16), 2, 4));

    @TempDir
    private Path folder;

    @Test
    void everyPrecisionIsTimedCheckedAndAlikeOnEveryRank() throws Exception {
        Ranks ranks = Ranks.of(folder, SWEEP, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        List<RankResult> results = ranks.results();
        assertThat(Planned.checks(SWEEP, ranks.launch())).hasSize(3 * (Precision.values().length + 1));
        assertThat(Planned.counted(results)).containsAllEntriesOf(Planned.checks(SWEEP, ranks.launch()));
        for (RankResult result : results) {
            EnqueuingTest.assertBeside(result, Metric.GEMM_TFLOPS);
            for (Precision precision : Precision.values()) {
                List<Measurement> burst = result.measurements(
                        Metric.GEMM_TFLOPS, Map.of("dtype", precision.key(), "shape", "16x32x48", "mode", "burst"));
                assertThat(burst).hasSize(1);
                assertThat(burst.get(0).samples()).hasSize(3).allMatch(tflops -> tflops > 0);
                assertThat(result.measurements(
                                Metric.GEMM_COMPARED, burst.get(0).conditions()))
                        .hasSize(1)
                        .allMatch(compared -> compared.samples().size() == 4);
                assertThat(result.checks())
                        .extracting(Check::name)
                        .contains(
                                "gemm.freivalds " + precision.key() + " 16x32x48",
                                "gemm.fp64 " + precision.key() + " 16x32x48",
                                "gemm.repeatable " + precision.key() + " 16x32x48");
            }
            assertThat(result.measurements(Metric.GEMM_TFLOPS, Map.of("mode", "sustained")))
                    .hasSize(1);
            assertThat(result.measurements(Metric.GEMM_TFLOPS, Map.of("mode", "finder", "dtype", "fp16")))
                    .hasSize(1)
                    .allMatch(best -> best.samples().size() == 4);
            assertThat(result.checks()).allMatch(check -> check.wrong() == 0);
            assertThat(result.digests())
                    .extracting(Digest::name)
                    .doesNotHaveDuplicates()
                    .contains("gemm.c fp8-e4m3 16x32x48", "gemm.c bf16 16x32x48 sustained");
        }
        assertThat(results.get(0).digests())
                .hasSize(3 * (8 + 1 + 2))
                .isEqualTo(results.get(1).digests());
    }

    @Test
    void theSweepOfTheEmbeddedPlanRuns() throws Exception {
        Plan plan = Planner.plan(
                ClusterFile.read("embedded"),
                GpuModels.get("reference"),
                CriteriaFile.read("reference", Optional.empty()),
                List.of(),
                5,
                Selection.STANDARD);
        Ranks ranks = Ranks.of(folder, plan.experiment("gemm").workload(), LaunchRole.LOAD, 1, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        RankResult result = ranks.results().get(0);
        assertThat(result.checks()).isNotEmpty().allMatch(check -> check.wrong() == 0 && check.worst() <= 1);
        assertThat(plan.rows().stream().map(Row::criterion))
                .filteredOn(
                        criterion -> criterion.workload().equals("gemm") && criterion.metric() == Metric.GEMM_TFLOPS)
                .isNotEmpty()
                .allMatch(criterion -> result.measurements(criterion.metric(), criterion.conditions())
                                .size()
                        == 1);
    }

    @Test
    void aRankThatComputesWrongSaysSoInEveryPrecision() throws Exception {
        Ranks ranks = Ranks.of(folder, SWEEP, LaunchRole.LOAD, 1, 2);

        ranks.run(Ranks.faulty(1, FaultyDevice.Fault.WRONG_ELEMENTS));

        List<RankResult> results = ranks.results();
        assertThat(results.get(0).checks()).allMatch(check -> check.wrong() == 0);
        for (Precision precision : Precision.values()) {
            String label = precision.key() + " 16x32x48";
            assertThat(results.get(1).checks())
                    .filteredOn(check -> check.name().equals("gemm.freivalds " + label))
                    .allMatch(check -> check.wrong() > 0);
            assertThat(digest(results.get(1), "gemm.c " + label))
                    .isNotEqualTo(digest(results.get(0), "gemm.c " + label));
        }
    }

    private static String digest(RankResult result, String name) {
        return result.digests().stream()
                .filter(digest -> digest.name().equals(name))
                .map(Digest::value)
                .findFirst()
                .orElseThrow();
    }
}
