package dev.assay.plan;

import dev.assay.workload.Workload;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * One job: an allocation that holds the launches of one workload, in order.
 *
 * @param id safe as a file name, e.g. {@code burn}, {@code coupled}, {@code coupled-extension}
 * @param expectedSeconds predicted wall time of the job
 */
public record Experiment(
        String id,
        Workload workload,
        List<Launch> launches,
        int gpusPerNode,
        double warmUpSeconds,
        double expectedSeconds) {
    public Experiment {
        launches = List.copyOf(launches);
    }

    /** Every node that some launch needs, in order of first use. */
    public List<String> nodes() {
        LinkedHashSet<String> nodes = new LinkedHashSet<>();
        launches.forEach(launch -> nodes.addAll(launch.nodes()));
        return List.copyOf(nodes);
    }
}
