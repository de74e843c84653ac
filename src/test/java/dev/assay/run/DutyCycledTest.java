package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real run of real processes on this host, one of which rests half of the time that it is watched, and which ends well. That
 * SM-active sees it can be shown on a GPU alone ({@code src/test/gpu/faults}): the reference device has no sampler.
 */
@Tag("whole-run")
@Timeout(120)
class DutyCycledTest {
    @TempDir
    Path folder;

    @Test
    void theLoadPausesWhileItIsWatched() throws IOException {
        Run run = WholeRun.prepare(folder, List.of("here1", "here2"), "1", DutyCycledWorker.class);

        LaunchResult launch = run.result("burn").launches().get(0);

        List<RankResult> ranks = launch.ranks();
        assertThat(launch.whole()).as("%s", launch.troubles()).isTrue();
        assertThat(longest(ranks.get(1)))
                .as("a batch with a rest of half a second in it, of one without")
                .isGreaterThan(100 * shortest(ranks.get(1)));
    }

    /** Of the same work a batch, times are as the rates upside down. */
    private static double longest(RankResult rank) {
        return 1
                / samples(rank, Metric.GEMM_TFLOPS).stream()
                        .min(Double::compare)
                        .orElseThrow();
    }

    private static double shortest(RankResult rank) {
        return 1
                / samples(rank, Metric.GEMM_TFLOPS).stream()
                        .max(Double::compare)
                        .orElseThrow();
    }

    private static List<Double> samples(RankResult rank, Metric metric) {
        return rank.measurement(metric).map(Measurement::samples).orElseThrow();
    }
}
