package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.GpuModels;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Telemetry;
import dev.assay.measurement.TelemetryWindow;
import dev.assay.plan.Plan;
import dev.assay.plan.Row;
import dev.assay.run.TelemetryCharts.Watched;
import dev.assay.summary.Chart;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunChartsTest {
    private static final Plan PLAN = Plans.h200(1);

    @Test
    void theRooflineHasTheMedianAndTheWorstGpuOfEachGemm() {
        LaunchResult launch = Launches.of(List.of(gemms(800, 1500), gemms(790, 1400), gemms(700, 1450)));

        List<Chart> charts = RooflineCharts.of(List.of(launch), GpuModels.get("h200-sxm"), "x");

        assertThat(charts).hasSize(1);
        assertThat(charts.get(0).csv().lines().skip(1))
                .containsExactly(
                        "\"fp8-e4m3\",\"8192x8192x8192\",\"burst\",4096.0,1450.0,1400.0,\"node001 GPU 1\",3,1978.8",
                        "\"bf16\",\"8192x8192x8192\",\"sustained\"," + 8192 / 3.0
                                + ",790.0,700.0,\"node001 GPU 2\",3,989.4");
    }

    @Test
    void whatIsNoGemmOfASweepHasNoRoofline() {
        Measurement burn = Measurement.of(Metric.GEMM_TFLOPS, List.of(659.0), Map.of("shape", "8192x8192x8192"));

        assertThat(RooflineCharts.of(List.of(Launches.of(List.of(List.of(burn)))), PLAN.gpuModel(), "x"))
                .isEmpty();
    }

    @Test
    void busBandwidthIsDrawnOverSizesAgainstItsFloorAndCeiling() {
        List<Chart> charts = SizeCharts.of(
                List.of(Launches.of(List.of(collectives(1), collectives(2)))), row("all-reduce-node-of-8"));

        assertThat(charts).hasSize(2);
        assertThat(charts.get(0).svg()).contains("all-reduce ≥ 450", "all-reduce ceiling 787");
        assertThat(charts.get(0).csv())
                .contains("\"all-reduce\",8,1.0\n", "\"all-reduce\",8589934592,8.0\n", "\"broadcast\",8,1.0\n")
                .contains("\"all-reduce max\",8,1.0\n");
    }

    @Test
    void percentilesOfSingleOperationsAreThoseOfTheWorstRankWhereThereAreEnough() {
        List<Chart> charts = SizeCharts.of(
                List.of(Launches.of(List.of(collectives(1), collectives(2)))), row("all-reduce-node-of-8"));

        String csv = charts.get(1).csv();
        assertThat(csv).contains("\"median\",8,101.0\n", "\"p95\",8,190.0\n", "\"p99\",8,198.0\n");
        assertThat(csv).contains("\"p95\",8589934592,38.0\n").doesNotContain("\"p99\",8589934592");
    }

    @Test
    void theTableOfSingleOperationsLeavesOutWhatTooFewCannotTell() {
        String csv = IterationTable.csv(List.of(Launches.of(List.of(collectives(1), collectives(2)))));

        assertThat(csv.lines().skip(1))
                .containsExactly(
                        "\"node\",\"8\",\"\",\"all-reduce\",\"8\",\"float\",\"sum\",\"out\",\"plain\",100,101.0,190.0,198.0",
                        "\"node\",\"8\",\"\",\"all-reduce\",\"8589934592\",\"float\",\"sum\",\"out\",\"plain\",20,21.0,38.0,");
        assertThat(IterationTable.csv(List.of(Launches.of(List.of(gemms(1, 2))))))
                .isEmpty();
    }

    @Test
    void everyWatchedWorkHasATelemetryOfItsOwn() {
        LaunchResult launch = Launches.of(List.of(List.of(), List.of()));
        List<Watched> windows = List.of(
                watched("node001 GPU 0", "bf16", 700), watched("node001 GPU 0", "fp8-e4m3", 690),
                watched("node001 GPU 1", "bf16", 650), watched("node001 GPU 1", "fp8-e4m3", 640));

        List<Chart> charts = TelemetryCharts.charts(windows, "gemm", Map.of(), launch);

        assertThat(charts)
                .extracting(Chart::title)
                .containsExactly(
                        "Telemetry of gemm bf16 8192x8192x8192 sustained, 1 node",
                        "Telemetry of gemm fp8-e4m3 8192x8192x8192 sustained, 1 node");
        assertThat(charts.get(1).csv().lines().skip(1))
                .containsExactly("\"node001 GPU 0\",0.0,,690.0,,", "\"node001 GPU 1\",0.0,,640.0,,");
    }

    @Test
    void theSameNumbersAreDrawnOnce() {
        Chart first = new Chart("with a floor", "<svg/>", "1");

        assertThat(RunCharts.distinct(List.of(first, new Chart("without", "<svg/>", "1"), new Chart("other", "", "2"))))
                .extracting(Chart::title)
                .containsExactly("with a floor", "other");
    }

    private static Watched watched(String gpu, String dtype, double watts) {
        return new Watched(
                gpu,
                new TelemetryWindow(
                        Map.of("dtype", dtype, "shape", "8192x8192x8192", "mode", "sustained", "algorithm", gpu),
                        new Telemetry(List.of(0.0), Map.of(Metric.POWER, List.of(watts)), Map.of())));
    }

    private static List<Measurement> gemms(double sustained, double burst) {
        return List.of(
                Measurement.of(
                        Metric.GEMM_TFLOPS,
                        List.of(sustained, 1.0, 2000.0),
                        Map.of("shape", "8192x8192x8192", "dtype", "bf16", "mode", "sustained")),
                Measurement.of(
                        Metric.GEMM_TFLOPS,
                        List.of(burst),
                        Map.of("shape", "8192x8192x8192", "dtype", "fp8-e4m3", "mode", "burst")));
    }

    /** @param slowness 1 or more */
    private static List<Measurement> collectives(int slowness) {
        return List.of(
                bandwidth("all-reduce", 8, "sum", 2.0 / slowness),
                bandwidth("all-reduce", 8L << 30, "sum", 16.0 / slowness),
                bandwidth("broadcast", 8, "none", 2.0 / slowness),
                bandwidth("all-reduce", 8, "max", 2.0 / slowness),
                iterations(8, 100, slowness),
                iterations(8L << 30, 20, slowness));
    }

    private static Measurement bandwidth(String operation, long bytes, String reduction, double value) {
        return Measurement.of(Metric.COLLECTIVE_BUSBW, List.of(value), conditions(operation, bytes, reduction));
    }

    /** 1, 2, 3 and so on, times the slowness. */
    private static Measurement iterations(long bytes, int count, int slowness) {
        List<Double> times = IntStream.rangeClosed(1, count)
                .mapToObj(i -> (double) i * slowness)
                .toList();
        return Measurement.of(Metric.COLLECTIVE_ITERATION, times, conditions("all-reduce", bytes, "sum"));
    }

    private static Map<String, String> conditions(String operation, long bytes, String reduction) {
        Map<String, String> conditions = new TreeMap<>(Map.of(
                "scope",
                "node",
                "ranks",
                "8",
                "type",
                "float",
                "place",
                "out",
                "mode",
                "plain",
                "operation",
                operation));
        conditions.put("bytes", Long.toString(bytes));
        conditions.put("reduction", reduction);
        return conditions;
    }

    private static Row row(String criterion) {
        return PLAN.rows().stream()
                .filter(row -> row.criterion().id().equals(criterion))
                .findFirst()
                .orElseThrow();
    }
}
