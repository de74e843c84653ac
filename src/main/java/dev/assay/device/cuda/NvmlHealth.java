package dev.assay.device.cuda;

import dev.assay.measurement.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * What NVML knows of a GPU's wear and settings at one moment. Each reading is refused by itself, in NVML's words; a sum with a
 * refused part is refused as a whole.
 */
final class NvmlHealth {
    /** A packet sent again, a link trained anew. The field values that sum over links read zero on Hopper. */
    private static final List<Integer> NVLINK_REPLAYS =
            List.of(Nvml.NVML_NVLINK_ERROR_DL_REPLAY, Nvml.NVML_NVLINK_ERROR_DL_RECOVERY);

    private static final List<Integer> NVLINK_CRC = List.of(Nvml.NVML_NVLINK_ERROR_DL_CRC_FLIT);

    private static final int ROOM_FOR_PAGES = 512;

    private static final Map<Metric, String> CALLS = Map.ofEntries(
            Map.entry(Metric.ECC_CORRECTED, "nvmlDeviceGetTotalEccErrors, corrected, volatile"),
            Map.entry(Metric.ECC_UNCORRECTED, "nvmlDeviceGetTotalEccErrors, uncorrected, volatile"),
            Map.entry(Metric.ECC_CORRECTED_LIFETIME, "nvmlDeviceGetTotalEccErrors, corrected, aggregate"),
            Map.entry(Metric.ECC_UNCORRECTED_LIFETIME, "nvmlDeviceGetTotalEccErrors, uncorrected, aggregate"),
            Map.entry(Metric.ECC_MODE, "nvmlDeviceGetEccMode, current"),
            Map.entry(Metric.REMAPPED_ROWS, "nvmlDeviceGetRemappedRows, corrRows + uncRows"),
            Map.entry(Metric.REMAPPED_PENDING, "nvmlDeviceGetRemappedRows, isPending"),
            Map.entry(Metric.REMAPPED_FAILURE, "nvmlDeviceGetRemappedRows, failureOccurred"),
            Map.entry(Metric.RETIRED_PAGES, "nvmlDeviceGetRetiredPages, both causes"),
            Map.entry(Metric.PCIE_REPLAYS, "nvmlDeviceGetPcieReplayCounter"),
            Map.entry(Metric.NVLINK_ACTIVE, "nvmlDeviceGetNvLinkState of every link"),
            Map.entry(
                    Metric.NVLINK_ERRORS,
                    "nvmlDeviceGetNvLinkErrorCounter, replay + recovery + CRC flit, of every active link"),
            Map.entry(
                    Metric.NVLINK_REPLAYS, "nvmlDeviceGetNvLinkErrorCounter, replay + recovery, of every active link"),
            Map.entry(
                    Metric.VIOLATION_POWER,
                    "nvmlDeviceGetViolationStatus, power; where refused nvmlDeviceGetFieldValues 74"),
            Map.entry(
                    Metric.VIOLATION_THERMAL,
                    "nvmlDeviceGetViolationStatus, thermal; where refused nvmlDeviceGetFieldValues 269 + 270"),
            Map.entry(Metric.XID, "nvmlEventSetWait_v2, nvmlEventTypeXidCriticalError"),
            Map.entry(Metric.FOREIGN_PROCESSES, "nvmlDeviceGetComputeRunningProcesses_v3"),
            Map.entry(Metric.PERSISTENCE, "nvmlDeviceGetPersistenceMode"));

    private final NvmlGpu gpu;
    private final Nvml nvml;
    private final long device;

    NvmlHealth(NvmlGpu gpu) {
        this.gpu = gpu;
        this.nvml = gpu.nvml();
        this.device = gpu.device();
    }

    /** What is called for a metric, for the reviewer. */
    static String source(Metric metric) {
        return CALLS.getOrDefault(metric, "NVML");
    }

    /** Every metric that has a value at a moment. */
    Map<Metric, GpuReading<Double>> read() {
        Map<Metric, GpuReading<Double>> readings = new EnumMap<>(Metric.class);
        memory(readings);
        readings.put(
                Metric.PCIE_REPLAYS,
                gpu.integer("nvmlDeviceGetPcieReplayCounter", out -> nvml.nvmlDeviceGetPcieReplayCounter(device, out))
                        .map(value -> (double) Integer.toUnsignedLong(value)));
        GpuReading<List<Integer>> active = activeLinks();
        readings.put(Metric.NVLINK_ACTIVE, active.map(links -> (double) links.size()));
        GpuReading<Double> replays = active.flatMap(links -> linkErrors(links, NVLINK_REPLAYS));
        readings.put(Metric.NVLINK_REPLAYS, replays);
        readings.put(
                Metric.NVLINK_ERRORS, sum(List.of(replays, active.flatMap(links -> linkErrors(links, NVLINK_CRC)))));
        readings.put(
                Metric.VIOLATION_POWER,
                violationMillis(
                        Nvml.NVML_PERF_POLICY_POWER, List.of(Nvml.NVML_FI_DEV_CLOCKS_EVENT_REASON_SW_POWER_CAP)));
        readings.put(
                Metric.VIOLATION_THERMAL,
                violationMillis(
                        Nvml.NVML_PERF_POLICY_THERMAL,
                        List.of(
                                Nvml.NVML_FI_DEV_CLOCKS_EVENT_REASON_SW_THERM_SLOWDOWN,
                                Nvml.NVML_FI_DEV_CLOCKS_EVENT_REASON_HW_THERM_SLOWDOWN)));
        readings.put(
                Metric.PERSISTENCE,
                gpu.integer("nvmlDeviceGetPersistenceMode", out -> nvml.nvmlDeviceGetPersistenceMode(device, out))
                        .map(Integer::doubleValue));
        return readings;
    }

    private void memory(Map<Metric, GpuReading<Double>> readings) {
        int corrected = Nvml.NVML_MEMORY_ERROR_TYPE_CORRECTED;
        int uncorrected = Nvml.NVML_MEMORY_ERROR_TYPE_UNCORRECTED;
        readings.put(Metric.ECC_CORRECTED, ecc(corrected, Nvml.NVML_VOLATILE_ECC));
        readings.put(Metric.ECC_UNCORRECTED, ecc(uncorrected, Nvml.NVML_VOLATILE_ECC));
        readings.put(Metric.ECC_CORRECTED_LIFETIME, ecc(corrected, Nvml.NVML_AGGREGATE_ECC));
        readings.put(Metric.ECC_UNCORRECTED_LIFETIME, ecc(uncorrected, Nvml.NVML_AGGREGATE_ECC));
        readings.put(
                Metric.ECC_MODE,
                gpu.integer("nvmlDeviceGetEccMode", out -> nvml.nvmlDeviceGetEccMode(device, out, new int[1]))
                        .map(Integer::doubleValue));
        remapped(readings);
        readings.put(
                Metric.RETIRED_PAGES,
                sum(List.of(
                        retired(Nvml.NVML_PAGE_RETIREMENT_CAUSE_MULTIPLE_SINGLE_BIT_ECC_ERRORS),
                        retired(Nvml.NVML_PAGE_RETIREMENT_CAUSE_DOUBLE_BIT_ECC_ERROR))));
    }

    private GpuReading<Double> ecc(int errorType, int counterType) {
        return counter(
                "nvmlDeviceGetTotalEccErrors",
                out -> nvml.nvmlDeviceGetTotalEccErrors(device, errorType, counterType, out));
    }

    /** NVML says "not available" by all bits set where it has no status for it. */
    private GpuReading<Double> counter(String call, ToIntFunction<long[]> function) {
        return gpu.wide(call, function)
                .flatMap(value -> value < 0
                        ? GpuReading.refused(call + " answered " + value + ", which counts nothing")
                        : GpuReading.of((double) value));
    }

    private void remapped(Map<Metric, GpuReading<Double>> readings) {
        int[] corrected = new int[1];
        int[] uncorrected = new int[1];
        int[] pending = new int[1];
        int[] failed = new int[1];
        int status = nvml.nvmlDeviceGetRemappedRows(device, corrected, uncorrected, pending, failed);
        String call = "nvmlDeviceGetRemappedRows";
        readings.put(Metric.REMAPPED_ROWS, gpu.answer(call, status, unsigned(corrected) + unsigned(uncorrected)));
        readings.put(Metric.REMAPPED_PENDING, gpu.answer(call, status, unsigned(pending)));
        readings.put(Metric.REMAPPED_FAILURE, gpu.answer(call, status, unsigned(failed)));
    }

    /** More pages than there is room for are still counted. */
    private GpuReading<Double> retired(int cause) {
        int[] count = {ROOM_FOR_PAGES};
        int status = nvml.nvmlDeviceGetRetiredPages(device, cause, count, new long[ROOM_FOR_PAGES]);
        boolean counted = status == Nvml.NVML_ERROR_INSUFFICIENT_SIZE && count[0] > ROOM_FOR_PAGES;
        return gpu.answer("nvmlDeviceGetRetiredPages", counted ? Nvml.NVML_SUCCESS : status, unsigned(count));
    }

    /** NVML calls the first link that the GPU does not have an invalid argument; a GPU without any refuses the first. */
    private GpuReading<List<Integer>> activeLinks() {
        List<Integer> active = new ArrayList<>();
        for (int link = 0; link < Nvml.NVML_NVLINK_MAX_LINKS; link++) {
            int[] isActive = new int[1];
            int status = nvml.nvmlDeviceGetNvLinkState(device, link, isActive);
            if (status == Nvml.NVML_ERROR_INVALID_ARGUMENT && link > 0) {
                return GpuReading.of(active);
            }
            if (status != Nvml.NVML_SUCCESS) {
                return gpu.answer("nvmlDeviceGetNvLinkState of link " + link, status, active);
            }
            if (isActive[0] == 1) {
                active.add(link);
            }
        }
        return GpuReading.of(active);
    }

    private GpuReading<Double> linkErrors(List<Integer> links, List<Integer> counters) {
        List<GpuReading<Double>> counts = new ArrayList<>();
        for (int link : links) {
            for (int counter : counters) {
                counts.add(counter(
                        "nvmlDeviceGetNvLinkErrorCounter of link " + link + ", counter " + counter,
                        out -> nvml.nvmlDeviceGetNvLinkErrorCounter(device, link, counter, out)));
            }
        }
        return counts.isEmpty() ? GpuReading.refused("no NVLink is active") : sum(counts);
    }

    /**
     * CUDA 13.0 deprecates the call in favour of field values, which older drivers do not have; both count nanoseconds.
     *
     * @param fields that sum up to the same
     */
    private GpuReading<Double> violationMillis(int policy, List<Integer> fields) {
        long[] referenceViolation = new long[2];
        int status = nvml.nvmlDeviceGetViolationStatus(device, policy, referenceViolation);
        GpuReading<Double> asked = gpu.answer("nvmlDeviceGetViolationStatus", status, referenceViolation[1] / 1e6);
        return asked.fold(
                GpuReading::of,
                reason -> sum(fields.stream().map(gpu::field).toList())
                        .fold(
                                nanos -> GpuReading.of(nanos / 1e6),
                                second -> GpuReading.refused(reason + "; " + second)));
    }

    /**
     * Processes on the GPU that are neither this one nor started by it; told only where this one is seen among them.
     *
     * @param started by this process
     */
    GpuReading<List<Integer>> foreignProcesses(long self, Set<Long> started) {
        return gpu.computeProcesses().flatMap(pids -> {
            List<Integer> others = Arrays.stream(pids)
                    .filter(pid -> pid != self && !started.contains((long) pid))
                    .boxed()
                    .toList();
            return Arrays.stream(pids).noneMatch(pid -> pid == self)
                    ? GpuReading.refused("nvmlDeviceGetComputeRunningProcesses_v3 does not list this process (" + self
                            + "), so it may hide others too: run where process ids are the host's")
                    : GpuReading.of(others);
        });
    }

    private static double unsigned(int[] out) {
        return Integer.toUnsignedLong(out[0]);
    }

    private static GpuReading<Double> sum(List<GpuReading<Double>> parts) {
        GpuReading<Double> sum = GpuReading.of(0.0);
        for (GpuReading<Double> part : parts) {
            sum = sum.flatMap(before -> part.map(value -> before + value));
        }
        return sum;
    }
}
