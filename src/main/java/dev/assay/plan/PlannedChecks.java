package dev.assay.plan;

import dev.assay.workload.Collective;
import dev.assay.workload.Fabric;
import dev.assay.workload.FabricPattern;
import dev.assay.workload.Gemm;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Hbm;
import dev.assay.workload.MemoryKernel;
import dev.assay.workload.Memtest;
import dev.assay.workload.MemtestPattern;
import dev.assay.workload.NodePair;
import dev.assay.workload.Workload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How often each check must be made, where the plan knows that: of collectives one a case, scope and rank; of the fabric one a
 * round and rank that takes part; of memory one a kernel, footprint or pattern and rank; of GEMMs three a GEMM and rank, but for
 * the finder's, which chooses; of pairs of nodes two a meeting, rail and end. Ranks that all leave out the same agree with each
 * other, but not with this.
 */
public final class PlannedChecks {
    /** Of every GEMM: its bits hot and cold, all of its output, and single elements. */
    private static final List<String> GEMM_CHECKS = List.of("gemm.repeatable", "gemm.freivalds", "gemm.fp64");

    private PlannedChecks() {}

    /** By launch and name, over all ranks; a launch of which nothing is known is not there. */
    public static Map<String, Map<String, Integer>> of(Experiment experiment) {
        Map<String, Map<String, Integer>> checks = new LinkedHashMap<>();
        for (Launch launch : experiment.launches()) {
            Map<String, Integer> each = of(experiment.workload(), launch, experiment.gpusPerNode());
            if (!each.isEmpty()) {
                checks.put(launch.id(), each);
            }
        }
        return checks;
    }

    /** Empty where nothing is known of such work. */
    private static Map<String, Integer> of(Workload workload, Launch launch, int gpus) {
        int nodes = launch.nodes().size();
        int ranks = nodes * gpus;
        if (workload instanceof Collective collective) {
            return collectives(collective, ranks);
        }
        if (workload instanceof Fabric fabric) {
            return patterns(fabric, launch, gpus);
        }
        if (workload instanceof Hbm hbm) {
            return memory(hbm, ranks);
        }
        if (workload instanceof Memtest) {
            return each(Stream.of(MemtestPattern.values()).map(pattern -> "memtest." + pattern.key()), ranks);
        }
        if (workload instanceof GemmSweep sweep) {
            return gemms(sweep, ranks);
        }
        return workload instanceof NodePair ? Map.of("node-pair.sum", 2 * ranks * (nodes - 1)) : Map.of();
    }

    private static Map<String, Integer> memory(Hbm hbm, int ranks) {
        Map<String, Integer> checks =
                each(Stream.of(MemoryKernel.values()).map(kernel -> "hbm." + kernel.key()), ranks);
        checks.put("hbm.chase", hbm.footprints().size() * ranks);
        return checks;
    }

    private static Map<String, Integer> gemms(GemmSweep sweep, int ranks) {
        return each(
                Stream.concat(
                                sweep.burst().stream().map(Gemm::label),
                                sweep.sustained().stream().map(gemm -> gemm.label() + " sustained"))
                        .flatMap(gemm -> GEMM_CHECKS.stream().map(check -> check + " " + gemm)),
                ranks);
    }

    private static Map<String, Integer> each(Stream<String> names, int ranks) {
        Map<String, Integer> checks = new LinkedHashMap<>();
        names.forEach(name -> checks.put(name, ranks));
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
