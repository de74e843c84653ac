package dev.assay.verdict;

import dev.assay.measurement.Metric;

/** Where to look when a limit is missed. */
final class Hints {
    private Hints() {}

    static String of(Metric metric) {
        return switch (metric) {
            case SM_ACTIVE, SM_ACTIVE_SECOND, TENSOR_ACTIVE, DRAM_ACTIVE, SM_OCCUPANCY, GPU_RESIDENT ->
                "its CPU binding, foreign processes and throttle reasons";
            case POWER, ENERGY, POWER_LIMIT -> "its power limit (nvidia-smi -q -d POWER) and the node's power feed";
            case SM_CLOCK, TEMPERATURE, THROTTLE_THERMAL -> "its cooling: temperature, fans, airflow";
            case THROTTLE_POWER_CAP, THROTTLE_HARDWARE -> "the node's power supplies and power brake";
            case TELEMETRY_COVERAGE, TELEMETRY_RATE -> "the rank's log: telemetry stalled";
            case GEMM_TFLOPS, STEP_TFLOPS -> "clock, power and temperature of the slowest GPU";
            case STEP_TIME, COMPUTE_ALONE, STEP_FLOP -> "clock and power of that GPU";
            case COMMUNICATION_ALONE, STEP_BYTES, SCALE_EFFICIENCY -> "links, NICs and NCCL's settings";
            case SENSITIVITY -> "the workload's bytes a step: too few for this fabric";
            case LOAD_RATIO -> "what else ran there: the counters do not fit the work";
            case HBM_BANDWIDTH, HBM_LATENCY -> "that GPU's memory clock, ECC counters and what else runs there";
            case MEMORY_CAPACITY, MEMORY_FREE -> "that GPU's model, retired memory and foreign processes";
            case MEMTEST_BANDWIDTH, MEMTEST_SHARE -> "that GPU's ECC counters and remapped rows; test its memory again";
            case HOST_BANDWIDTH, HOST_LATENCY -> "its PCIe link's generation and width, and its CPU binding";
            case PEER_BANDWIDTH, PEER_LATENCY -> "NVLink state of both GPUs (nvidia-smi nvlink -s), fabric manager";
            case COLLECTIVE_BUSBW, COLLECTIVE_TIME -> "links, NICs and NCCL's settings; its log of that launch";
            case WARMTH -> "the duration: too short to heat the GPU";
            case WRONG_ELEMENTS, DISTINCT_RESULTS -> "that GPU: ECC counters, Xid errors, memory tests; do not use it";
        };
    }
}
