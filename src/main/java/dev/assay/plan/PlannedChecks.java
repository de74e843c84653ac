package dev.assay.plan;

import dev.assay.workload.Collective;
import dev.assay.workload.Fabric;
import dev.assay.workload.FabricPattern;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often each check must be made, where the plan knows that: of collectives one a case, scope and rank; of the fabric one a
 * round and rank that takes part. Ranks that all leave out the same agree with each other, but not with this.
 */
public final class PlannedChecks {
    private PlannedChecks() {}

    /** By launch and name, over all ranks; a launch of which nothing is known is not there. */
    public static Map<String, Map<String, Integer>> of(Experiment experiment) {
        Map<String, Map<String, Integer>> checks = new LinkedHashMap<>();
        for (Launch launch : experiment.launches()) {
            int nodes = launch.nodes().size();
            if (experiment.workload() instanceof Collective collective) {
                checks.put(launch.id(), collectives(collective, nodes * experiment.gpusPerNode()));
            } else if (experiment.workload() instanceof Fabric fabric) {
                checks.put(launch.id(), patterns(fabric, launch, experiment.gpusPerNode()));
            }
        }
        return checks;
    }

    private static Map<String, Integer> collectives(Collective collective, int ranks) {
        Map<String, Integer> checks = new LinkedHashMap<>();
        int each = collective.scopes().size() * ranks;
        collective
                .cases()
                .forEach(what -> checks.merge("collective." + what.operation().key(), each, Integer::sum));
        return checks;
    }

    private static Map<String, Integer> patterns(Fabric fabric, Launch launch, int gpus) {
        Map<String, Integer> checks = new LinkedHashMap<>();
        int nodes = launch.nodes().size();
        for (FabricPattern pattern : FabricPlan.patterns(fabric, launch.variant())) {
            checks.put("fabric." + pattern.key(), fabric.rounds(pattern, nodes) * gpus * nodesOfARound(pattern, nodes));
        }
        return checks;
    }

    /** Of an odd number of nodes one meets nobody; victims and aggressors are all there, once a load. */
    private static int nodesOfARound(FabricPattern pattern, int nodes) {
        return switch (pattern) {
            case BISECTION, CROSS_RAIL -> nodes / 2 * 2;
            case INCAST, ALL_REDUCE -> nodes;
            case VICTIM -> nodes * Fabric.loads(nodes).size();
        };
    }
}
