package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Health;
import dev.assay.device.Telemetry;
import dev.assay.device.Telemetry.Window;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@NeedsGpu
class GpuHealthGpuTest {
    @Test
    void everyMetricHasAValueOrNvmlsReason() {
        try (Device device = CudaDevice.open(0, List.of());
                Health health = device.newHealth()) {
            health.begin();
            Health.Report report = health.end();

            for (Metric metric : Health.METRICS) {
                boolean measured = measured(report.measurements(), metric).isPresent();
                String reason = report.unavailable().getOrDefault(metric, "");
                assertThat(measured ^ !reason.isBlank())
                        .as(metric.key() + " " + reason)
                        .isTrue();
            }
        }
    }

    @Test
    void countersOfAnIdleMomentStandStill() {
        try (Device device = CudaDevice.open(0, List.of());
                Health health = device.newHealth()) {
            health.begin();
            Health.Report report = health.end();

            for (Metric metric : List.of(Metric.ECC_UNCORRECTED, Metric.PCIE_REPLAYS, Metric.REMAPPED_ROWS)) {
                measured(report.measurements(), metric)
                        .ifPresent(found -> assertThat(found.samples().get(1))
                                .as(metric.key())
                                .isEqualTo(found.samples().get(0)));
            }
            measured(report.measurements(), Metric.NVLINK_ACTIVE)
                    .ifPresent(links -> assertThat(links.samples()).allMatch(up -> up >= 0 && up <= 18));
        }
    }

    @Test
    void copiesFromTheHostShowOnTheLink() {
        long bytes = 1L << 26;
        try (Device device = CudaDevice.open(0, List.of());
                DeviceMemory memory = device.allocate(bytes);
                Telemetry telemetry = device.newTelemetry()) {
            byte[] content = new byte[(int) bytes];
            telemetry.begin();
            long start = System.nanoTime();
            while (System.nanoTime() - start < 1_500_000_000L) {
                memory.write(content);
            }
            Window window = telemetry.end();

            Optional<Measurement> received = measured(window.measurements(), Metric.PCIE_RECEIVED);
            received.ifPresentOrElse(
                    found -> assertThat(found.samples().get(0)).isBetween(0.1, 64.0),
                    () -> assertThat(window.series().unavailable().get(Metric.PCIE_RECEIVED))
                            .isNotBlank());
            measured(window.measurements(), Metric.PCIE_GENERATION)
                    .ifPresent(found -> assertThat(found.samples()).allMatch(each -> each >= 1 && each <= 6));
        }
    }

    @Test
    void bytesFromTheHostAreCountedAroundTheWork() {
        byte[] content = new byte[1 << 26];
        try (Device device = CudaDevice.open(0, List.of());
                DeviceMemory memory = device.allocate(content.length);
                Health health = device.newHealth()) {
            health.begin();
            double moved = 0;
            for (long start = System.nanoTime(); System.nanoTime() - start < 2_000_000_000L; moved += content.length) {
                memory.write(content);
            }
            Health.Report report = health.end();

            double least = 0.8 * moved;
            measured(report.measurements(), Metric.PCIE_BYTES_RECEIVED)
                    .ifPresentOrElse(
                            found -> assertThat(found.samples().get(0)).isGreaterThan(least),
                            () -> assertThat(report.unavailable().get(Metric.PCIE_BYTES_RECEIVED))
                                    .isNotBlank());
        }
    }

    private static Optional<Measurement> measured(List<Measurement> measurements, Metric metric) {
        return measurements.stream().filter(m -> m.metric() == metric).findFirst();
    }
}
