package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.host.HostCpus;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.Gemm;
import dev.assay.workload.HostLaunch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On what JMH 1.37 wrote in a real run on the reference device. */
class JmhResultTest {
    private static final HostLaunch LAUNCH = new HostLaunch(new Gemm(16, 16, 16), 1 << 20, 1, 2, 0.002, 16);
    private static final LaunchRunner.Conditions BESIDE =
            new LaunchRunner.Conditions(new HostCpus("0-1", "performance"), 2);

    /** Scores as they stand in the file. */
    private static final double JNA_1 = 266.9587419956229;

    private static final double JNA_2 = 360.86295127935506;
    private static final double KERNEL_P50_NANOS = 2208.0;
    private static final double COPIES_1 = 84702.12608890797;

    private String recorded = "";

    @BeforeEach
    void read() throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(getClass().getResourceAsStream("/dev/assay/worker/jmh-1.37.json"))) {
            recorded = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void everyBenchmarkBecomesMeasurementsInItsUnit() {
        List<Measurement> found = LaunchRunner.measurements(JmhResult.parse(recorded), LAUNCH, BESIDE);

        assertThat(found).hasSize(11);
        assertThat(only(found, Metric.LAUNCH_JNA, "mean")).containsExactly(JNA_1, JNA_2);
        assertThat(only(found, Metric.LAUNCH_KERNEL, "p50")).containsExactly(KERNEL_P50_NANOS / 1e3);
        assertThat(only(found, Metric.LAUNCH_KERNEL, "p99")).allMatch(p99 -> p99 > KERNEL_P50_NANOS / 1e3);
        assertThat(only(found, Metric.LAUNCH_MEMORY, "mean").get(0))
                .isCloseTo(COPIES_1 * 2 * (1 << 20) / 2 / 1e9, within(1e-9));
        assertThat(found)
                .filteredOn(measurement -> measurement.metric() == Metric.LAUNCH_GEMM)
                .allMatch(measurement ->
                        "16x16x16".equals(measurement.conditions().get("shape"))
                                && "performance".equals(measurement.conditions().get("governor"))
                                && "1.37".equals(measurement.conditions().get("jmh")));
    }

    /** The mean over all samples that JMH itself tells, from the iterations' means and counts. */
    @Test
    void anIterationsScoreIsTheMeanOfItsSamples() {
        JmhResult kernel = JmhResult.parse(recorded).get(1);

        assertThat(kernel.benchmark()).endsWith("KernelLaunch.measure");
        assertThat(kernel.iterations()).hasSize(2);
        double score = kernel.primary().path("score").doubleValue();
        assertThat(score)
                .isBetween(
                        Math.min(kernel.iterations().get(0), kernel.iterations().get(1)),
                        Math.max(kernel.iterations().get(0), kernel.iterations().get(1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"avgt\"|\"ss\"|of JnaCall, expected one",
                "\"ns/op\"|\"us/op\"|of JnaCall, expected one",
                "KernelLaunch.measure|JnaCall.measure|of KernelLaunch, expected one",
                "\"rawDataHistogram\"|\"raw\"|KernelLaunch.measure rawDataHistogram: found nothing",
                "\"50.0\" : |\"50\" : |scorePercentiles 50.0: found nothing",
                "\"threads\" : 2|\"threads\" : 3|of HostCopy, expected one",
                "\"jmhVersion\" : \"1.37\"|\"jmhVersion\" : 1.37|expected a text"
            })
    void whatIsMissingIsNoScore(String piece, String by, String words) {
        assertThat(recorded).contains(piece);
        String changed = recorded.replace(piece, by);

        assertThatThrownBy(() -> LaunchRunner.measurements(JmhResult.parse(changed), LAUNCH, BESIDE))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("reading JMH's results: ")
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"NaN\"", "NaN", "-1.0", "null", "1e999"})
    void whatIsNoNumberIsNoScore(String score) {
        String changed = recorded.replace(Double.toString(JNA_1), score);

        assertThatThrownBy(() -> LaunchRunner.measurements(JmhResult.parse(changed), LAUNCH, BESIDE))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("reading JMH's results: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "[{}]", "garbage", "[[]]"})
    void garbageIsNoResult(String text) {
        assertThatThrownBy(() -> JmhResult.parse(text))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("reading JMH's results: ");
    }

    @Test
    void whatNobodyAskedForIsNoResult() {
        String twice = recorded.strip();
        String more = twice.substring(0, twice.length() - 1) + ","
                + twice.substring(1).replace("dev.assay.benchmark.", "dev.assay.benchmark.Other");

        assertThatThrownBy(() -> LaunchRunner.measurements(JmhResult.parse(more), LAUNCH, BESIDE))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("found 10 benchmarks, expected 5");
    }

    @Test
    void fewerIterationsThanAskedForAreNoResult() {
        HostLaunch more = new HostLaunch(LAUNCH.gemm(), LAUNCH.copyBytes(), 1, 3, 0.002, 16);

        assertThatThrownBy(() -> LaunchRunner.measurements(JmhResult.parse(recorded), more, BESIDE))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("expected one with 3 iterations");
    }

    private static List<Double> only(List<Measurement> all, Metric metric, String score) {
        List<Measurement> found = all.stream()
                .filter(each -> each.metric() == metric)
                .filter(each -> Map.of("score", score).entrySet().stream()
                        .allMatch(condition ->
                                condition.getValue().equals(each.conditions().get(condition.getKey()))))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0).samples();
    }
}
