package dev.assay.plan;

import dev.assay.measurement.LaunchRole;
import java.util.List;

/**
 * One start of fresh worker processes on some nodes of the experiment.
 *
 * @param id unique in the experiment and safe as a file name, e.g. {@code scaled-4-r2}
 * @param measuredSeconds how long the workload is measured
 */
public record Launch(String id, LaunchRole role, int repetition, List<String> nodes, double measuredSeconds) {
    public Launch {
        nodes = List.copyOf(nodes);
    }
}
