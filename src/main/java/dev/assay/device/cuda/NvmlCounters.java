package dev.assay.device.cuda;

import com.sun.jna.Pointer;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Unit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** NVML's counters of one GPU, with a pool of GPM samples. The GPU stays open when this is closed. */
final class NvmlCounters implements GpuCounters {
    private static final double MEBIBYTES_TO_GIGABYTES = 1.048576e-3;

    /** Asked apart, so that a library which refuses a call for the traffic's sake still tells of the SMs. */
    private static final List<List<Metric>> CALLS_OF_GPM = List.of(
            PROFILED.stream().filter(metric -> !isTraffic(metric)).toList(),
            PROFILED.stream().filter(NvmlCounters::isTraffic).toList());

    private static final Map<Metric, String> CALLS = Map.ofEntries(
            Map.entry(Metric.POWER, "nvmlDeviceGetPowerUsage, an average of the last second"),
            Map.entry(Metric.ENERGY, "nvmlDeviceGetTotalEnergyConsumption"),
            Map.entry(Metric.POWER_LIMIT, "nvmlDeviceGetEnforcedPowerLimit"),
            Map.entry(Metric.SM_CLOCK, "nvmlDeviceGetClockInfo"),
            Map.entry(Metric.TEMPERATURE, "nvmlDeviceGetTemperature"),
            Map.entry(Metric.GPU_RESIDENT, "nvmlDeviceGetUtilizationRates"),
            Map.entry(Metric.PCIE_GENERATION, "nvmlDeviceGetCurrPcieLinkGeneration"),
            Map.entry(Metric.PCIE_WIDTH, "nvmlDeviceGetCurrPcieLinkWidth"),
            Map.entry(Metric.THROTTLE_POWER_CAP, "nvmlDeviceGetCurrentClocksThrottleReasons, bit 0x4"),
            Map.entry(Metric.THROTTLE_THERMAL, "nvmlDeviceGetCurrentClocksThrottleReasons, bits 0x20 and 0x40"),
            Map.entry(Metric.THROTTLE_HARDWARE, "nvmlDeviceGetCurrentClocksThrottleReasons, bits 0x8 and 0x80"));

    private final NvmlGpu gpu;
    private final Nvml nvml;
    private final GpuReading<Boolean> gpm;
    private final Deque<Long> pool = new ArrayDeque<>();
    private final Set<Long> allocated = new HashSet<>();
    private final Map<Metric, String> names = new ConcurrentHashMap<>();

    NvmlCounters(NvmlGpu gpu) {
        this.gpu = gpu;
        this.nvml = gpu.nvml();
        this.gpm = querySupport(gpu);
    }

    private static GpuReading<Boolean> querySupport(NvmlGpu gpu) {
        String call = "nvmlGpmQueryDeviceSupport";
        int[] versionSupported = {1, GpmMetricsGet.POISON};
        int status = gpu.nvml().nvmlGpmQueryDeviceSupport(gpu.device(), versionSupported);
        return gpu.answer(call, status, versionSupported).flatMap(answer -> switch (answer[1]) {
            case 0 -> GpuReading.refused("this GPU has no GPM counters, says " + call + "; Hopper and newer have them");
            case GpmMetricsGet.POISON ->
                GpuReading.refused(call + " left nvmlGpmSupport_t as it was: its layout is not nvml.h's of CUDA 13.3");
            default -> GpuReading.of(true);
        });
    }

    @Override
    public GpuReading<Long> sample() {
        return gpm.flatMap(supported -> buffer()).flatMap(this::fill);
    }

    private GpuReading<Long> buffer() {
        Long pooled = pool.poll();
        if (pooled != null) {
            return GpuReading.of(pooled);
        }
        return gpu.wide("nvmlGpmSampleAlloc", nvml::nvmlGpmSampleAlloc).map(sample -> {
            allocated.add(sample);
            return sample;
        });
    }

    private GpuReading<Long> fill(long sample) {
        int status = nvml.nvmlGpmSampleGet(gpu.device(), sample);
        if (status != Nvml.NVML_SUCCESS) {
            pool.push(sample);
        }
        return gpu.answer("nvmlGpmSampleGet", status, sample);
    }

    @Override
    public Map<Metric, GpuReading<Double>> between(long earlierSample, long laterSample) {
        Map<Metric, GpuReading<Double>> readings = new EnumMap<>(Metric.class);
        CALLS_OF_GPM.forEach(metrics -> readings.putAll(between(metrics, earlierSample, laterSample)));
        return readings;
    }

    private Map<Metric, GpuReading<Double>> between(List<Metric> metrics, long earlierSample, long laterSample) {
        List<Integer> ids = metrics.stream().map(NvmlCounters::metricId).toList();
        byte[] struct = GpmMetricsGet.request(ids, earlierSample, laterSample);
        GpuReading<List<GpmMetricsGet.Answer>> answers = gpu.answer(
                        "nvmlGpmMetricsGet", nvml.nvmlGpmMetricsGet(struct), struct)
                .flatMap(answered -> GpmMetricsGet.answers(answered, ids));
        Map<Metric, GpuReading<Double>> readings = new EnumMap<>(Metric.class);
        for (int i = 0; i < metrics.size(); i++) {
            int index = i;
            Metric metric = metrics.get(i);
            readings.put(metric, answers.flatMap(all -> value(metric, all.get(index))));
        }
        return readings;
    }

    private GpuReading<Double> value(Metric metric, GpmMetricsGet.Answer answer) {
        names.computeIfAbsent(metric, unused -> name(answer));
        String call = "nvmlGpmMetricsGet of metric " + answer.metricId();
        return gpu.answer(call, answer.status(), answer.value())
                .flatMap(value -> Double.isFinite(value)
                        ? GpuReading.of(isTraffic(metric) ? value * MEBIBYTES_TO_GIGABYTES : value)
                        : GpuReading.refused(call + " answered " + value));
    }

    private static boolean isTraffic(Metric metric) {
        return metric.unit() == Unit.GIGABYTES_PER_SECOND;
    }

    private static String name(GpmMetricsGet.Answer answer) {
        return ", called \"" + text(answer.longName()) + "\", unit \"" + text(answer.unit()) + "\"";
    }

    private static String text(long address) {
        return address == 0 ? "" : new Pointer(address).getString(0);
    }

    @Override
    public void release(long sample) {
        pool.push(sample);
    }

    @Override
    public GpuReading<Double> powerWatt() {
        return gpu.powerWatt();
    }

    @Override
    public GpuReading<Double> energyJoule() {
        return gpu.energyJoule();
    }

    @Override
    public GpuReading<Double> enforcedPowerLimitWatt() {
        return gpu.enforcedPowerLimitWatt();
    }

    @Override
    public GpuReading<Double> smClockMhz() {
        return gpu.smClockMhz();
    }

    @Override
    public GpuReading<Double> temperatureCelsius() {
        return gpu.temperatureCelsius();
    }

    @Override
    public GpuReading<Double> pcieGeneration() {
        return gpu.pcieGeneration();
    }

    @Override
    public GpuReading<Double> pcieWidth() {
        return gpu.pcieWidth();
    }

    @Override
    public GpuReading<Double> residentPercent() {
        return gpu.residentPercent();
    }

    @Override
    public GpuReading<Long> throttleReasons() {
        return gpu.throttleReasons();
    }

    @Override
    public String source(Metric metric) {
        String call = CALLS.get(metric);
        if (call != null) {
            return call;
        }
        Metric profiled = metric == Metric.SM_ACTIVE_SECOND ? Metric.SM_ACTIVE : metric;
        return "NVML GPM metric " + metricId(profiled) + names.getOrDefault(profiled, "");
    }

    private static int metricId(Metric metric) {
        return switch (metric) {
            case SM_ACTIVE -> Nvml.NVML_GPM_METRIC_SM_UTIL;
            case TENSOR_ACTIVE -> Nvml.NVML_GPM_METRIC_ANY_TENSOR_UTIL;
            case DRAM_ACTIVE -> Nvml.NVML_GPM_METRIC_DRAM_BW_UTIL;
            case SM_OCCUPANCY -> Nvml.NVML_GPM_METRIC_SM_OCCUPANCY;
            case PCIE_SENT -> Nvml.NVML_GPM_METRIC_PCIE_TX_PER_SEC;
            case PCIE_RECEIVED -> Nvml.NVML_GPM_METRIC_PCIE_RX_PER_SEC;
            case NVLINK_SENT -> Nvml.NVML_GPM_METRIC_NVLINK_TOTAL_TX_PER_SEC;
            case NVLINK_RECEIVED -> Nvml.NVML_GPM_METRIC_NVLINK_TOTAL_RX_PER_SEC;
            default -> throw new IllegalArgumentException("metric must be one of " + PROFILED + ", got " + metric);
        };
    }

    @Override
    public void close() {
        allocated.forEach(nvml::nvmlGpmSampleFree);
        allocated.clear();
        pool.clear();
    }
}
