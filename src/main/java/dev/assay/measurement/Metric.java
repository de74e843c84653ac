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
    SM_ACTIVE("sm.active", Unit.PERCENT),
    /** The same, one sample a whole second of the window. */
    SM_ACTIVE_SECOND("sm.active.second", Unit.PERCENT),
    /** Cycles with any tensor pipe busy, over the whole window. NVML GPM metric 5. */
    TENSOR_ACTIVE("tensor.active", Unit.PERCENT),
    /** HBM bandwidth in use, over the whole window. NVML GPM metric 10. */
    DRAM_ACTIVE("dram.active", Unit.PERCENT),
    /** Resident warps over the most possible, over the whole window. NVML GPM metric 3. */
    SM_OCCUPANCY("sm.occupancy", Unit.PERCENT),
    /** Share of time that any kernel was resident: nvidia-smi's "utilisation". Shown, never decisive. */
    GPU_RESIDENT("gpu.resident", Unit.PERCENT),
    /** Board power, one sample a telemetry tick. */
    POWER("power", Unit.WATT),
    /** Energy over the whole window. */
    ENERGY("energy", Unit.JOULE),
    /** Enforced power limit, at the start and the end of the window. */
    POWER_LIMIT("power.limit", Unit.WATT),
    SM_CLOCK("sm.clock", Unit.MEGAHERTZ),
    TEMPERATURE("temperature", Unit.CELSIUS),
    /** Share of telemetry ticks with the software power cap active: normal at the planned limit. */
    THROTTLE_POWER_CAP("throttle.power-cap", Unit.PERCENT),
    /** Share of ticks with a software or hardware thermal slowdown. */
    THROTTLE_THERMAL("throttle.thermal", Unit.PERCENT),
    /** Share of ticks with hardware slowdown or external power brake. */
    THROTTLE_HARDWARE("throttle.hardware", Unit.PERCENT),
    /** Share of the declared duration that telemetry covered. */
    TELEMETRY_COVERAGE("telemetry.coverage", Unit.PERCENT),
    /** Telemetry ticks a second that were reached. */
    TELEMETRY_RATE("telemetry.rate", Unit.COUNT),

    /** 2·M·N·K over time, one sample a timed batch of equal work. */
    GEMM_TFLOPS("gemm.tflops", Unit.TFLOPS),

    /** Time of one coupled step on this rank. */
    STEP_TIME("step.time", Unit.MILLISECOND),
    /** The step's GEMMs alone, nothing communicated. */
    COMPUTE_ALONE("compute.alone", Unit.MILLISECOND),
    /** The step's all-reduces alone, nothing computed. */
    COMMUNICATION_ALONE("communication.alone", Unit.MILLISECOND),
    /** Gradient bytes that one rank hands to the all-reduces of one step. */
    STEP_BYTES("step.bytes", Unit.BYTES),
    /** Floating-point operations of one rank in one step, as a plain number. */
    STEP_FLOP("step.flop", Unit.COUNT),

    /** Derived: device memory in all, as NVML says. */
    MEMORY_CAPACITY("memory.capacity", Unit.MEBIBYTES),
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

    /** Derived: GEMM FLOP of a step per GPU over the slowest rank's step time. */
    STEP_TFLOPS("step.tflops", Unit.TFLOPS),
    /** Derived: weak scale efficiency against the nodes' own baselines. */
    SCALE_EFFICIENCY("scale.efficiency", Unit.PERCENT),
    /** Derived: the bus bandwidth at which the coupled step would lose 5 %. */
    SENSITIVITY("sensitivity", Unit.GIGABYTES_PER_SECOND),
    /** Derived: achieved TFLOPS over those that tensor-active and clock account for. */
    LOAD_RATIO("load.ratio", Unit.RATIO),
    /** Derived: max(highest − first − 10, first − 45): ≥ 0 says the GPU warmed up or was warm. */
    WARMTH("warmth", Unit.KELVIN),
    /** Derived: elements found wrong by every check of the experiment, summed over ranks. */
    WRONG_ELEMENTS("wrong.elements", Unit.COUNT),
    /** Derived: how many different results the GPUs gave for the same seeded work; 1 is right. */
    DISTINCT_RESULTS("distinct.results", Unit.COUNT);

    private final String key;
    private final Unit unit;

    Metric(String key, Unit unit) {
        this.key = key;
        this.unit = unit;
    }

    @JsonValue
    public String key() {
        return key;
    }

    public Unit unit() {
        return unit;
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
