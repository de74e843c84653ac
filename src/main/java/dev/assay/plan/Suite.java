package dev.assay.plan;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.assay.cluster.DeviceKind;
import dev.assay.workload.Workload;
import java.util.List;
import java.util.Locale;

/** How much of a cluster is measured, and how long: {@code -Dsuite=}. */
public enum Suite {
    /** A screening in at most 8 minutes on 8 nodes of 8 GPUs: every part once, at all nodes, at few sizes, briefly, cold. */
    QUICK(10),
    /** Everything, in at most an hour and a half on 8 nodes of 8 GPUs; burn on the most nodes until heat shows. */
    STANDARD(60),
    /** Everything, long enough for heat to show. */
    FULL(600),
    /** Training alone, by DeepSpeed configs; it plans by itself. */
    SFT(60);

    /** The workload that no other suite has. */
    static final String TRAINING = "sft";

    /** Below this a GPU under load is not at its heated plateau. */
    static final double STEADY_SECONDS = 600;

    private final double cudaSeconds;

    Suite(double cudaSeconds) {
        this.cudaSeconds = cudaSeconds;
    }

    @JsonValue
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Measured, per workload and node count. The reference device proves a path, which a second shows as well as a minute. */
    public double seconds(DeviceKind device) {
        return switch (device) {
            case CUDA -> cudaSeconds;
            case REFERENCE -> 1;
        };
    }

    /**
     * Measured of {@code burn} on the most nodes: until the plateau, but for a screening, and for who asks for less than the
     * suite's own seconds.
     *
     * @param asked measured of the other node counts
     */
    double heatedSeconds(DeviceKind device, double asked) {
        boolean heats = this == STANDARD && device == DeviceKind.CUDA && asked >= cudaSeconds;
        return heats ? Math.max(asked, STEADY_SECONDS) : asked;
    }

    /** Workloads that it does not run: scaling by its repetitions, the fabric by its launches take minutes. */
    List<String> leftOut() {
        return switch (this) {
            case QUICK -> List.of("coupled", "fabric");
            case SFT ->
                Workload.KEYS.stream().filter(key -> !key.equals(TRAINING)).toList();
            case STANDARD, FULL -> List.of();
        };
    }
}
