package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.DeviceException;
import dev.assay.device.MemoryUse;
import dev.assay.measurement.Library;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NvmlGpuTest {
    private final FakeNvml nvml = new FakeNvml();

    @Test
    void identityComesFromNvml() {
        NvmlGpu gpu = open();

        assertThat(gpu.serial()).isEqualTo("1650224012345");
        assertThat(gpu.driver()).isEqualTo("580.159.04");
        assertThat(gpu.memoryBytes()).isEqualTo(150_754_820_096L);
        assertThat(gpu.maxSmClockMhz()).isEqualTo(1980);
        assertThat(gpu.library().version()).isEqualTo("13.580.159.04");
    }

    @Test
    void readingsAreInTheUnitsOfTheirNames() {
        NvmlGpu gpu = open();

        assertThat(gpu.powerWatt()).isEqualTo(GpuReading.of(692.345));
        assertThat(gpu.enforcedPowerLimitWatt()).isEqualTo(GpuReading.of(650.0));
        assertThat(gpu.energyJoule()).isEqualTo(GpuReading.of(9_876_543_210.123));
        assertThat(gpu.smClockMhz()).isEqualTo(GpuReading.of(1515.0));
        assertThat(gpu.temperatureCelsius()).isEqualTo(GpuReading.of(58.0));
        assertThat(gpu.residentPercent()).isEqualTo(GpuReading.of(100.0));
        assertThat(gpu.throttleReasons()).isEqualTo(GpuReading.of(0x24L));
    }

    @Test
    void factsAreInWords() {
        nvml.computePids.addAll(List.of((int) ProcessHandle.current().pid(), 4_100_001, 4_100_002));

        Map<String, String> facts = open().facts();

        assertThat(facts)
                .containsEntry("vbios", "96.00.A5.00.01")
                .containsEntry("pciBusId", "00000000:1B:00.0")
                .containsEntry("cudaDriverVersion", "12.4")
                .containsEntry("persistenceMode", "enabled")
                .containsEntry("computeMode", "exclusive process")
                .containsEntry("eccMode", "enabled")
                .containsEntry("migMode", "disabled")
                .containsEntry("powerLimitDefault", "700.0 W")
                .containsEntry("powerLimitEnforced", "650.0 W")
                .containsEntry("powerLimitMin", "200.0 W")
                .containsEntry("powerLimitMax", "700.0 W")
                .containsEntry("pcieGenerationCurrent", "4")
                .containsEntry("pcieGenerationMax", "5")
                .containsEntry("pcieWidthCurrent", "8")
                .containsEntry("pcieWidthMax", "16")
                .containsEntry("nvlinkVersion", "7")
                .containsEntry("temperature", "58 °C")
                .containsEntry("temperatureSlowdown", "87 °C")
                .containsEntry("temperatureShutdown", "92 °C")
                .containsEntry("powerInstant", "701.5 W")
                .containsEntry("throttleReasons", "0x24")
                .containsEntry("foreignComputeProcesses", "2");
        assertThat(facts.get("computeProcesses")).contains("(this process)", "4100001", "4100002");
    }

    @Test
    void whatNvmlCannotTellHasItsReason() {
        nvml.refused.put("nvmlDeviceGetMigMode", 3);
        nvml.refused.put("nvmlDeviceGetPowerManagementLimitConstraints", 4);
        nvml.refused.put("nvmlDeviceGetSerial", 3);
        nvml.refused.put("nvmlDeviceGetComputeRunningProcesses_v3", 4);

        NvmlGpu gpu = open();

        assertThat(gpu.serial()).isEqualTo("Not Supported (3) by nvmlDeviceGetSerial");
        assertThat(gpu.facts())
                .containsEntry("migMode", "Not Supported (3) by nvmlDeviceGetMigMode")
                .containsEntry("temperatureMemory", "Not Supported (3) by nvmlDeviceGetFieldValues of field 82")
                .containsEntry(
                        "powerLimitMin", "Insufficient Permissions (4) by nvmlDeviceGetPowerManagementLimitConstraints")
                .containsEntry(
                        "foreignComputeProcesses",
                        "Insufficient Permissions (4) by nvmlDeviceGetComputeRunningProcesses_v3");
    }

    @Test
    void aModeThatChangesWithTheNextResetSaysSo() {
        nvml.eccPending = 0;

        assertThat(open().facts()).containsEntry("eccMode", "enabled, disabled after a reset");
    }

    @Test
    void moreProcessesThanExpectedAreAllCounted() {
        IntStream.range(4_200_000, 4_200_100).forEach(nvml.computePids::add);

        assertThat(open().facts()).containsEntry("foreignComputeProcesses", "100");
    }

    @Test
    void whatIdentityNeedsMustBeReadable() {
        nvml.refused.put("nvmlDeviceGetMemoryInfo", 999);

        assertThatThrownBy(open()::memoryBytes)
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining(FakeNvml.UUID)
                .hasMessageContaining("Unknown Error (999) by nvmlDeviceGetMemoryInfo");
    }

    @Test
    void whatNvmlCountsAsUsedIsToldWithTheDriversOwnPart() {
        assertThat(open().memoryUse())
                .isEqualTo(GpuReading.of(new MemoryUse(754_820_096L, 600_000_000L, "nvmlDeviceGetMemoryInfo_v2")));

        nvml.refused.put("nvmlDeviceGetMemoryInfo_v2", 999);

        assertThat(open().memoryUse().text()).isEqualTo("Unknown Error (999) by nvmlDeviceGetMemoryInfo_v2");
    }

    @Test
    void anUnknownGpuIsNamedAndNvmlGivenBack() {
        assertThatThrownBy(() -> NvmlGpu.open(nvml, NvmlGpuTest::library, "GPU-none"))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("GPU-none")
                .hasMessageContaining("nvmlDeviceGetHandleByUUID answered Not Found (6)");
        assertThat(nvml.inits).isZero();
    }

    @Test
    void withoutDriverTheMessageSaysSo() {
        nvml.refused.put("nvmlInit_v2", 9);

        assertThatThrownBy(this::open)
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("nvmlInit_v2 answered Driver Not Loaded (9)");
    }

    @Test
    void eachOpenIsClosedOnce() {
        NvmlGpu first = open();
        NvmlGpu second = open();

        first.close();
        first.close();

        assertThat(nvml.inits).isEqualTo(1);
        second.close();
        assertThat(nvml.inits).isZero();
    }

    private NvmlGpu open() {
        return NvmlGpu.open(nvml, NvmlGpuTest::library, FakeNvml.UUID);
    }

    private static Library library(String version) {
        return new Library("NVML", "/usr/lib/libnvidia-ml.so.1", version, "");
    }
}
