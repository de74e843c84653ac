package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Library;
import dev.assay.measurement.Metric;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NvmlHealthTest {
    private final FakeNvml nvml = new FakeNvml();

    @Test
    void eachMetricComesFromItsOwnCounter() {
        nvml.remapped[2] = 1;
        nvml.retired[0] = 4;
        nvml.retired[1] = 2;
        nvml.violationNanos.put(0, 12_500_000L);
        nvml.violationNanos.put(1, 250_000L);

        Map<Metric, GpuReading<Double>> readings = health().read();

        assertThat(readings)
                .containsEntry(Metric.ECC_CORRECTED, GpuReading.of(3.0))
                .containsEntry(Metric.ECC_CORRECTED_LIFETIME, GpuReading.of(40.0))
                .containsEntry(Metric.ECC_UNCORRECTED, GpuReading.of(0.0))
                .containsEntry(Metric.ECC_UNCORRECTED_LIFETIME, GpuReading.of(5.0))
                .containsEntry(Metric.ECC_MODE, GpuReading.of(1.0))
                .containsEntry(Metric.REMAPPED_ROWS, GpuReading.of(3.0))
                .containsEntry(Metric.REMAPPED_PENDING, GpuReading.of(1.0))
                .containsEntry(Metric.REMAPPED_FAILURE, GpuReading.of(0.0))
                .containsEntry(Metric.RETIRED_PAGES, GpuReading.of(6.0))
                .containsEntry(Metric.PCIE_REPLAYS, GpuReading.of(7.0))
                .containsEntry(Metric.NVLINK_ACTIVE, GpuReading.of(18.0))
                .containsEntry(Metric.VIOLATION_POWER, GpuReading.of(12.5))
                .containsEntry(Metric.VIOLATION_THERMAL, GpuReading.of(0.25))
                .containsEntry(Metric.PERSISTENCE, GpuReading.of(1.0));
    }

    @ParameterizedTest
    @CsvSource({
        "nvmlDeviceGetTotalEccErrors, ECC_UNCORRECTED",
        "nvmlDeviceGetEccMode, ECC_MODE",
        "nvmlDeviceGetRemappedRows, REMAPPED_PENDING",
        "nvmlDeviceGetRemappedRows, REMAPPED_FAILURE",
        "nvmlDeviceGetRetiredPages, RETIRED_PAGES",
        "nvmlDeviceGetPcieReplayCounter, PCIE_REPLAYS",
        "nvmlDeviceGetNvLinkState, NVLINK_ACTIVE",
        "nvmlDeviceGetNvLinkErrorCounter, NVLINK_ERRORS",
        "nvmlDeviceGetNvLinkErrorCounter, NVLINK_REPLAYS",
        "nvmlDeviceGetNvLinkState, NVLINK_REPLAYS",
        "nvmlDeviceGetViolationStatus, VIOLATION_POWER",
        "nvmlDeviceGetViolationStatus, VIOLATION_THERMAL",
        "nvmlDeviceGetPersistenceMode, PERSISTENCE"
    })
    void whatNvmlRefusesIsItsReasonAndNeverZero(String call, Metric metric) {
        nvml.refused.put(call, 3);

        Map<Metric, GpuReading<Double>> readings = health().read();

        assertThat(readings.get(metric)).isInstanceOf(GpuReading.Refused.class);
        assertThat(text(readings, metric)).startsWith("Not Supported (3) by " + call);
    }

    @Test
    void whereTheOldCallIsGoneTheFieldsTellOfViolations() {
        nvml.refused.put("nvmlDeviceGetViolationStatus", 3);
        nvml.wideFields.put(74, 12_500_000L);
        nvml.wideFields.put(269, 200_000L);
        nvml.wideFields.put(270, 50_000L);

        assertThat(health().read())
                .containsEntry(Metric.VIOLATION_POWER, GpuReading.of(12.5))
                .containsEntry(Metric.VIOLATION_THERMAL, GpuReading.of(0.25));
    }

    @Test
    void whereHalfOfTheFieldsIsRefusedNothingTellsOfViolations() {
        nvml.refused.put("nvmlDeviceGetViolationStatus", 3);
        nvml.wideFields.put(269, 0L);

        assertThat(text(health().read(), Metric.VIOLATION_THERMAL))
                .isEqualTo("Not Supported (3) by nvmlDeviceGetViolationStatus; Not Supported (3) by"
                        + " nvmlDeviceGetFieldValues of field 270");
    }

    @Test
    void aLinkThatIsDownIsNotCountedAndNotAskedForErrors() {
        nvml.downLinks.add(11);
        nvml.linkErrors.put(List.of(3, 0), 5L);
        nvml.linkErrors.put(List.of(17, 1), 2L);
        nvml.linkErrors.put(List.of(0, 2), 30L);
        nvml.linkErrors.put(List.of(0, 4), 1000L);

        Map<Metric, GpuReading<Double>> readings = health().read();

        assertThat(readings)
                .containsEntry(Metric.NVLINK_ACTIVE, GpuReading.of(17.0))
                .containsEntry(Metric.NVLINK_REPLAYS, GpuReading.of(7.0))
                .containsEntry(Metric.NVLINK_ERRORS, GpuReading.of(37.0));
    }

    @Test
    void aGpuWithFewerLinksHasSoManyUp() {
        nvml.linkCount = 12;

        assertThat(health().read())
                .containsEntry(Metric.NVLINK_ACTIVE, GpuReading.of(12.0))
                .containsEntry(Metric.NVLINK_ERRORS, GpuReading.of(0.0));
    }

    @Test
    void aGpuWithoutLinksTellsNothingOfThem() {
        nvml.linkCount = 0;

        Map<Metric, GpuReading<Double>> readings = health().read();

        assertThat(text(readings, Metric.NVLINK_ACTIVE))
                .isEqualTo("Unknown Error (2) by nvmlDeviceGetNvLinkState of link 0");
        assertThat(readings.get(Metric.NVLINK_ERRORS)).isEqualTo(readings.get(Metric.NVLINK_ACTIVE));
    }

    @Test
    void linksThatAreAllDownAreNoneAndHaveNoErrorsToTell() {
        IntStream.range(0, 18).forEach(nvml.downLinks::add);

        Map<Metric, GpuReading<Double>> readings = health().read();

        assertThat(readings).containsEntry(Metric.NVLINK_ACTIVE, GpuReading.of(0.0));
        assertThat(text(readings, Metric.NVLINK_ERRORS)).isEqualTo("no NVLink is active");
    }

    @Test
    void countersAreUnsignedAndMorePagesThanRoomAreCounted() {
        nvml.replays = -1;
        nvml.retired[1] = 700;

        assertThat(health().read())
                .containsEntry(Metric.PCIE_REPLAYS, GpuReading.of(4_294_967_295.0))
                .containsEntry(Metric.RETIRED_PAGES, GpuReading.of(700.0));
    }

    @Test
    void aCounterWithAllBitsSetCountsNothing() {
        nvml.ecc[1][0] = -1;
        nvml.linkErrors.put(List.of(3, 1), -1L);

        Map<Metric, GpuReading<Double>> readings = health().read();

        assertThat(text(readings, Metric.ECC_UNCORRECTED))
                .isEqualTo("nvmlDeviceGetTotalEccErrors answered -1, which counts nothing");
        assertThat(text(readings, Metric.NVLINK_ERRORS)).contains("of link 3, counter 1 answered -1");
    }

    @Test
    void foreignIsWhoeverIsNotThisProcess() {
        nvml.computePids.addAll(List.of(4711, 881, 4712));

        assertThat(health().foreignProcesses(881, Set.of())).isEqualTo(GpuReading.of(List.of(4711, 4712)));
    }

    @Test
    void whatThisProcessStartedIsNotForeign() {
        nvml.computePids.addAll(List.of(4711, 881, 4712));

        assertThat(health().foreignProcesses(881, Set.of(4712L, 99L))).isEqualTo(GpuReading.of(List.of(4711)));
    }

    @Test
    void aListWithoutThisProcessHidesOthersToo() {
        assertThat(health().foreignProcesses(881, Set.of()).text()).contains("does not list this process (881)");
        nvml.computePids.add(4711);
        assertThat(health().foreignProcesses(881, Set.of()).text()).contains("does not list this process (881)");
    }

    private static String text(Map<Metric, GpuReading<Double>> readings, Metric metric) {
        return Objects.requireNonNull(readings.get(metric)).text();
    }

    private NvmlHealth health() {
        return new NvmlHealth(NvmlGpu.open(nvml, version -> new Library("NVML", "", version, ""), FakeNvml.UUID));
    }
}
