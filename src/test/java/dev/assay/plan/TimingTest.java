package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.Nics;
import dev.assay.job.Journal;
import dev.assay.workload.Gemm;
import dev.assay.workload.GemmFinder;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Memtest;
import dev.assay.workload.Precision;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictions beside what jobs really took. */
class TimingTest {
    private static final Path RUN = Path.of("src/test/resources/runs/h200-x2");

    /** From submission to end, as the journal of the run on two H200 has it; the queue was empty. */
    private static double took(String experiment) {
        List<Journal.Entry> entries = Journal.read(RUN.resolve("journal.ndjson"));
        String tag = entries.stream()
                .filter(entry -> entry.event().equals("INTENT")
                        && entry.detail("experiment").orElse("").equals(experiment))
                .findFirst()
                .flatMap(entry -> entry.detail("tag"))
                .orElseThrow();
        return Duration.between(time(entries, "SUBMITTED", tag), time(entries, "ENDED", tag))
                        .toMillis()
                / 1e3;
    }

    private static Instant time(List<Journal.Entry> entries, String event, String tag) {
        return entries.stream()
                .filter(entry -> entry.event().equals(event)
                        && entry.detail("tag").orElse("").equals(tag))
                .map(entry -> Instant.parse(entry.time()))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"burn", "coupled"})
    void jobsOnRealGpusTookWhatIsPredictedNow(String id) {
        Plan plan = PlanJson.read(RUN.resolve("plan.json"));
        Experiment experiment = plan.experiment(id);

        double predicted = Timing.expectedSeconds(plan.cluster(), experiment.workload(), experiment.launches());

        assertThat(took(id)).isBetween(30.0, 200.0).isCloseTo(predicted, withinPercentage(15));
    }

    /** 312 of 989 TFLOPS, 2.0 of 4.8 TB/s, and 80 of 140 GiB. */
    @Test
    void aSlowerGpuTakesLonger() {
        Cluster fast = PlannerTest.h200(1, 8, new Nics(8, 400), false);
        Cluster slow = of("a100-sxm-80gb", fast);
        GemmSweep bf16 = new GemmSweep(
                List.of(new Gemm(16_384, 16_384, 16_384)),
                List.of(),
                0,
                10,
                0,
                0,
                1,
                20,
                new GemmFinder(Precision.BF16, List.of(4096), 1, 20));
        Memtest memtest = Sizes.memtest(fast, GpuModels.get("h200-sxm"), Suite.STANDARD);

        assertThat(Timing.partSeconds(slow, bf16, 1) / Timing.partSeconds(fast, bf16, 1))
                .isBetween(2.5, 3.3);
        assertThat(Timing.partSeconds(slow, memtest, 1) / Timing.partSeconds(fast, memtest, 1))
                .isCloseTo(81_920 / 143_771.0 * 4800 / 2039, withinPercentage(3));
    }

    private static Cluster of(String gpuModel, Cluster of) {
        return new Cluster(
                of.name(),
                of.launcher(),
                of.device(),
                of.nodes(),
                of.gpusPerNode(),
                gpuModel,
                of.nics(),
                of.sharedHost(),
                of.slurm(),
                List.of(),
                of.environment(),
                List.of(),
                Optional.empty(),
                List.of());
    }
}
