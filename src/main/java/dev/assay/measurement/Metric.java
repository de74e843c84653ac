package dev.assay.measurement;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The catalogue of what is measured. {@code native/README.md} defines each; the key is what criteria files and result files
 * write. A metric marked <em>derived</em> is computed by the judge from others and never written by a worker.
 */
public enum Metric {
    /** SM cycles with at least one resident warp, averaged over SMs, over the whole window. NVML GPM metric 2. */
    SM_ACTIVE("sm.active", Unit.PERCENT, MetricKind.WATCHED),
    /** The same, one sample a whole second of the window. */
    SM_ACTIVE_SECOND("sm.active.second", Unit.PERCENT, MetricKind.WATCHED),
    /** Cycles with any tensor pipe busy, over the whole window. NVML GPM metric 5. */
    TENSOR_ACTIVE("tensor.active", Unit.PERCENT, MetricKind.WATCHED),
    /** HBM bandwidth in use, over the whole window. NVML GPM metric 10. */
    DRAM_ACTIVE("dram.active", Unit.PERCENT, MetricKind.WATCHED),
    /** Resident warps over the most possible, over the whole window. NVML GPM metric 3. */
    SM_OCCUPANCY("sm.occupancy", Unit.PERCENT, MetricKind.WATCHED),
    /** Share of time that any kernel was resident: nvidia-smi's "utilisation". Shown, never decisive. */
    GPU_RESIDENT("gpu.resident", Unit.PERCENT, MetricKind.WATCHED),
    /** Board power, one sample a telemetry tick. */
    POWER("power", Unit.WATT, MetricKind.WATCHED),
    /** Energy over the whole window. */
    ENERGY("energy", Unit.JOULE, MetricKind.WATCHED),
    /** Enforced power limit, at the start and the end of the window. */
    POWER_LIMIT("power.limit", Unit.WATT),
    SM_CLOCK("sm.clock", Unit.MEGAHERTZ, MetricKind.WATCHED),
    TEMPERATURE("temperature", Unit.CELSIUS, MetricKind.WATCHED),
    /** Share of telemetry ticks with the software power cap active: normal at the planned limit. */
    THROTTLE_POWER_CAP("throttle.power-cap", Unit.PERCENT, MetricKind.WATCHED),
    /** Share of ticks with a software or hardware thermal slowdown. */
    THROTTLE_THERMAL("throttle.thermal", Unit.PERCENT, MetricKind.WATCHED),
    /** Share of ticks with hardware slowdown or external power brake. */
    THROTTLE_HARDWARE("throttle.hardware", Unit.PERCENT, MetricKind.WATCHED),
    /** Share of the declared duration that telemetry covered. */
    TELEMETRY_COVERAGE("telemetry.coverage", Unit.PERCENT),
    /** Telemetry ticks a second that were reached. */
    TELEMETRY_RATE("telemetry.rate", Unit.COUNT),

    /** 2·M·N·K over time, one sample a timed batch of equal work. */
    GEMM_TFLOPS("gemm.tflops", Unit.TFLOPS),
    /** 2·M·N·K over the time of an output and its digest: arithmetic whose every bit was compared, one sample an output. */
    GEMM_COMPARED("gemm.compared", Unit.TFLOPS),

    /** Time of one step on this rank, of {@code coupled} or of training. */
    STEP_TIME("step.time", Unit.MILLISECOND),
    /** The step's GEMMs alone, nothing communicated. */
    COMPUTE_ALONE("compute.alone", Unit.MILLISECOND),
    /** The step's all-reduces alone, nothing computed. */
    COMMUNICATION_ALONE("communication.alone", Unit.MILLISECOND),
    /** Bytes that one rank hands to the collectives of one step. */
    STEP_BYTES("step.bytes", Unit.BYTES),
    /** Floating-point operations of one rank in one step, as a plain number; of training those of the model, causal. */
    STEP_FLOP("step.flop", Unit.COUNT),

    /** Derived: device memory in all, as NVML says. */
    MEMORY_CAPACITY("memory.capacity", Unit.MEBIBYTES, MetricKind.DERIVED),
    /** Bytes that one memory kernel reads and writes over its time, one sample a launch; condition {@code kernel}. */
    HBM_BANDWIDTH("hbm.bandwidth", Unit.GIGABYTES_PER_SECOND),
    /** One dependent load, the mean over a chase through a footprint; condition {@code footprint}. */
    HBM_LATENCY("hbm.latency", Unit.NANOSECOND),
    /** Bytes that the memory test wrote and read back over its time; condition {@code pattern}. */
    MEMTEST_BANDWIDTH("memtest.bandwidth", Unit.GIGABYTES_PER_SECOND),
    /** Of the memory that was free at the start, what the memory test covered. */
    MEMTEST_SHARE("memtest.share", Unit.PERCENT),
    /** Device memory that was free before anything of ours was allocated. */
    MEMORY_FREE("memory.free", Unit.MEBIBYTES),
    /** Bytes over time of pinned copies between host and device; conditions {@code direction}, {@code load}, {@code place}. */
    HOST_BANDWIDTH("host.bandwidth", Unit.GIGABYTES_PER_SECOND),
    /** One small pinned copy in a queue of them; conditions {@code direction}, {@code place}. */
    HOST_LATENCY("host.latency", Unit.MICROSECOND),
    /** Bytes over time between two GPUs of a node; conditions {@code to}, {@code method}, {@code access}, {@code direction}. */
    PEER_BANDWIDTH("peer.bandwidth", Unit.GIGABYTES_PER_SECOND),
    /** One dependent load from another GPU's memory; condition {@code to}. */
    PEER_LATENCY("peer.latency", Unit.NANOSECOND),
    /** Bus bandwidth of a collective; conditions {@code operation}, {@code bytes}, {@code scope}, {@code type}, {@code mode}. */
    COLLECTIVE_BUSBW("collective.busbw", Unit.GIGABYTES_PER_SECOND),
    /** Time of one collective on this rank; conditions as of the bus bandwidth. */
    COLLECTIVE_TIME("collective.time", Unit.MICROSECOND),
    /** Each of many collectives on this rank by itself; conditions as of the bus bandwidth, but no {@code batch}. */
    COLLECTIVE_ITERATION("collective.iteration", Unit.MICROSECOND),
    /** Ports of RDMA devices on this node, else interfaces; its conditions say what kind, and why a figure is absent. */
    NIC_COUNT("nic.count", Unit.COUNT, MetricKind.NODE),
    /** Time between the two readings of the NICs' counters. */
    NIC_WINDOW("nic.window", Unit.MILLISECOND, MetricKind.NODE),
    /** Line rate of one NIC. Every metric of a NIC names it in its conditions. */
    NIC_RATE("nic.rate", Unit.GIGABYTES_PER_SECOND, MetricKind.NIC),
    NIC_BYTES_SENT("nic.bytes.sent", Unit.BYTES, MetricKind.NIC),
    NIC_BYTES_RECEIVED("nic.bytes.received", Unit.BYTES, MetricKind.NIC),
    /** What the work sends out of this node in the window, by the formula that the conditions name. */
    NIC_BYTES_PREDICTED("nic.bytes.predicted", Unit.BYTES, MetricKind.NODE),
    /** Times that the NIC had to send again, by every cause that it counts. */
    NIC_RETRANSMITS("nic.retransmits", Unit.COUNT, MetricKind.NIC),
    NIC_OUT_OF_SEQUENCE("nic.out-of-sequence", Unit.COUNT, MetricKind.NIC),
    /** Congestion notifications sent and obeyed. */
    NIC_CNP("nic.cnp", Unit.COUNT, MetricKind.NIC),
    /** Packets that arrived with a congestion mark. */
    NIC_ECN("nic.ecn", Unit.COUNT, MetricKind.NIC),
    /** Ticks in which there was something to send and no credit. */
    NIC_WAIT("nic.wait", Unit.COUNT, MetricKind.NIC),
    NIC_LINK_DOWN("nic.link-down", Unit.COUNT, MetricKind.NIC),
    /** Symbol and receive errors, discards, checksum errors. */
    NIC_ERRORS("nic.errors", Unit.COUNT, MetricKind.NIC),

    /** Derived: bytes that a node's NICs counted over those that the work sends. */
    NIC_BYTES_RATIO("nic.bytes.ratio", Unit.RATIO, MetricKind.DERIVED),
    /** Derived: bytes of one NIC over the mean of its node's. */
    NIC_SHARE("nic.share", Unit.RATIO, MetricKind.DERIVED),
    /** PCIe bytes from the GPU, over the whole window. NVML GPM metric 20. */
    PCIE_SENT("pcie.sent", Unit.GIGABYTES_PER_SECOND, MetricKind.WATCHED),
    /** PCIe bytes to the GPU, over the whole window. NVML GPM metric 21. */
    PCIE_RECEIVED("pcie.received", Unit.GIGABYTES_PER_SECOND, MetricKind.WATCHED),
    /** NVLink bytes from the GPU over all links, over the whole window. NVML GPM metric 61. */
    NVLINK_SENT("nvlink.sent", Unit.GIGABYTES_PER_SECOND, MetricKind.WATCHED),
    /** NVLink bytes to the GPU over all links, over the whole window. NVML GPM metric 60. */
    NVLINK_RECEIVED("nvlink.received", Unit.GIGABYTES_PER_SECOND, MetricKind.WATCHED),
    /** PCIe bytes from the GPU over the whole work, its preparation and checks included. */
    PCIE_BYTES_SENT("pcie.bytes.sent", Unit.BYTES, MetricKind.HEALTH),
    /** PCIe bytes to the GPU over the whole work. */
    PCIE_BYTES_RECEIVED("pcie.bytes.received", Unit.BYTES, MetricKind.HEALTH),
    /** NVLink bytes from the GPU over all links and the whole work. */
    NVLINK_BYTES_SENT("nvlink.bytes.sent", Unit.BYTES, MetricKind.HEALTH),
    /** NVLink bytes to the GPU over all links and the whole work. */
    NVLINK_BYTES_RECEIVED("nvlink.bytes.received", Unit.BYTES, MetricKind.HEALTH),

    /** Corrected memory errors since the driver was loaded, before and after the work; judged is the increase. */
    ECC_CORRECTED("health.ecc.corrected", Unit.COUNT, MetricKind.HEALTH),
    /** Uncorrected memory errors since the driver was loaded, before and after the work; judged is the increase. */
    ECC_UNCORRECTED("health.ecc.uncorrected", Unit.COUNT, MetricKind.HEALTH),
    /** Corrected memory errors of the GPU's whole life, before and after the work. */
    ECC_CORRECTED_LIFETIME("health.ecc.corrected.lifetime", Unit.COUNT, MetricKind.HEALTH),
    /** Uncorrected memory errors of the GPU's whole life, before and after the work. */
    ECC_UNCORRECTED_LIFETIME("health.ecc.uncorrected.lifetime", Unit.COUNT, MetricKind.HEALTH),
    /** 1 where ECC is on, before and after the work: what is not checked has no errors. */
    ECC_MODE("health.ecc.mode", Unit.COUNT, MetricKind.HEALTH),
    /** Memory rows that were ever remapped, for corrected and uncorrected errors. */
    REMAPPED_ROWS("health.remapped.rows", Unit.COUNT, MetricKind.HEALTH),
    /** 1 where a row waits for a reset to be remapped. */
    REMAPPED_PENDING("health.remapped.pending", Unit.COUNT, MetricKind.HEALTH),
    /** 1 where a row could ever not be remapped: no spare is left. */
    REMAPPED_FAILURE("health.remapped.failure", Unit.COUNT, MetricKind.HEALTH),
    /** Memory pages that were ever retired, for both causes; GPUs that remap rows retire none. */
    RETIRED_PAGES("health.retired.pages", Unit.COUNT, MetricKind.HEALTH),
    /** PCIe packets sent again, before and after the work; judged is the increase. */
    PCIE_REPLAYS("health.pcie.replays", Unit.COUNT, MetricKind.HEALTH),
    /** PCIe generation of the link, one sample a telemetry tick: an idle GPU lowers it, so only under load it tells. */
    PCIE_GENERATION("health.pcie.generation", Unit.COUNT, MetricKind.WATCHED),
    /** PCIe lanes of the link, one sample a telemetry tick. */
    PCIE_WIDTH("health.pcie.width", Unit.COUNT, MetricKind.WATCHED),
    /** NVLinks that are up, before and after the work. */
    NVLINK_ACTIVE("health.nvlink.active", Unit.COUNT, MetricKind.HEALTH),
    /** NVLink replays, recoveries and CRC errors over all links, before and after the work; judged is the increase. */
    NVLINK_ERRORS("health.nvlink.errors", Unit.COUNT, MetricKind.HEALTH),
    /** Of those the replays and recoveries, which a sound link does without; judged is the increase. */
    NVLINK_REPLAYS("health.nvlink.replays", Unit.COUNT, MetricKind.HEALTH),
    /** Time below the clocks for the power limit's sake, before and after the work; judged is the increase. */
    VIOLATION_POWER("health.violation.power", Unit.MILLISECOND, MetricKind.HEALTH),
    /** Time below the clocks for temperature's sake, before and after the work; judged is the increase. */
    VIOLATION_THERMAL("health.violation.thermal", Unit.MILLISECOND, MetricKind.HEALTH),
    /** Critical errors (XID) that the driver reported of this GPU during the work, by whatever process. */
    XID("health.xid", Unit.COUNT, MetricKind.HEALTH),
    /** Most processes other than this rank's own that were seen on the GPU at once. */
    FOREIGN_PROCESSES("health.foreign.processes", Unit.COUNT, MetricKind.HEALTH),
    /** 1 where the driver stays loaded without clients, before and after the work. */
    PERSISTENCE("health.persistence", Unit.COUNT, MetricKind.HEALTH),

    /** Bytes over time of an all-reduce of two GPUs on two nodes; conditions {@code to} (the other node), {@code round}. */
    PAIR_BANDWIDTH("pair.bandwidth", Unit.GIGABYTES_PER_SECOND),
    /** Time of one such all-reduce of 8 bytes; conditions as of the bandwidth. */
    PAIR_LATENCY("pair.latency", Unit.MICROSECOND),
    /** Derived: the bandwidths of all GPUs of two nodes that met, added up. */
    PAIR_NODE_BANDWIDTH("pair.node.bandwidth", Unit.GIGABYTES_PER_SECOND, MetricKind.DERIVED),

    /** One call of libc's getpid through JNA's direct mapping; condition {@code score}. */
    LAUNCH_JNA("launch.jna", Unit.NANOSECOND),
    /** Enqueueing one kernel, as the host sees it; condition {@code score}: mean, p50, p99. */
    LAUNCH_KERNEL("launch.kernel", Unit.MICROSECOND),
    /** From recording an event on an idle stream until the host sees it; condition {@code score}. */
    LAUNCH_EVENT("launch.event", Unit.MICROSECOND),
    /** Enqueueing one small GEMM, as the host sees it; conditions {@code score}, {@code shape}. */
    LAUNCH_GEMM("launch.gemm", Unit.MICROSECOND),
    /** Bytes read and written over time by all threads of a rank that copy host memory; condition {@code threads}. */
    LAUNCH_MEMORY("launch.memory", Unit.GIGABYTES_PER_SECOND),

    /** RDMA writes from one NIC to its like on another node, by {@code ib_write_bw}; conditions {@code to}, {@code rail}. */
    RDMA_BANDWIDTH("rdma.bandwidth", Unit.GIGABYTES_PER_SECOND),
    /** Half a round trip of RDMA writes of 8 bytes, by {@code ib_write_lat}: the median; conditions as of the bandwidth. */
    RDMA_LATENCY("rdma.latency", Unit.MICROSECOND),
    /** Tests of this node towards others that gave a value; conditions: why others gave none, and why NICs took no part. */
    RDMA_TESTS("rdma.tests", Unit.COUNT),

    /** What a rank received of other nodes over time; conditions {@code variant}, {@code pattern}, {@code round}. */
    FABRIC_BANDWIDTH("fabric.bandwidth", Unit.GIGABYTES_PER_SECOND),
    /** Bus bandwidth of an all-reduce over all ranks; condition {@code variant}: how NCCL was held to connect them. */
    FABRIC_BUSBW("fabric.busbw", Unit.GIGABYTES_PER_SECOND),
    /** Derived: what all GPUs of one node received in one round, added up. */
    FABRIC_NODE_BANDWIDTH("fabric.node.bandwidth", Unit.GIGABYTES_PER_SECOND, MetricKind.DERIVED),
    /** Derived: a pair's bandwidth while others load the fabric, over its bandwidth alone. */
    FABRIC_VICTIM("fabric.victim", Unit.RATIO, MetricKind.DERIVED),

    /** Tokens that one rank takes in one optimizer step of training. */
    STEP_TOKENS("step.tokens", Unit.COUNT),
    /** Model FLOP of one rank in one training step, attention counted in full, as a plain number. */
    STEP_FLOP_FULL("step.flop.full", Unit.COUNT),
    /** FLOP that one rank really does in one training step, recomputation included, as a plain number. */
    STEP_FLOP_EXECUTED("step.flop.executed", Unit.COUNT),
    /** Mean loss over all tokens of all ranks, nats a token: one sample a step, from the very first. */
    TRAIN_LOSS("train.loss", Unit.RATIO),
    /** Global 2-norm of the gradients before clipping: one sample a step, from the very first. */
    TRAIN_GRADIENT_NORM("train.gradient-norm", Unit.RATIO),
    /** Of a measured step, forward of all its micro-batches, without waits for what travels. */
    TRAIN_FORWARD("train.forward", Unit.MILLISECOND),
    /** Of a measured step, logits, loss and backward of all its micro-batches, without recomputation and waits. */
    TRAIN_BACKWARD("train.backward", Unit.MILLISECOND),
    /** Of a measured step, from the last backward to the new weights: norm, clipping, AdamW, without waits for what travels. */
    TRAIN_UPDATE("train.update", Unit.MILLISECOND),
    /** Device memory in use once everything is allocated, by all processes. */
    MEMORY_USED("memory.used", Unit.MEBIBYTES),
    /** The same as it was planned before anything was allocated. */
    MEMORY_PLANNED("memory.planned", Unit.MEBIBYTES),
    /** Derived: tokens a second of one GPU, by the slowest rank of each step. */
    TRAIN_TOKENS("train.tokens", Unit.TOKENS_PER_SECOND, MetricKind.DERIVED),
    /** Derived: the same of all GPUs of the launch. */
    TRAIN_TOKENS_ALL("train.tokens.all", Unit.TOKENS_PER_SECOND, MetricKind.DERIVED),
    /** Derived: model FLOP, attention counted causally, over time and dense peak. */
    TRAIN_MFU("train.mfu", Unit.PERCENT, MetricKind.DERIVED),
    /** Derived: model FLOP, attention counted in full, over time and dense peak. */
    TRAIN_MFU_FULL("train.mfu.full", Unit.PERCENT, MetricKind.DERIVED),
    /** Derived: executed FLOP, recomputation included, over time and dense peak. */
    TRAIN_HFU("train.hfu", Unit.PERCENT, MetricKind.DERIVED),
    /** Derived: tokens of a GPU over its energy, over the measured steps. */
    TRAIN_TOKENS_JOULE("train.tokens.joule", Unit.TOKENS_PER_JOULE, MetricKind.DERIVED),
    /** Derived: device memory in use over what was planned. */
    MEMORY_PLAN_RATIO("memory.plan.ratio", Unit.RATIO, MetricKind.DERIVED),
    /** Bytes of one training step's collectives on the bus: divided by the bus bandwidth the time that they take. */
    STEP_BYTES_BUS("step.bytes.bus", Unit.BYTES),
    /** Derived: by how much a training step is longer than its baseline's, of what the fabric's floor allows to all it sends. */
    TRAIN_FABRIC("train.fabric", Unit.RATIO, MetricKind.DERIVED),

    /** Of a measured step, recomputation of layers in backward. */
    TRAIN_RECOMPUTE("train.recompute", Unit.MILLISECOND),
    /** Of a measured step, what the computing stream waits for what travels: exposed communication. */
    TRAIN_EXPOSED("train.exposed", Unit.MILLISECOND),
    /** A step without its collectives, one sample each; in one launch of an experiment. */
    TRAIN_SILENT("train.silent", Unit.MILLISECOND),
    /** Of a measured step, all operations of one kind and purpose on their own stream; conditions {@code operation}, {@code purpose}. */
    TRAIN_COLLECTIVE("train.collective", Unit.MILLISECOND),
    /** What the trainer's plan allocates for one purpose; condition {@code part}. */
    MEMORY_PART("memory.part", Unit.MEBIBYTES),
    /** Derived: exposed communication again, a step's time less that of a silent one. */
    TRAIN_EXPOSED_DIFFERENCE("train.exposed.difference", Unit.MILLISECOND, MetricKind.DERIVED),
    /** Derived: all collectives of a step on their own streams, added up, hidden or not. */
    TRAIN_COMMUNICATION("train.communication", Unit.MILLISECOND, MetricKind.DERIVED),
    /** Derived: bus bandwidth of the collectives that bring gradients together. */
    TRAIN_GRADIENTS_BUSBW("train.gradients.busbw", Unit.GIGABYTES_PER_SECOND, MetricKind.DERIVED),
    /** Derived: bus bandwidth of the gathers of weights. */
    TRAIN_WEIGHTS_BUSBW("train.weights.busbw", Unit.GIGABYTES_PER_SECOND, MetricKind.DERIVED),

    /** The host's time to enqueue a timed piece of work, of the GPU's to run it; condition {@code of}: the metric timed. */
    HOST_ENQUEUE_SHARE("host.enqueue.share", Unit.PERCENT),

    /** Derived: GEMM FLOP of a step per GPU over the slowest rank's step time. */
    STEP_TFLOPS("step.tflops", Unit.TFLOPS, MetricKind.DERIVED),
    /** Derived: weak scale efficiency against the nodes' own baselines. */
    SCALE_EFFICIENCY("scale.efficiency", Unit.PERCENT, MetricKind.DERIVED),
    /** Derived: the bus bandwidth at which the coupled step would lose 5 %. */
    SENSITIVITY("sensitivity", Unit.GIGABYTES_PER_SECOND, MetricKind.DERIVED),
    /** Derived: achieved TFLOPS over those that tensor-active and clock account for. */
    LOAD_RATIO("load.ratio", Unit.RATIO, MetricKind.DERIVED),
    /** Rise of the temperature over the last minute of heating before a sustained GEMM: below 1 it is at its plateau. */
    TEMPERATURE_RISE("temperature.rise", Unit.KELVIN),
    /** Derived: max(highest − first − 10, first − 45): ≥ 0 says the GPU warmed up or was warm. */
    WARMTH("warmth", Unit.KELVIN, MetricKind.DERIVED),
    /** Derived: in how many facts a GPU differs from most of its fleet: driver, firmware, limits, modes. */
    IDENTITY_DIFFERENCES("identity.differences", Unit.COUNT, MetricKind.DERIVED),
    /** Derived: elements found wrong by every check of the experiment, summed over ranks. */
    WRONG_ELEMENTS("wrong.elements", Unit.COUNT, MetricKind.DERIVED),
    /** Derived: how many different results the GPUs gave for the same seeded work; 1 is right. */
    DISTINCT_RESULTS("distinct.results", Unit.COUNT, MetricKind.DERIVED),

    /** 1 for each piece of planned work that was not done for want of time; conditions {@code what}, {@code why}. */
    LEFT_OUT("left-out", Unit.COUNT),

    /** Derived: memory rows remapped during the work: those after it less those before it. */
    REMAPPED_NEW("health.remapped.new", Unit.COUNT, MetricKind.DERIVED);

    private final String key;
    private final Unit unit;
    private final MetricKind kind;

    Metric(String key, Unit unit) {
        this(key, unit, MetricKind.RECORDED);
    }

    Metric(String key, Unit unit, MetricKind kind) {
        this.key = key;
        this.unit = unit;
        this.kind = kind;
    }

    @JsonValue
    public String key() {
        return key;
    }

    public Unit unit() {
        return unit;
    }

    /** Where its figures come from. */
    public MetricKind kind() {
        return kind;
    }

    /** Whether a value below zero is a reading like any other: of anything else it says that the test is broken. */
    public boolean mayBeNegative() {
        return this == TEMPERATURE || this == TEMPERATURE_RISE || this == WARMTH || this == TRAIN_EXPOSED_DIFFERENCE;
    }

    /** Whether NICs count or limit it, so that it says nothing where no byte crosses one. */
    public boolean ofNics() {
        return key.startsWith("nic.")
                || key.startsWith("rdma.")
                || this == PAIR_NODE_BANDWIDTH
                || this == FABRIC_NODE_BANDWIDTH;
    }

    /** Whether it is of what training sends between GPUs, so that there is none on one. */
    public boolean ofTravel() {
        return switch (this) {
            case TRAIN_EXPOSED,
                    TRAIN_EXPOSED_DIFFERENCE,
                    TRAIN_COMMUNICATION,
                    TRAIN_COLLECTIVE,
                    TRAIN_GRADIENTS_BUSBW,
                    TRAIN_WEIGHTS_BUSBW -> true;
            default -> false;
        };
    }

    @JsonCreator
    public static Metric of(String key) {
        return Arrays.stream(values())
                .filter(metric -> metric.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown metric \"" + key + "\"; valid metrics: "
                        + Arrays.stream(values()).map(Metric::key).collect(Collectors.joining(", "))));
    }
}
