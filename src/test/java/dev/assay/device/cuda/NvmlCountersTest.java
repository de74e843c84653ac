package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Library;
import dev.assay.measurement.Metric;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NvmlCountersTest {
    private final FakeNvml nvml = new FakeNvml();

    @Test
    void eachMetricHasItsOwnId() {
        assertThat(between(counters()))
                .containsEntry(Metric.SM_ACTIVE, GpuReading.of(92.0))
                .containsEntry(Metric.TENSOR_ACTIVE, GpuReading.of(95.0))
                .containsEntry(Metric.DRAM_ACTIVE, GpuReading.of(100.0))
                .containsEntry(Metric.SM_OCCUPANCY, GpuReading.of(93.0));
    }

    @Test
    void trafficIsInGigabytesASecond() {
        nvml.gpmAnswer = (view, entry, id) -> {
            view.putInt(entry + GpmMetricsGet.METRIC_RETURN, 0);
            view.putDouble(entry + GpmMetricsGet.METRIC_VALUE, 1000.0 * id);
        };

        assertThat(between(counters()))
                .containsEntry(Metric.PCIE_SENT, GpuReading.of(20_000 * 1.048576e-3))
                .containsEntry(Metric.PCIE_RECEIVED, GpuReading.of(21_000 * 1.048576e-3))
                .containsEntry(Metric.NVLINK_SENT, GpuReading.of(61_000 * 1.048576e-3))
                .containsEntry(Metric.NVLINK_RECEIVED, GpuReading.of(60_000 * 1.048576e-3));
    }

    @Test
    void aLibraryThatKnowsNoTrafficStillTellsOfTheSms() {
        FakeNvml old = new FakeNvml() {
            @Override
            int nvmlGpmMetricsGet(byte[] metricsGet) {
                int first = NvmlStructs.view(metricsGet).getInt(GpmMetricsGet.METRICS);
                return first == 20 ? 2 : super.nvmlGpmMetricsGet(metricsGet);
            }
        };

        Map<Metric, GpuReading<Double>> readings = between(counters(old));

        assertThat(readings)
                .containsEntry(Metric.SM_ACTIVE, GpuReading.of(92.0))
                .containsEntry(Metric.NVLINK_SENT, GpuReading.refused("Unknown Error (2) by nvmlGpmMetricsGet"));
    }

    @Test
    void aGpuWithoutGpmIsRefusedWithTheReason() {
        nvml.gpmSupport = 0;

        assertThat(counters().sample().text()).contains("has no GPM counters");
        assertThat(nvml.allocations).isZero();
    }

    @Test
    void aSupportStructThatStaysUntouchedIsNoSupport() {
        nvml.gpmSupport = -1;

        assertThat(counters().sample().text()).contains("left nvmlGpmSupport_t as it was");
    }

    @Test
    void aRefusedSampleCarriesNvmlsWordsAndLosesNoBuffer() {
        nvml.refused.put("nvmlGpmSampleGet", 4);
        NvmlCounters counters = counters();

        assertThat(counters.sample().text()).isEqualTo("Insufficient Permissions (4) by nvmlGpmSampleGet");
        assertThat(counters.sample().text()).isEqualTo("Insufficient Permissions (4) by nvmlGpmSampleGet");
        assertThat(nvml.allocations).isEqualTo(1);
    }

    @Test
    void aMetricThatIsRefusedAloneLeavesTheOthers() {
        nvml.gpmAnswer = (view, entry, id) -> {
            view.putInt(entry + GpmMetricsGet.METRIC_RETURN, id == 5 ? 3 : 0);
            view.putDouble(entry + GpmMetricsGet.METRIC_VALUE, id == 5 ? 0 : 50);
        };

        Map<Metric, GpuReading<Double>> readings = between(counters());

        assertThat(readings.get(Metric.TENSOR_ACTIVE))
                .isEqualTo(GpuReading.refused("Not Supported (3) by nvmlGpmMetricsGet of metric 5"));
        assertThat(readings.get(Metric.SM_ACTIVE)).isEqualTo(GpuReading.of(50.0));
    }

    @Test
    void notANumberIsNoReading() {
        nvml.gpmAnswer = (view, entry, id) -> view.putInt(entry + GpmMetricsGet.METRIC_RETURN, 0);

        assertThat(between(counters()).get(Metric.SM_ACTIVE))
                .isEqualTo(GpuReading.refused("nvmlGpmMetricsGet of metric 2 answered NaN"));
    }

    @Test
    void anotherLayoutIsRefusedAndNotRead() {
        nvml.gpmAnswer = (view, entry, id) -> {
            int index = (entry - GpmMetricsGet.METRICS) / GpmMetricsGet.METRIC_SIZE;
            view.putInt(GpmMetricsGet.METRICS + index * 48 + 4, 0);
        };

        assertThat(between(counters()).values())
                .allMatch(reading -> reading.text().contains("another layout"));
    }

    @Test
    void aRefusedCallRefusesAllMetrics() {
        nvml.refused.put("nvmlGpmMetricsGet", 999);

        assertThat(between(counters()).values())
                .hasSize(8)
                .allMatch(reading -> reading.text().equals("Unknown Error (999) by nvmlGpmMetricsGet"));
    }

    @Test
    void samplesAreReusedAndFreed() {
        NvmlCounters counters = counters();
        long first = sample(counters);
        counters.release(first);
        long second = sample(counters);
        long third = sample(counters);

        assertThat(second).isEqualTo(first);
        assertThat(third).isNotEqualTo(first);
        assertThat(nvml.samples).hasSize(2);
        counters.close();
        assertThat(nvml.samples).isEmpty();
    }

    @Test
    void aFullWatchRunsOnNvmlsAnswers() {
        long[] now = {0};
        NvmlCounters counters = counters();
        GpuWatch watch = GpuWatch.begin(counters, () -> now[0]);
        for (int i = 0; i < 10; i++) {
            now[0] += 200_000_000;
            watch.tick();
        }

        var window = watch.end();

        assertThat(window.series().unavailable()).isEmpty();
        assertThat(window.series().columns().get(Metric.POWER)).hasSize(10).containsOnly(692.345);
        assertThat(window.measurements())
                .filteredOn(m -> m.metric() == Metric.SM_ACTIVE)
                .singleElement()
                .satisfies(m -> assertThat(m.conditions().get("source")).startsWith("NVML GPM metric 2, called"));
        counters.close();
        assertThat(nvml.samples).isEmpty();
    }

    private NvmlCounters counters() {
        return counters(nvml);
    }

    private static NvmlCounters counters(FakeNvml nvml) {
        return new NvmlCounters(NvmlGpu.open(nvml, version -> new Library("NVML", "", version, ""), FakeNvml.UUID));
    }

    private static Map<Metric, GpuReading<Double>> between(NvmlCounters counters) {
        return counters.between(sample(counters), sample(counters));
    }

    private static long sample(NvmlCounters counters) {
        return counters.sample().fold(handle -> handle, reason -> {
            throw new AssertionError(reason);
        });
    }
}
