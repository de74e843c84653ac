package dev.assay.device.cuda;

/**
 * The part of {@code nvml.h} that Assay calls: same order, names and values as the header of CUDA 13.3, and nothing else.
 * Every symbol is in the drivers that CUDA 12 needs (R525) and later. An {@code nvmlDevice_t} and an {@code nvmlGpmSample_t} are
 * a {@code long}; an out-parameter is an array.
 *
 * <p>The natives are instance methods so that a test may override them; {@link #bind} registers them once per JVM.
 */
class Nvml {
    static final int NVML_SUCCESS = 0;
    static final int NVML_ERROR_INVALID_ARGUMENT = 2;
    static final int NVML_ERROR_INSUFFICIENT_SIZE = 7;
    static final int NVML_ERROR_TIMEOUT = 10;

    /** Buffer sizes. */
    static final int NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE = 80;

    static final int NVML_SYSTEM_NVML_VERSION_BUFFER_SIZE = 80;
    static final int NVML_DEVICE_SERIAL_BUFFER_SIZE = 30;
    static final int NVML_DEVICE_VBIOS_VERSION_BUFFER_SIZE = 32;

    /** {@code nvmlClockType_t}. */
    static final int NVML_CLOCK_SM = 1;

    /** {@code nvmlTemperatureSensors_t}. */
    static final int NVML_TEMPERATURE_GPU = 0;

    /** {@code nvmlTemperatureThresholds_t}. */
    static final int NVML_TEMPERATURE_THRESHOLD_SHUTDOWN = 0;

    static final int NVML_TEMPERATURE_THRESHOLD_SLOWDOWN = 1;

    /** Field ids of {@link #nvmlDeviceGetFieldValues}. */
    static final int NVML_FI_DEV_CLOCKS_EVENT_REASON_SW_POWER_CAP = 74;

    static final int NVML_FI_DEV_MEMORY_TEMP = 82;

    static final int NVML_FI_DEV_POWER_INSTANT = 186;

    static final int NVML_FI_DEV_CLOCKS_EVENT_REASON_SW_THERM_SLOWDOWN = 269;

    static final int NVML_FI_DEV_CLOCKS_EVENT_REASON_HW_THERM_SLOWDOWN = 270;

    /** {@code nvmlMemoryErrorType_t}. */
    static final int NVML_MEMORY_ERROR_TYPE_CORRECTED = 0;

    static final int NVML_MEMORY_ERROR_TYPE_UNCORRECTED = 1;

    /** {@code nvmlEccCounterType_t}: since the driver was loaded, and over the GPU's life. */
    static final int NVML_VOLATILE_ECC = 0;

    static final int NVML_AGGREGATE_ECC = 1;

    /** {@code nvmlPageRetirementCause_t}. */
    static final int NVML_PAGE_RETIREMENT_CAUSE_MULTIPLE_SINGLE_BIT_ECC_ERRORS = 0;

    static final int NVML_PAGE_RETIREMENT_CAUSE_DOUBLE_BIT_ECC_ERROR = 1;

    /** {@code nvmlPerfPolicyType_t}. */
    static final int NVML_PERF_POLICY_POWER = 0;

    static final int NVML_PERF_POLICY_THERMAL = 1;

    static final int NVML_NVLINK_MAX_LINKS = 18;

    /** {@code nvmlNvLinkErrorCounter_t}. */
    static final int NVML_NVLINK_ERROR_DL_REPLAY = 0;

    static final int NVML_NVLINK_ERROR_DL_RECOVERY = 1;
    static final int NVML_NVLINK_ERROR_DL_CRC_FLIT = 2;

    /** Event types of {@link #nvmlDeviceRegisterEvents}. */
    static final long nvmlEventTypeXidCriticalError = 0x8;

    /** Bits of {@link #nvmlDeviceGetCurrentClocksThrottleReasons}. */
    static final long SW_POWER_CAP = 0x4;

    static final long HW_SLOWDOWN = 0x8;
    static final long SW_THERMAL_SLOWDOWN = 0x20;
    static final long HW_THERMAL_SLOWDOWN = 0x40;
    static final long HW_POWER_BRAKE_SLOWDOWN = 0x80;

    /** {@code nvmlGpmMetricId_t}. */
    static final int NVML_GPM_METRIC_SM_UTIL = 2;

    static final int NVML_GPM_METRIC_SM_OCCUPANCY = 3;
    static final int NVML_GPM_METRIC_ANY_TENSOR_UTIL = 5;
    static final int NVML_GPM_METRIC_DRAM_BW_UTIL = 10;
    static final int NVML_GPM_METRIC_PCIE_TX_PER_SEC = 20;
    static final int NVML_GPM_METRIC_PCIE_RX_PER_SEC = 21;
    static final int NVML_GPM_METRIC_NVLINK_TOTAL_RX_PER_SEC = 60;
    static final int NVML_GPM_METRIC_NVLINK_TOTAL_TX_PER_SEC = 61;

    /** {@code nvmlGpuP2PCapsIndex_t}. */
    static final int NVML_P2P_CAPS_INDEX_READ = 0;

    static final int NVML_P2P_CAPS_INDEX_WRITE = 1;
    static final int NVML_P2P_CAPS_INDEX_NVLINK = 2;

    /** {@code NVML_STRUCT_VERSION(Memory, 2)}: the size, and the version in the highest byte. */
    static final long NVML_MEMORY_V2 = 40 | (2 << 24);

    /** {@code nvmlGpuP2PStatus_t}. */
    static final int NVML_P2P_STATUS_OK = 0;

    Nvml() {}

    /** Binds the natives to a library; the first library of the JVM stays. */
    static Nvml bind(LoadedLibrary library) {
        library.bind(Nvml.class, "NVML", "the NVIDIA driver 525 or newer (look at `nvidia-smi`)");
        return new Nvml();
    }

    native int nvmlInit_v2();

    native int nvmlShutdown();

    native String nvmlErrorString(int result);

    native int nvmlSystemGetDriverVersion(byte[] version, int length);

    native int nvmlSystemGetNVMLVersion(byte[] version, int length);

    native int nvmlSystemGetCudaDriverVersion_v2(int[] cudaDriverVersion);

    native int nvmlDeviceGetHandleByUUID(String uuid, long[] device);

    native int nvmlDeviceGetSerial(long device, byte[] serial, int length);

    native int nvmlDeviceGetPersistenceMode(long device, int[] mode);

    /** @param pci an {@code nvmlPciInfo_t}, 68 bytes: see {@link NvmlStructs} */
    native int nvmlDeviceGetPciInfo_v3(long device, byte[] pci);

    native int nvmlDeviceGetMaxPcieLinkGeneration(long device, int[] maxLinkGen);

    native int nvmlDeviceGetMaxPcieLinkWidth(long device, int[] maxLinkWidth);

    native int nvmlDeviceGetCurrPcieLinkGeneration(long device, int[] currLinkGen);

    native int nvmlDeviceGetCurrPcieLinkWidth(long device, int[] currLinkWidth);

    native int nvmlDeviceGetPcieReplayCounter(long device, int[] value);

    native int nvmlDeviceGetClockInfo(long device, int type, int[] clockMhz);

    native int nvmlDeviceGetMaxClockInfo(long device, int type, int[] clockMhz);

    native int nvmlDeviceGetTemperature(long device, int sensorType, int[] celsius);

    native int nvmlDeviceGetTemperatureThreshold(long device, int thresholdType, int[] celsius);

    /** CUDA 12.2 renamed it to …EventReasons and kept this name, which older drivers have too. */
    native int nvmlDeviceGetCurrentClocksThrottleReasons(long device, long[] clocksThrottleReasons);

    native int nvmlDeviceGetPowerManagementLimitConstraints(long device, int[] minMilliwatts, int[] maxMilliwatts);

    native int nvmlDeviceGetPowerManagementDefaultLimit(long device, int[] milliwatts);

    native int nvmlDeviceGetPowerUsage(long device, int[] milliwatts);

    native int nvmlDeviceGetTotalEnergyConsumption(long device, long[] millijoules);

    native int nvmlDeviceGetEnforcedPowerLimit(long device, int[] milliwatts);

    /** @param memory an {@code nvmlMemory_t}: total, free, used, in bytes */
    native int nvmlDeviceGetMemoryInfo(long device, long[] memory);

    /**
     * @param memory an {@code nvmlMemory_v2_t}, 40 bytes: version ({@link #NVML_MEMORY_V2}, an int before a gap), total,
     *     reserved, free, used
     */
    native int nvmlDeviceGetMemoryInfo_v2(long device, long[] memory);

    native int nvmlDeviceGetComputeMode(long device, int[] mode);

    native int nvmlDeviceGetEccMode(long device, int[] current, int[] pending);

    native int nvmlDeviceGetTotalEccErrors(long device, int errorType, int counterType, long[] eccCounts);

    /** @param utilization an {@code nvmlUtilization_t}: gpu, memory, in percent */
    native int nvmlDeviceGetUtilizationRates(long device, int[] utilization);

    native int nvmlDeviceGetVbiosVersion(long device, byte[] version, int length);

    /** @param infos {@code nvmlProcessInfo_t}s, 24 bytes each: see {@link NvmlStructs} */
    native int nvmlDeviceGetComputeRunningProcesses_v3(long device, int[] infoCount, byte[] infos);

    /**
     * Deprecated by CUDA 13.0 in favour of field values that older drivers do not have.
     *
     * @param violTime an {@code nvmlViolationTime_t}: referenceTime in microseconds, violationTime in nanoseconds
     */
    native int nvmlDeviceGetViolationStatus(long device, int perfPolicyType, long[] violTime);

    /** @param addresses of the pages, as many as fit */
    native int nvmlDeviceGetRetiredPages(long device, int cause, int[] pageCount, long[] addresses);

    native int nvmlDeviceGetRemappedRows(
            long device, int[] corrRows, int[] uncRows, int[] isPending, int[] failureOccurred);

    /** @param values {@code nvmlFieldValue_t}s, 40 bytes each: see {@link NvmlStructs} */
    native int nvmlDeviceGetFieldValues(long device, int valuesCount, byte[] values);

    native int nvmlDeviceGetNvLinkState(long device, int link, int[] isActive);

    native int nvmlDeviceGetNvLinkVersion(long device, int link, int[] version);

    native int nvmlDeviceGetNvLinkErrorCounter(long device, int link, int counter, long[] counterValue);

    native int nvmlEventSetCreate(long[] set);

    native int nvmlDeviceRegisterEvents(long device, long eventTypes, long set);

    /** @param data an {@code nvmlEventData_t}, 32 bytes: see {@link NvmlStructs} */
    native int nvmlEventSetWait_v2(long set, byte[] data, int timeoutms);

    native int nvmlEventSetFree(long set);

    native int nvmlDeviceGetMigMode(long device, int[] currentMode, int[] pendingMode);

    native int nvmlDeviceGetP2PStatus(long device1, long device2, int p2pIndex, int[] p2pStatus);

    /** @param metricsGet an {@code nvmlGpmMetricsGet_t}: see {@link GpmMetricsGet} */
    native int nvmlGpmMetricsGet(byte[] metricsGet);

    native int nvmlGpmSampleFree(long gpmSample);

    native int nvmlGpmSampleAlloc(long[] gpmSample);

    native int nvmlGpmSampleGet(long device, long gpmSample);

    /** @param gpmSupport an {@code nvmlGpmSupport_t}: version 1 in, isSupportedDevice out */
    native int nvmlGpmQueryDeviceSupport(long device, int[] gpmSupport);
}
