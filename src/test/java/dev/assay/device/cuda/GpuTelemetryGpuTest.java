package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.device.Telemetry.Window;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.ElementType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@NeedsGpu
class GpuTelemetryGpuTest {
    private static final List<Metric> ALWAYS_THERE = List.of(
            Metric.POWER, Metric.ENERGY, Metric.POWER_LIMIT, Metric.SM_CLOCK, Metric.TEMPERATURE, Metric.GPU_RESIDENT);

    @Test
    void aBusyGpuIsSeenBusyOrTheReasonIsThere() {
        Window window = watchFills(Duration.ofMillis(2500));

        Optional<Measurement> active = measured(window, Metric.SM_ACTIVE);
        if (active.isEmpty()) {
            assertThat(window.series().unavailable().get(Metric.SM_ACTIVE)).isNotBlank();
            return;
        }
        assertThat(active.get().samples().get(0)).isBetween(20.0, 100.5);
        assertThat(active.get().conditions().get("source")).startsWith("NVML GPM metric 2, called");
        assertThat(measured(window, Metric.SM_ACTIVE_SECOND).orElseThrow().samples())
                .hasSize(2);
        assertThat(measured(window, Metric.TENSOR_ACTIVE)
                        .orElseThrow()
                        .samples()
                        .get(0))
                .isBetween(0.0, 5.0);
    }

    @Test
    void gaugesAreReadAtTheRatePromised() {
        Window window = watchFills(Duration.ofMillis(2500));

        for (Metric metric : ALWAYS_THERE) {
            boolean measured = measured(window, metric).isPresent();
            boolean refused = window.series().unavailable().containsKey(metric);
            assertThat(measured ^ refused).as(metric.key()).isTrue();
        }
        assertThat(measured(window, Metric.TELEMETRY_RATE)
                        .orElseThrow()
                        .samples()
                        .get(0))
                .isBetween(4.0, 6.0);
        assertThat(measured(window, Metric.TELEMETRY_COVERAGE)
                        .orElseThrow()
                        .samples()
                        .get(0))
                .isGreaterThan(95);
    }

    @Test
    void factsAreToldOrRefusedInWords() {
        try (Device device = CudaDevice.open(0, List.of());
                NvmlGpu gpu = NvmlGpu.open(device.identity().uuid(), List.of())) {
            Map<String, String> facts = gpu.facts();

            assertThat(facts.values()).noneMatch(String::isBlank);
            assertThat(facts.get("pciBusId")).matches("[0-9A-F]{8}:[0-9A-F]{2}:[0-9A-F]{2}\\.0");
            assertThat(gpu.driver()).matches("\\d+\\.[0-9.]+");
            assertThat(gpu.memoryBytes()).isGreaterThan(1L << 30);
            assertThat(gpu.maxSmClockMhz()).isBetween(500.0, 5000.0);
        }
    }

    private static Window watchFills(Duration duration) {
        long elements = 1L << 26;
        try (Device device = CudaDevice.open(0, List.of());
                DeviceMemory memory = device.allocate(2 * elements);
                Stream stream = device.newStream();
                Telemetry telemetry = device.newTelemetry()) {
            device.fillMatrix(memory, ElementType.BF16, elements, 1, stream);
            stream.synchronize(Duration.ofSeconds(30));
            telemetry.begin();
            long start = System.nanoTime();
            for (long seed = 2; System.nanoTime() - start < duration.toNanos(); seed++) {
                for (int i = 0; i < 20; i++) {
                    device.fillMatrix(memory, ElementType.BF16, elements, seed, stream);
                }
                stream.synchronize(Duration.ofSeconds(30));
            }
            return telemetry.end();
        }
    }

    private static Optional<Measurement> measured(Window window, Metric metric) {
        return window.measurements().stream().filter(m -> m.metric() == metric).findFirst();
    }
}
