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
            case GEMM_TFLOPS, GEMM_COMPARED, STEP_TFLOPS -> "clock, power and temperature of the slowest GPU";
            case STEP_TIME, COMPUTE_ALONE, STEP_FLOP -> "clock and power of that GPU";
            case COMMUNICATION_ALONE, STEP_BYTES, SCALE_EFFICIENCY -> "links, NICs and NCCL's settings";
            case SENSITIVITY -> "the workload's bytes a step: too few for this fabric";
            case LOAD_RATIO -> "what else ran there: the counters do not fit the work";
            case HBM_BANDWIDTH, HBM_LATENCY -> "that GPU's memory clock, ECC counters and what else runs there";
            case MEMORY_CAPACITY, MEMORY_FREE -> "that GPU's model, retired memory and foreign processes";
            case MEMTEST_BANDWIDTH, MEMTEST_SHARE -> "that GPU's ECC counters and remapped rows; test its memory again";
            case HOST_BANDWIDTH, HOST_LATENCY -> "its PCIe link's generation and width, and its CPU binding";
            case LAUNCH_JNA, LAUNCH_KERNEL, LAUNCH_EVENT, LAUNCH_GEMM ->
                "that node's CPU governor and clock, its CPU binding, what else runs there, virtualisation";
            case LAUNCH_MEMORY -> "that node's memory channels, NUMA placement and CPU binding, what else runs there";
            case PEER_BANDWIDTH, PEER_LATENCY -> "NVLink state of both GPUs (nvidia-smi nvlink -s), fabric manager";
            case COLLECTIVE_BUSBW, COLLECTIVE_TIME, COLLECTIVE_ITERATION ->
                "links, NICs and NCCL's settings; its log of that launch";
            case PAIR_BANDWIDTH, PAIR_LATENCY, PAIR_NODE_BANDWIDTH ->
                "the NICs, cables and switch ports of those two nodes, and NCCL's log of that launch";
            case TEMPERATURE_RISE -> "its cooling, and the temperature in the telemetry";
            case RDMA_BANDWIDTH, RDMA_LATENCY, RDMA_TESTS ->
                "those two NICs: PCIe link (lspci -vv, LnkSta), cable, switch port, and perftest by hand";
            case FABRIC_BANDWIDTH, FABRIC_BUSBW, FABRIC_NODE_BANDWIDTH ->
                "the NICs of that node, its leaf's uplinks and the spine, routing, and NCCL's log of that launch";
            case FABRIC_VICTIM -> "congestion control, adaptive routing and the spine: others' traffic slows this pair";
            case WARMTH -> "the duration: too short to heat the GPU";
            case NIC_COUNT, NIC_WINDOW, NIC_RATE, NIC_LINK_DOWN ->
                "that NIC: its link, cable, transceiver and switch port";
            case NIC_BYTES_SENT, NIC_BYTES_RECEIVED, NIC_BYTES_PREDICTED, NIC_BYTES_RATIO, NIC_SHARE ->
                "other jobs on these NICs, NCCL_IB_HCA, and the transport in NCCL's log";
            case NIC_RETRANSMITS, NIC_OUT_OF_SEQUENCE, NIC_CNP, NIC_ECN, NIC_WAIT ->
                "the fabric: PFC, ECN, adaptive routing, drops at the switches";
            case NIC_ERRORS -> "that NIC's cable, transceiver and switch port";
            case PCIE_SENT,
                    PCIE_RECEIVED,
                    PCIE_BYTES_SENT,
                    PCIE_BYTES_RECEIVED,
                    PCIE_REPLAYS,
                    PCIE_GENERATION,
                    PCIE_WIDTH -> "its slot, riser and retimer (lspci -vv, LnkSta), and the BIOS' link settings";
            case NVLINK_SENT,
                    NVLINK_RECEIVED,
                    NVLINK_BYTES_SENT,
                    NVLINK_BYTES_RECEIVED,
                    NVLINK_ACTIVE,
                    NVLINK_ERRORS,
                    NVLINK_REPLAYS -> "its NVLinks (nvidia-smi nvlink -s, -e), the NVSwitches and the fabric manager";
            case ECC_CORRECTED, ECC_UNCORRECTED, ECC_CORRECTED_LIFETIME, ECC_UNCORRECTED_LIFETIME, ECC_MODE ->
                "its memory (nvidia-smi -q -d ECC) and Xid errors in the kernel's log";
            case REMAPPED_ROWS, REMAPPED_NEW, REMAPPED_PENDING, REMAPPED_FAILURE, RETIRED_PAGES ->
                "its memory (nvidia-smi -q -d ROW_REMAPPER): reset a GPU with pending rows, replace one with failures";
            case VIOLATION_POWER -> "its power limit (nvidia-smi -q -d POWER) and the node's power feed";
            case VIOLATION_THERMAL -> "its cooling: temperature, fans, airflow";
            case XID -> "the node's kernel log (dmesg, \"NVRM: Xid\") and NVIDIA's list of Xid errors";
            case FOREIGN_PROCESSES -> "what else runs there (nvidia-smi): end it and measure again";
            case PERSISTENCE -> "the node's nvidia-persistenced";
            case IDENTITY_DIFFERENCES -> "that node's driver, firmware and settings: make them those of the others";
            case TRAIN_FABRIC -> "links, NICs and NCCL's settings; the collective and fabric families name the part";
            case STEP_BYTES_BUS, STEP_TOKENS, STEP_FLOP_FULL, STEP_FLOP_EXECUTED ->
                "the plan and the spec: the work is what they say";
            case TRAIN_TOKENS, TRAIN_TOKENS_ALL, TRAIN_MFU, TRAIN_MFU_FULL, TRAIN_HFU, TRAIN_TOKENS_JOULE ->
                "the step's parts (train.forward, train.recompute, train.backward, train.update, train.exposed), clock and power of the slowest GPU, and NCCL";
            case TRAIN_FORWARD, TRAIN_BACKWARD -> "clock and power of that GPU";
            case TRAIN_UPDATE -> "that GPU's memory clock and ECC counters";
            case TRAIN_RECOMPUTE, TRAIN_SILENT -> "clock and power of that GPU";
            case TRAIN_EXPOSED, TRAIN_EXPOSED_DIFFERENCE ->
                "links, NICs and NCCL's settings, the slowest GPU, which all wait for, and overlap_comm of the config";
            case TRAIN_COLLECTIVE, TRAIN_COMMUNICATION, TRAIN_GRADIENTS_BUSBW, TRAIN_WEIGHTS_BUSBW ->
                "links, NICs and NCCL's settings, and the slowest GPU, which all wait for";
            case MEMORY_PART -> "the plan and the spec: the work is what they say";
            case HOST_ENQUEUE_SHARE ->
                "that node's CPU governor and clock, and its CPU binding: launch tells what a call takes";
            case TRAIN_LOSS, TRAIN_GRADIENT_NORM -> "that GPU's memory and arithmetic: hbm, memtest and gemm test them";
            case MEMORY_USED, MEMORY_PLANNED, MEMORY_PLAN_RATIO ->
                "foreign processes on that GPU, and NCCL's buffers (NCCL_BUFFSIZE)";
            case LEFT_OUT -> "why that launch was so slow: the transport in NCCL's log, and who was last";
            case WRONG_ELEMENTS, DISTINCT_RESULTS -> "that GPU: ECC counters, Xid errors, memory tests; do not use it";
        };
    }
}
