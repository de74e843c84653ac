package dev.assay.device.cuda;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** NVML of one H200, in memory; calls named in {@link #refused} answer with their status. */
class FakeNvml extends Nvml {
    static final String UUID = "GPU-8e1c0f4a-0000-1111-2222-333344445555";
    static final String PEER = "GPU-8e1c0f4a-0000-1111-2222-333344446666";
    private static final long DEVICE = 0x7f00_1234_5678L;

    final Map<String, Integer> refused = new HashMap<>();
    /** {@code nvmlGpuP2PStatus_t} by capability, where it is not OK. */
    final Map<Integer, Integer> p2p = new HashMap<>();

    final Set<Integer> linksDown = new HashSet<>();
    final List<Integer> computePids = new ArrayList<>();
    final Set<Long> samples = new HashSet<>();
    int inits;
    int allocations;
    int gpmSupport = 1;
    int eccPending = 1;
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
        infoCount[0] = computePids.size();
        if (computePids.size() > room) {
            return NVML_ERROR_INSUFFICIENT_SIZE;
        }
        for (int i = 0; i < computePids.size(); i++) {
            NvmlStructs.view(infos).putInt(24 * i, computePids.get(i));
        }
        return status("nvmlDeviceGetComputeRunningProcesses_v3");
    }

    @Override
    int nvmlDeviceGetFieldValues(long device, int valuesCount, byte[] values) {
        ByteBuffer view = NvmlStructs.view(values);
        boolean power = view.getInt(NvmlStructs.FIELD_VALUE_FIELD_ID) == NVML_FI_DEV_POWER_INSTANT;
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
    int nvmlDeviceGetNvLinkState(long device, int link, int[] isActive) {
        return give("nvmlDeviceGetNvLinkState", isActive, linksDown.contains(link) ? 0 : 1);
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
