package dev.assay.device.cuda;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A GPU's identity and settings, in words, as a reviewer reads them beside the figures: what can make two GPUs of one model
 * differ. What NVML cannot tell has NVML's reason as its value.
 */
final class NvmlFacts {
    private final NvmlGpu gpu;
    private final Nvml nvml;
    private final long device;
    private final Map<String, String> facts = new LinkedHashMap<>();

    NvmlFacts(NvmlGpu gpu) {
        this.gpu = gpu;
        this.nvml = gpu.nvml();
        this.device = gpu.device();
    }

    Map<String, String> all() {
        firmware();
        modes();
        powerLimits();
        pcie();
        nvlink();
        temperatures();
        facts.put("powerInstant", field("W", Nvml.NVML_FI_DEV_POWER_INSTANT, 1000));
        facts.put(
                "throttleReasons",
                gpu.throttleReasons().map(bits -> "0x" + Long.toHexString(bits)).text());
        processes();
        return Map.copyOf(facts);
    }

    private void firmware() {
        facts.put(
                "vbios",
                gpu.text(
                                "nvmlDeviceGetVbiosVersion",
                                Nvml.NVML_DEVICE_VBIOS_VERSION_BUFFER_SIZE,
                                buffer -> nvml.nvmlDeviceGetVbiosVersion(device, buffer, buffer.length))
                        .text());
        byte[] pci = new byte[NvmlStructs.PCI_INFO_SIZE];
        facts.put(
                "pciBusId",
                gpu.answer("nvmlDeviceGetPciInfo_v3", nvml.nvmlDeviceGetPciInfo_v3(device, pci), pci)
                        .map(NvmlStructs::busId)
                        .text());
        facts.put(
                "cudaDriverVersion",
                gpu.integer("nvmlSystemGetCudaDriverVersion_v2", nvml::nvmlSystemGetCudaDriverVersion_v2)
                        .map(NvmlFacts::cudaVersion)
                        .text());
    }

    private void modes() {
        facts.put(
                "persistenceMode",
                gpu.integer("nvmlDeviceGetPersistenceMode", out -> nvml.nvmlDeviceGetPersistenceMode(device, out))
                        .map(NvmlFacts::enabled)
                        .text());
        facts.put(
                "computeMode",
                gpu.integer("nvmlDeviceGetComputeMode", out -> nvml.nvmlDeviceGetComputeMode(device, out))
                        .map(NvmlFacts::computeMode)
                        .text());
        facts.put("eccMode", currentAndPending("nvmlDeviceGetEccMode", nvml::nvmlDeviceGetEccMode));
        facts.put("migMode", currentAndPending("nvmlDeviceGetMigMode", nvml::nvmlDeviceGetMigMode));
    }

    private void powerLimits() {
        facts.put(
                "powerLimitDefault",
                gpu.integer(
                                "nvmlDeviceGetPowerManagementDefaultLimit",
                                out -> nvml.nvmlDeviceGetPowerManagementDefaultLimit(device, out))
                        .map(NvmlFacts::watt)
                        .text());
        facts.put(
                "powerLimitEnforced",
                gpu.enforcedPowerLimitWatt().map(watt -> watt + " W").text());
        int[] min = new int[1];
        int[] max = new int[1];
        int status = nvml.nvmlDeviceGetPowerManagementLimitConstraints(device, min, max);
        String call = "nvmlDeviceGetPowerManagementLimitConstraints";
        facts.put(
                "powerLimitMin",
                gpu.answer(call, status, min[0]).map(NvmlFacts::watt).text());
        facts.put(
                "powerLimitMax",
                gpu.answer(call, status, max[0]).map(NvmlFacts::watt).text());
    }

    /** The current generation of an idle GPU may be below the one under load. */
    private void pcie() {
        number(
                "pcieGenerationCurrent",
                "nvmlDeviceGetCurrPcieLinkGeneration",
                nvml::nvmlDeviceGetCurrPcieLinkGeneration);
        number("pcieGenerationMax", "nvmlDeviceGetMaxPcieLinkGeneration", nvml::nvmlDeviceGetMaxPcieLinkGeneration);
        number("pcieWidthCurrent", "nvmlDeviceGetCurrPcieLinkWidth", nvml::nvmlDeviceGetCurrPcieLinkWidth);
        number("pcieWidthMax", "nvmlDeviceGetMaxPcieLinkWidth", nvml::nvmlDeviceGetMaxPcieLinkWidth);
    }

    /** {@code NVML_NVLINK_VERSION_*} of the first link: 7 is NVLink 4.0. */
    private void nvlink() {
        facts.put(
                "nvlinkVersion",
                gpu.integer("nvmlDeviceGetNvLinkVersion", out -> nvml.nvmlDeviceGetNvLinkVersion(device, 0, out))
                        .text());
    }

    private void temperatures() {
        facts.put(
                "temperature",
                gpu.temperatureCelsius().map(c -> Math.round(c) + " °C").text());
        facts.put("temperatureMemory", field("°C", Nvml.NVML_FI_DEV_MEMORY_TEMP, 1));
        facts.put("temperatureSlowdown", threshold(Nvml.NVML_TEMPERATURE_THRESHOLD_SLOWDOWN));
        facts.put("temperatureShutdown", threshold(Nvml.NVML_TEMPERATURE_THRESHOLD_SHUTDOWN));
    }

    /**
     * Processes with a compute context here, and how many are not this one. In a container with process ids of its own NVML
     * may hide the others; then this process is missing from the list too.
     */
    private void processes() {
        GpuReading<int[]> pids = gpu.computeProcesses();
        long self = ProcessHandle.current().pid();
        facts.put(
                "foreignComputeProcesses",
                pids.map(all -> Arrays.stream(all).filter(pid -> pid != self).count())
                        .text());
        facts.put(
                "computeProcesses",
                pids.map(all -> Arrays.stream(all)
                                .mapToObj(pid -> pid == self ? pid + " (this process)" : String.valueOf(pid))
                                .collect(Collectors.joining(", ", "[", "]")))
                        .text());
    }

    private void number(String fact, String call, DeviceCall function) {
        facts.put(fact, gpu.integer(call, out -> function.read(device, out)).text());
    }

    private String threshold(int type) {
        return gpu.integer(
                        "nvmlDeviceGetTemperatureThreshold",
                        out -> nvml.nvmlDeviceGetTemperatureThreshold(device, type, out))
                .map(celsius -> celsius + " °C")
                .text();
    }

    private String field(String unit, int fieldId, int divisor) {
        return gpu.field(fieldId).map(value -> value / divisor + " " + unit).text();
    }

    private String currentAndPending(String call, ModeCall function) {
        int[] current = new int[1];
        int[] pending = new int[1];
        int status = function.read(device, current, pending);
        return gpu.answer(call, status, current)
                .map(now -> now[0] == pending[0]
                        ? enabled(now[0])
                        : enabled(now[0]) + ", " + enabled(pending[0]) + " after a reset")
                .text();
    }

    private static String enabled(int mode) {
        return named(mode, "disabled", "enabled");
    }

    /** {@code nvmlComputeMode_t}. */
    private static String computeMode(int mode) {
        return named(mode, "default", "exclusive thread", "prohibited", "exclusive process");
    }

    private static String named(int value, String... names) {
        return value >= 0 && value < names.length ? names[value] : "unknown value " + value;
    }

    private static String watt(int milliwatt) {
        return milliwatt / 1000.0 + " W";
    }

    /** 13000 is 13.0, 12040 is 12.4. */
    private static String cudaVersion(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    private interface DeviceCall {
        int read(long device, int[] out);
    }

    private interface ModeCall {
        int read(long device, int[] current, int[] pending);
    }
}
