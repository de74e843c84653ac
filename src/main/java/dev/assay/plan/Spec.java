package dev.assay.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.assay.cluster.DeviceKind;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
import dev.assay.workload.Sft;
import dev.assay.workload.Workload;
import java.util.List;

/**
 * What one launch's workers are told: the content of {@code spec.json}. Results go beside it.
 *
 * @param planHash SHA-256 of the plan, hex
 * @param role BASELINE: one communicator a node; otherwise one over all ranks
 * @param seed of every random number in the launch; chosen at run time
 * @param phaseDeadlineSeconds no single phase (meet, warm-up, …) may take longer, beyond the measured seconds
 * @param loopback ranks meet over 127.0.0.1: all "nodes" are this host
 * @param variant how NCCL may connect the ranks; the launcher has set its environment
 */
public record Spec(
        int schema,
        String runId,
        String planHash,
        String experiment,
        String launch,
        LaunchRole role,
        int repetition,
        Workload workload,
        DeviceKind device,
        List<String> nodes,
        int gpusPerNode,
        double measuredSeconds,
        double warmUpSeconds,
        double phaseDeadlineSeconds,
        long seed,
        boolean loopback,
        List<String> libraryDirectories,

        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = LaunchVariant.Unremarkable.class)
        LaunchVariant variant) {
    public static final int SCHEMA = 1;

    public Spec {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty() || gpusPerNode <= 0) {
            throw new IllegalArgumentException(
                    "a spec must have nodes and gpusPerNode > 0, got " + nodes + " and " + gpusPerNode);
        }
        if (!(measuredSeconds > 0) || !(warmUpSeconds >= 0) || !(phaseDeadlineSeconds > 0)) {
            throw new IllegalArgumentException("a spec must have measuredSeconds > 0, warmUpSeconds >= 0 and"
                    + " phaseDeadlineSeconds > 0, got " + measuredSeconds + ", " + warmUpSeconds + " and "
                    + phaseDeadlineSeconds);
        }
        libraryDirectories = List.copyOf(libraryDirectories);
    }

    /** Seconds that it may take beyond its plan, where the workload waits for what nobody can foretell. */
    public double patienceSeconds() {
        // How long a step of training takes is a prediction: one that takes thrice as long is to be judged, not ended.
        double step = workload instanceof Sft ? 2 * (measuredSeconds + warmUpSeconds) : 0;
        return workload.patienceSeconds() + step + 3 * silentSeconds();
    }

    /**
     * Predicted, of training steps without collectives, warmed up as the measured ones; 0 in a launch that runs none: they are
     * run once in an experiment, where there is something to leave out.
     */
    public double silentSeconds() {
        boolean first = role == LaunchRole.SCALED && repetition == 0 && worldSize() > 1;
        return first && workload instanceof Sft sft
                ? warmUpSeconds + measuredSeconds * sft.silentSteps() / sft.measuredSteps()
                : 0;
    }

    public int worldSize() {
        return nodes.size() * gpusPerNode;
    }
}
