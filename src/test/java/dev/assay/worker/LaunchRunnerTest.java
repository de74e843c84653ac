package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.workload.Gemm;
import dev.assay.workload.HostLaunch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchRunnerTest {
    private static final HostLaunch LAUNCH = new HostLaunch(new Gemm(16, 16, 16), 1 << 20, 1, 2, 0.01, 16);

    @TempDir
    private Path folder;

    @Test
    void everyRankRunsItsBenchmarksAndChecksThem() throws Exception {
        Ranks ranks = Ranks.of(folder, LAUNCH, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            for (Metric metric : List.of(Metric.LAUNCH_KERNEL, Metric.LAUNCH_EVENT, Metric.LAUNCH_GEMM)) {
                for (String score : List.of("mean", "p50", "p99")) {
                    assertThat(values(result, metric, score)).allMatch(microseconds -> microseconds > 0);
                }
                assertThat(values(result, metric, "mean")).hasSize(2);
            }
            assertThat(values(result, Metric.LAUNCH_JNA, "mean")).hasSize(2).allMatch(nanoseconds -> nanoseconds > 1);
            assertThat(values(result, Metric.LAUNCH_MEMORY, "mean")).hasSize(2).allMatch(gigabytes -> gigabytes > 0);
            assertThat(result.checks())
                    .allMatch(check -> check.wrong() == 0 && check.worst() <= 1)
                    .extracting(check -> check.name())
                    .containsExactlyInAnyOrder(
                            "launch.kernel", "launch.gemm.freivalds", "launch.gemm.fp64", "launch.memory");
        }
    }

    @Test
    void benchmarksThatFailBreakTheTestWithTheEndOfTheirLog() throws Exception {
        Ranks ranks = Ranks.of(folder, LAUNCH, LaunchRole.LOAD, 1, 1);
        Files.createDirectory(ranks.environment(0).benchmarks());

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.FAILED);

        assertThat(ranks.result(0).failure().orElseThrow().message())
                .contains("running JMH in process")
                .contains("ended with exit code 70, expected 0")
                .contains("rank-0.jmh.log")
                .contains("rank-0.jmh.json");
        assertThat(ranks.result(0).measurements()).noneMatch(each -> each.metric() == Metric.LAUNCH_JNA);
    }

    @Test
    void thePlanCountsTheBenchmarksThatRun() {
        assertThat(HostBenchmark.values()).hasSize(HostLaunch.BENCHMARKS);
    }

    private static List<Double> values(RankResult result, Metric metric, String score) {
        List<Measurement> found = result.measurements(metric, Map.of("score", score));
        assertThat(found).hasSize(1);
        return found.get(0).samples();
    }
}
