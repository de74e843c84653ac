package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import dev.assay.device.MemoryUse;
import dev.assay.measurement.Library;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * One GPU as NVML sees it: what it is, and readings of the moment. A reading that NVML refuses carries NVML's own words.
 * Thread-safe, as NVML is.
 */
final class NvmlGpu implements AutoCloseable {
    static final List<String> SONAMES = List.of("libnvidia-ml.so.1");

    private final Nvml nvml;
    private final Function<String, Library> library;
    private final String uuid;
    private final long device;
    private boolean closed;

    private NvmlGpu(Nvml nvml, Function<String, Library> library, String uuid, long device) {
        this.nvml = nvml;
        this.library = library;
        this.uuid = uuid;
        this.device = device;
    }

    /**
     * @param uuid as {@code nvidia-smi -L} prints it, e.g. {@code GPU-8e1c…}
     * @param directories searched for the library before the loader's path
     */
    static NvmlGpu open(String uuid, List<String> directories) {
        LoadedLibrary found = Libraries.find("NVML", SONAMES, directories);
        return open(Nvml.bind(found), version -> found.toLibrary("NVML", version), uuid);
    }

    /** @param library the version that NVML reports to the record of what was mapped */
    static NvmlGpu open(Nvml nvml, Function<String, Library> library, String uuid) {
        int status = nvml.nvmlInit_v2();
        if (status != Nvml.NVML_SUCCESS) {
            throw new DeviceException("opening NVML for GPU " + uuid + ": nvmlInit_v2 answered " + words(nvml, status)
                    + "; does `nvidia-smi` work here?");
        }
        long[] device = new long[1];
        status = nvml.nvmlDeviceGetHandleByUUID(uuid, device);
        if (status != Nvml.NVML_SUCCESS) {
            String reason = words(nvml, status);
            nvml.nvmlShutdown();
            throw new DeviceException("opening GPU " + uuid + " in NVML: nvmlDeviceGetHandleByUUID answered " + reason
                    + "; `nvidia-smi -L` lists the GPUs that are visible here");
        }
        return new NvmlGpu(nvml, library, uuid, device[0]);
    }

    Nvml nvml() {
        return nvml;
    }

    long device() {
        return device;
    }

    String uuid() {
        return uuid;
    }

    /** What a reviewer wants to know of this GPU and its settings; see {@link NvmlFacts}. */
    Map<String, String> facts() {
        return new NvmlFacts(this).all();
    }

    /** The board's serial number, or NVML's reason (a GeForce has none). */
    String serial() {
        return text(
                        "nvmlDeviceGetSerial",
                        Nvml.NVML_DEVICE_SERIAL_BUFFER_SIZE,
                        buffer -> nvml.nvmlDeviceGetSerial(device, buffer, buffer.length))
                .text();
    }

    /** The driver's version, e.g. {@code 580.159.04}. */
    String driver() {
        return must(text(
                "nvmlSystemGetDriverVersion",
                Nvml.NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE,
                buffer -> nvml.nvmlSystemGetDriverVersion(buffer, buffer.length)));
    }

    /** Total device memory. */
    long memoryBytes() {
        long[] totalFreeUsed = new long[3];
        return must(answer(
                "nvmlDeviceGetMemoryInfo", nvml.nvmlDeviceGetMemoryInfo(device, totalFreeUsed), totalFreeUsed[0]));
    }

    /** What is taken of it, by all processes and by the driver. */
    GpuReading<MemoryUse> memoryUse() {
        String call = "nvmlDeviceGetMemoryInfo_v2";
        long[] versionTotalReservedFreeUsed = {Nvml.NVML_MEMORY_V2, 0, 0, 0, 0};
        return answer(call, nvml.nvmlDeviceGetMemoryInfo_v2(device, versionTotalReservedFreeUsed), call)
                .map(source -> new MemoryUse(versionTotalReservedFreeUsed[4], versionTotalReservedFreeUsed[2], source));
    }

    /** The highest SM clock that the GPU may run at. */
    double maxSmClockMhz() {
        return must(integer(
                "nvmlDeviceGetMaxClockInfo", out -> nvml.nvmlDeviceGetMaxClockInfo(device, Nvml.NVML_CLOCK_SM, out)));
    }

    Library library() {
        return library.apply(must(text(
                "nvmlSystemGetNVMLVersion",
                Nvml.NVML_SYSTEM_NVML_VERSION_BUFFER_SIZE,
                buffer -> nvml.nvmlSystemGetNVMLVersion(buffer, buffer.length))));
    }

    /** Watt; on the data-centre GPUs since Ampere NVML averages it over the last second. */
    GpuReading<Double> powerWatt() {
        return integer("nvmlDeviceGetPowerUsage", out -> nvml.nvmlDeviceGetPowerUsage(device, out))
                .map(milliwatt -> milliwatt / 1000.0);
    }

    GpuReading<Double> enforcedPowerLimitWatt() {
        return integer("nvmlDeviceGetEnforcedPowerLimit", out -> nvml.nvmlDeviceGetEnforcedPowerLimit(device, out))
                .map(milliwatt -> milliwatt / 1000.0);
    }

    /** Joule since the driver was loaded. */
    GpuReading<Double> energyJoule() {
        return wide("nvmlDeviceGetTotalEnergyConsumption", out -> nvml.nvmlDeviceGetTotalEnergyConsumption(device, out))
                .map(millijoule -> millijoule / 1000.0);
    }

    GpuReading<Double> smClockMhz() {
        return integer("nvmlDeviceGetClockInfo", out -> nvml.nvmlDeviceGetClockInfo(device, Nvml.NVML_CLOCK_SM, out))
                .map(Integer::doubleValue);
    }

    GpuReading<Double> temperatureCelsius() {
        return integer(
                        "nvmlDeviceGetTemperature",
                        out -> nvml.nvmlDeviceGetTemperature(device, Nvml.NVML_TEMPERATURE_GPU, out))
                .map(Integer::doubleValue);
    }

    /** Percent of the driver's last sample period in which any kernel was resident. */
    GpuReading<Double> residentPercent() {
        int[] gpuMemory = new int[2];
        return answer("nvmlDeviceGetUtilizationRates", nvml.nvmlDeviceGetUtilizationRates(device, gpuMemory), (double)
                gpuMemory[0]);
    }

    /** Bits of {@link Nvml}: why the clocks are below the most possible at this moment. */
    GpuReading<Long> throttleReasons() {
        return wide(
                "nvmlDeviceGetCurrentClocksThrottleReasons",
                out -> nvml.nvmlDeviceGetCurrentClocksThrottleReasons(device, out));
    }

    /** The PCIe generation that the link runs at; an idle GPU lowers it. */
    GpuReading<Double> pcieGeneration() {
        return integer(
                        "nvmlDeviceGetCurrPcieLinkGeneration",
                        out -> nvml.nvmlDeviceGetCurrPcieLinkGeneration(device, out))
                .map(Integer::doubleValue);
    }

    /** The PCIe lanes that the link runs on. */
    GpuReading<Double> pcieWidth() {
        return integer("nvmlDeviceGetCurrPcieLinkWidth", out -> nvml.nvmlDeviceGetCurrPcieLinkWidth(device, out))
                .map(Integer::doubleValue);
    }

    /** A value of {@code nvmlDeviceGetFieldValues} that belongs to the GPU as a whole. */
    GpuReading<Double> field(int fieldId) {
        byte[] struct = NvmlStructs.fieldRequest(fieldId);
        String call = "nvmlDeviceGetFieldValues of field " + fieldId;
        return answer(call, nvml.nvmlDeviceGetFieldValues(device, 1, struct), struct)
                .flatMap(answered -> answer(call, NvmlStructs.fieldStatus(answered), answered))
                .flatMap(NvmlStructs::fieldValue);
    }

    /** Process ids with a compute context here, as NVML sees them. */
    GpuReading<int[]> computeProcesses() {
        return computeProcesses(64);
    }

    private GpuReading<int[]> computeProcesses(int room) {
        int[] count = {room};
        byte[] infos = new byte[room * NvmlStructs.PROCESS_INFO_SIZE];
        int status = nvml.nvmlDeviceGetComputeRunningProcesses_v3(device, count, infos);
        if (status == Nvml.NVML_ERROR_INSUFFICIENT_SIZE && count[0] > room) {
            return computeProcesses(count[0] + room);
        }
        return answer("nvmlDeviceGetComputeRunningProcesses_v3", status, infos)
                .map(bytes -> NvmlStructs.pids(bytes, count[0]));
    }

    GpuReading<Integer> integer(String call, ToIntFunction<int[]> function) {
        int[] out = new int[1];
        return answer(call, function.applyAsInt(out), out).map(array -> array[0]);
    }

    GpuReading<Long> wide(String call, ToIntFunction<long[]> function) {
        long[] out = new long[1];
        return answer(call, function.applyAsInt(out), out).map(array -> array[0]);
    }

    GpuReading<String> text(String call, int size, ToIntFunction<byte[]> function) {
        byte[] buffer = new byte[size];
        return answer(call, function.applyAsInt(buffer), buffer).map(NvmlStructs::text);
    }

    /** The value if the status is good, else NVML's words and the call. */
    <T> GpuReading<T> answer(String call, int status, T value) {
        return status == Nvml.NVML_SUCCESS
                ? GpuReading.of(value)
                : GpuReading.refused(words(nvml, status) + " by " + call);
    }

    private <T> T must(GpuReading<T> reading) {
        return reading.fold(Function.identity(), reason -> {
            throw new DeviceException("reading GPU " + uuid + ": " + reason + "; look at `nvidia-smi -q`");
        });
    }

    private static String words(Nvml nvml, int status) {
        return nvml.nvmlErrorString(status) + " (" + status + ")";
    }

    /** NVML counts its inits; this gives back one. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            nvml.nvmlShutdown();
        }
    }
}
