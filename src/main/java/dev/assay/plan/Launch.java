package dev.assay.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
import java.util.List;

/**
 * One start of fresh worker processes on some nodes of the experiment.
 *
 * @param id unique in the experiment and safe as a file name, e.g. {@code scaled-4-r2}
 * @param measuredSeconds how long the workload is measured
 * @param variant how NCCL may connect its ranks
 */
public record Launch(
        String id,
        LaunchRole role,
        int repetition,
        List<String> nodes,
        double measuredSeconds,

        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = LaunchVariant.Unremarkable.class)
        LaunchVariant variant) {
    public Launch {
        nodes = List.copyOf(nodes);
    }

    public Launch(String id, LaunchRole role, int repetition, List<String> nodes, double measuredSeconds) {
        this(id, role, repetition, nodes, measuredSeconds, LaunchVariant.DEFAULT);
    }
}
