package dev.assay.device.cuda;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** NVML of one H200, in memory; calls named in {@link #refused} answer with their status. */
class FakeNvml extends Nvml {
    static final String UUID = "GPU-8e1c0f4a-0000-1111-2222-333344445555";
    static final String PEER = "GPU-8e1c0f4a-0000-1111-2222-333344446666";
    private static final long DEVICE = 0x7f00_1234_5678L;

    final Map<String, Integer> refused = new HashMap<>();
    /** {@code nvmlGpuP2PStatus_t} by capability, where it is not OK. */
    final Map<Integer, Integer> p2p = new HashMap<>();

    final List<Integer> computePids = new CopyOnWriteArrayList<>();
    final Set<Long> samples = new HashSet<>();
    int inits;
    int allocations;
    int gpmSupport = 1;
    int eccPending = 1;
    /** What {@link #nvmlDeviceGetTotalEccErrors} counts, by error type and counter type. */
    final long[][] ecc = {{3, 40}, {0, 5}};
    /** corrRows, uncRows, isPending, failureOccurred. */
    final int[] remapped = {2, 1, 0, 0};
    /** Pages of each cause. */
    final int[] retired = {0, 0};

    int replays = 7;
    int linkCount = 18;
    final Set<Integer> downLinks = new HashSet<>();
    /** By link and counter; whatever is not here reads zero. */
    final Map<List<Integer>, Long> linkErrors = new HashMap<>();

    final Map<Integer, Long> violationNanos = new HashMap<>();
    /** Field values of 64 bits; any other field but the power is not supported. */
    final Map<Integer, Long> wideFields = new HashMap<>();
    /** XIDs that the driver will report; a negative number is the status that a wait answers instead. */
    final BlockingQueue<Long> events = new LinkedBlockingQueue<>();

    final Set<Long> eventSets = new HashSet<>();
    /** What the library does with the metrics struct. */
    GpmAnswer gpmAnswer = (view, entry, id) -> {
        view.putInt(entry + GpmMetricsGet.METRIC_RETURN, NVML_SUCCESS);
        view.putDouble(entry + GpmMetricsGet.METRIC_VALUE, 90 + id);
    };

    interface GpmAnswer {
        void fill(ByteBuffer view, int entry, int id);
    }

    private int status(String call) {
        return refused.getOrDefault(call, NVML_SUCCESS);
    }

    private int give(String call, int[] out, int value) {
        if (status(call) == NVML_SUCCESS) {
            out[0] = value;
        }
        return status(call);
    }

    private int give(String call, byte[] out, int length, String value) {
        byte[] text = (value + "\0").getBytes(StandardCharsets.UTF_8);
        if (text.length > length) {
            return NVML_ERROR_INSUFFICIENT_SIZE;
        }
        System.arraycopy(text, 0, out, 0, text.length);
        return status(call);
    }

    @Override
    int nvmlInit_v2() {
        int status = status("nvmlInit_v2");
        inits += status == NVML_SUCCESS ? 1 : 0;
        return status;
    }

    @Override
    int nvmlShutdown() {
        inits--;
        return NVML_SUCCESS;
    }

    @Override
    String nvmlErrorString(int result) {
        return switch (result) {
            case 3 -> "Not Supported";
            case 4 -> "Insufficient Permissions";
            case 6 -> "Not Found";
            case 9 -> "Driver Not Loaded";
            case 15 -> "GPU is lost";
            default -> "Unknown Error";
        };
    }

    @Override
    int nvmlSystemGetDriverVersion(byte[] version, int length) {
        return give("nvmlSystemGetDriverVersion", version, length, "580.159.04");
    }

    @Override
    int nvmlSystemGetNVMLVersion(byte[] version, int length) {
        return give("nvmlSystemGetNVMLVersion", version, length, "13.580.159.04");
    }

    @Override
    int nvmlSystemGetCudaDriverVersion_v2(int[] cudaDriverVersion) {
        return give("nvmlSystemGetCudaDriverVersion_v2", cudaDriverVersion, 12040);
    }

    @Override
    int nvmlDeviceGetHandleByUUID(String uuid, long[] device) {
        device[0] = DEVICE;
        return uuid.equals(UUID) || uuid.equals(PEER) ? NVML_SUCCESS : 6;
    }

    @Override
    int nvmlDeviceGetSerial(long device, byte[] serial, int length) {
        return give("nvmlDeviceGetSerial", serial, length, "1650224012345");
    }

    @Override
    int nvmlDeviceGetPersistenceMode(long device, int[] mode) {
        return give("nvmlDeviceGetPersistenceMode", mode, 1);
    }

    @Override
    int nvmlDeviceGetPciInfo_v3(long device, byte[] pci) {
        byte[] busId = "00000000:1B:00.0".getBytes(StandardCharsets.UTF_8);
        System.arraycopy(busId, 0, pci, NvmlStructs.PCI_INFO_BUS_ID, busId.length);
        return status("nvmlDeviceGetPciInfo_v3");
    }

    @Override
    int nvmlDeviceGetMaxPcieLinkGeneration(long device, int[] maxLinkGen) {
        return give("nvmlDeviceGetMaxPcieLinkGeneration", maxLinkGen, 5);
    }

    @Override
    int nvmlDeviceGetMaxPcieLinkWidth(long device, int[] maxLinkWidth) {
        return give("nvmlDeviceGetMaxPcieLinkWidth", maxLinkWidth, 16);
    }

    @Override
    int nvmlDeviceGetCurrPcieLinkGeneration(long device, int[] currLinkGen) {
        return give("nvmlDeviceGetCurrPcieLinkGeneration", currLinkGen, 4);
    }

    @Override
    int nvmlDeviceGetCurrPcieLinkWidth(long device, int[] currLinkWidth) {
        return give("nvmlDeviceGetCurrPcieLinkWidth", currLinkWidth, 8);
    }

    @Override
    int nvmlDeviceGetClockInfo(long device, int type, int[] clockMhz) {
        return give("nvmlDeviceGetClockInfo", clockMhz, type == NVML_CLOCK_SM ? 1515 : 2619);
    }

    @Override
    int nvmlDeviceGetMaxClockInfo(long device, int type, int[] clockMhz) {
        return give("nvmlDeviceGetMaxClockInfo", clockMhz, type == NVML_CLOCK_SM ? 1980 : 3201);
    }

    @Override
    int nvmlDeviceGetTemperature(long device, int sensorType, int[] celsius) {
        return give("nvmlDeviceGetTemperature", celsius, 58);
    }

    @Override
    int nvmlDeviceGetTemperatureThreshold(long device, int thresholdType, int[] celsius) {
        int value = thresholdType == NVML_TEMPERATURE_THRESHOLD_SLOWDOWN ? 87 : 92;
        return give("nvmlDeviceGetTemperatureThreshold", celsius, value);
    }

    @Override
    int nvmlDeviceGetCurrentClocksThrottleReasons(long device, long[] clocksThrottleReasons) {
        clocksThrottleReasons[0] = SW_POWER_CAP | SW_THERMAL_SLOWDOWN;
        return status("nvmlDeviceGetCurrentClocksThrottleReasons");
    }

    @Override
    int nvmlDeviceGetPowerManagementLimitConstraints(long device, int[] minMilliwatts, int[] maxMilliwatts) {
        minMilliwatts[0] = 200_000;
        maxMilliwatts[0] = 700_000;
        return status("nvmlDeviceGetPowerManagementLimitConstraints");
    }

    @Override
    int nvmlDeviceGetPowerManagementDefaultLimit(long device, int[] milliwatts) {
        return give("nvmlDeviceGetPowerManagementDefaultLimit", milliwatts, 700_000);
    }

    @Override
    int nvmlDeviceGetPowerUsage(long device, int[] milliwatts) {
        return give("nvmlDeviceGetPowerUsage", milliwatts, 692_345);
    }

    @Override
    int nvmlDeviceGetTotalEnergyConsumption(long device, long[] millijoules) {
        millijoules[0] = 9_876_543_210_123L;
        return status("nvmlDeviceGetTotalEnergyConsumption");
    }

    @Override
    int nvmlDeviceGetEnforcedPowerLimit(long device, int[] milliwatts) {
        return give("nvmlDeviceGetEnforcedPowerLimit", milliwatts, 650_000);
    }

    @Override
    int nvmlDeviceGetMemoryInfo(long device, long[] memory) {
        memory[0] = 150_754_820_096L;
        memory[1] = 150_000_000_000L;
        memory[2] = 754_820_096L;
        return status("nvmlDeviceGetMemoryInfo");
    }

    /** As the real one, which refuses another version of the struct. */
    @Override
    int nvmlDeviceGetMemoryInfo_v2(long device, long[] memory) {
        if (memory[0] != 0x2000028) {
            return 25;
        }
        memory[1] = 150_754_820_096L;
        memory[2] = 600_000_000L;
        memory[3] = 150_000_000_000L;
        memory[4] = 754_820_096L;
        return status("nvmlDeviceGetMemoryInfo_v2");
    }

    @Override
    int nvmlDeviceGetComputeMode(long device, int[] mode) {
        return give("nvmlDeviceGetComputeMode", mode, 3);
    }

    @Override
    int nvmlDeviceGetEccMode(long device, int[] current, int[] pending) {
        pending[0] = eccPending;
        return give("nvmlDeviceGetEccMode", current, 1);
    }

    @Override
    int nvmlDeviceGetUtilizationRates(long device, int[] utilization) {
        utilization[1] = 16;
        return give("nvmlDeviceGetUtilizationRates", utilization, 100);
    }

    @Override
    int nvmlDeviceGetVbiosVersion(long device, byte[] version, int length) {
        return give("nvmlDeviceGetVbiosVersion", version, length, "96.00.A5.00.01");
    }

    @Override
    int nvmlDeviceGetComputeRunningProcesses_v3(long device, int[] infoCount, byte[] infos) {
        int room = infoCount[0];
        List<Integer> now = List.copyOf(computePids);
        infoCount[0] = now.size();
        if (now.size() > room) {
            return NVML_ERROR_INSUFFICIENT_SIZE;
        }
        for (int i = 0; i < now.size(); i++) {
            NvmlStructs.view(infos).putInt(24 * i, now.get(i));
        }
        return status("nvmlDeviceGetComputeRunningProcesses_v3");
    }

    @Override
    int nvmlDeviceGetPcieReplayCounter(long device, int[] value) {
        return give("nvmlDeviceGetPcieReplayCounter", value, replays);
    }

    @Override
    int nvmlDeviceGetTotalEccErrors(long device, int errorType, int counterType, long[] eccCounts) {
        eccCounts[0] = ecc[errorType][counterType];
        return status("nvmlDeviceGetTotalEccErrors");
    }

    @Override
    int nvmlDeviceGetViolationStatus(long device, int perfPolicyType, long[] violTime) {
        violTime[0] = 1_700_000_000_000_000L;
        violTime[1] = violationNanos.getOrDefault(perfPolicyType, 0L);
        return status("nvmlDeviceGetViolationStatus");
    }

    @Override
    int nvmlDeviceGetRetiredPages(long device, int cause, int[] pageCount, long[] addresses) {
        int room = pageCount[0];
        pageCount[0] = retired[cause];
        return retired[cause] > room ? NVML_ERROR_INSUFFICIENT_SIZE : status("nvmlDeviceGetRetiredPages");
    }

    @Override
    int nvmlDeviceGetRemappedRows(long device, int[] corrRows, int[] uncRows, int[] isPending, int[] failureOccurred) {
        corrRows[0] = remapped[0];
        uncRows[0] = remapped[1];
        isPending[0] = remapped[2];
        failureOccurred[0] = remapped[3];
        return status("nvmlDeviceGetRemappedRows");
    }

    @Override
    int nvmlDeviceGetNvLinkState(long device, int link, int[] isActive) {
        return link < linkCount ? give("nvmlDeviceGetNvLinkState", isActive, downLinks.contains(link) ? 0 : 1) : 2;
    }

    @Override
    int nvmlDeviceGetNvLinkVersion(long device, int link, int[] version) {
        return link < linkCount ? give("nvmlDeviceGetNvLinkVersion", version, 7) : 2;
    }

    @Override
    int nvmlDeviceGetNvLinkErrorCounter(long device, int link, int counter, long[] counterValue) {
        counterValue[0] = linkErrors.getOrDefault(List.of(link, counter), 0L);
        return downLinks.contains(link) ? 2 : status("nvmlDeviceGetNvLinkErrorCounter");
    }

    @Override
    int nvmlEventSetCreate(long[] set) {
        set[0] = 5000L + eventSets.size();
        eventSets.add(set[0]);
        return status("nvmlEventSetCreate");
    }

    @Override
    int nvmlDeviceRegisterEvents(long device, long eventTypes, long set) {
        return eventTypes == 8 && eventSets.contains(set) ? status("nvmlDeviceRegisterEvents") : 2;
    }

    @Override
    int nvmlEventSetWait_v2(long set, byte[] data, int timeoutms) {
        if (!eventSets.contains(set)) {
            return 2;
        }
        try {
            Long next = events.poll(timeoutms, TimeUnit.MILLISECONDS);
            if (next == null) {
                return NVML_ERROR_TIMEOUT;
            }
            if (next < 0) {
                return (int) -next;
            }
            NvmlStructs.view(data).putLong(8, nvmlEventTypeXidCriticalError).putLong(16, next);
            return NVML_SUCCESS;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NVML_ERROR_TIMEOUT;
        }
    }

    @Override
    int nvmlEventSetFree(long set) {
        return eventSets.remove(set) ? NVML_SUCCESS : 2;
    }

    @Override
    int nvmlDeviceGetFieldValues(long device, int valuesCount, byte[] values) {
        ByteBuffer view = NvmlStructs.view(values);
        int field = view.getInt(NvmlStructs.FIELD_VALUE_FIELD_ID);
        if (wideFields.containsKey(field)) {
            view.putInt(NvmlStructs.FIELD_VALUE_TYPE, 3);
            view.putInt(NvmlStructs.FIELD_VALUE_RETURN, NVML_SUCCESS);
            view.putLong(NvmlStructs.FIELD_VALUE_VALUE, wideFields.getOrDefault(field, 0L));
            return status("nvmlDeviceGetFieldValues");
        }
        boolean power = field == NVML_FI_DEV_POWER_INSTANT;
        view.putInt(NvmlStructs.FIELD_VALUE_TYPE, 1);
        view.putInt(NvmlStructs.FIELD_VALUE_RETURN, power ? NVML_SUCCESS : 3);
        view.putInt(NvmlStructs.FIELD_VALUE_VALUE, power ? 701_500 : 0);
        return status("nvmlDeviceGetFieldValues");
    }

    @Override
    int nvmlDeviceGetMigMode(long device, int[] currentMode, int[] pendingMode) {
        return give("nvmlDeviceGetMigMode", currentMode, 0);
    }

    @Override
    int nvmlDeviceGetP2PStatus(long device1, long device2, int p2pIndex, int[] p2pStatus) {
        return give("nvmlDeviceGetP2PStatus", p2pStatus, p2p.getOrDefault(p2pIndex, NVML_P2P_STATUS_OK));
    }

    @Override
    int nvmlGpmMetricsGet(byte[] metricsGet) {
        ByteBuffer view = NvmlStructs.view(metricsGet);
        if (view.getInt(GpmMetricsGet.VERSION) != 1) {
            return 25;
        }
        for (int i = 0; i < view.getInt(GpmMetricsGet.NUM_METRICS); i++) {
            int entry = GpmMetricsGet.METRICS + i * GpmMetricsGet.METRIC_SIZE;
            gpmAnswer.fill(view, entry, view.getInt(entry));
        }
        return status("nvmlGpmMetricsGet");
    }

    @Override
    int nvmlGpmSampleFree(long gpmSample) {
        return samples.remove(gpmSample) ? NVML_SUCCESS : 2;
    }

    @Override
    int nvmlGpmSampleAlloc(long[] gpmSample) {
        int status = status("nvmlGpmSampleAlloc");
        if (status == NVML_SUCCESS) {
            gpmSample[0] = 1000L + allocations++;
            samples.add(gpmSample[0]);
        }
        return status;
    }

    @Override
    int nvmlGpmSampleGet(long device, long gpmSample) {
        return samples.contains(gpmSample) ? status("nvmlGpmSampleGet") : 2;
    }

    @Override
    int nvmlGpmQueryDeviceSupport(long device, int[] gpmSupport) {
        gpmSupport[1] = this.gpmSupport;
        return gpmSupport[0] == 1 ? status("nvmlGpmQueryDeviceSupport") : 25;
    }
}
