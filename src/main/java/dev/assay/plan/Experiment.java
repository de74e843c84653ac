package dev.assay.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.assay.workload.Workload;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * One job: an allocation that holds the launches of one workload, in order.
 *
 * @param id safe as a file name, e.g. {@code burn}, {@code coupled}, {@code coupled-extension}
 * @param expectedSeconds predicted wall time of the job
 * @param notRunnable why it cannot run as it was asked for, with the arithmetic; it then has no launches and is not made smaller
 */
public record Experiment(
        String id,
        Workload workload,
        List<Launch> launches,
        int gpusPerNode,
        double warmUpSeconds,
        double expectedSeconds,

        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> notRunnable) {
    public Experiment {
        launches = List.copyOf(launches);
        if (launches.isEmpty() != notRunnable.isPresent()) {
            throw new IllegalArgumentException("experiment " + id
                    + " must have launches, or the reason why none can run, got " + launches.size() + " launches and "
                    + notRunnable.map(why -> "\"" + why + "\"").orElse("no reason"));
        }
    }

    public Experiment(
            String id,
            Workload workload,
            List<Launch> launches,
            int gpusPerNode,
            double warmUpSeconds,
            double expectedSeconds) {
        this(id, workload, launches, gpusPerNode, warmUpSeconds, expectedSeconds, Optional.empty());
    }

    /** Every node that some launch needs, in order of first use. */
    public List<String> nodes() {
        LinkedHashSet<String> nodes = new LinkedHashSet<>();
        launches.forEach(launch -> nodes.addAll(launch.nodes()));
        return List.copyOf(nodes);
    }
}
