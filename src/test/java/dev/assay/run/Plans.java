package dev.assay.run;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.plan.Plan;
import dev.assay.plan.Planner;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** Plans of the standard suite. */
final class Plans {
    private Plans() {}

    /** For so many nodes of the built-in cluster of H200s, or of a larger one like it. */
    static Plan h200(int nodes) {
        return Planner.plan(
                cluster(nodes),
                GpuModels.get("h200-sxm"),
                CriteriaFile.read("h200-sxm", Optional.empty()),
                List.of(nodes),
                60);
    }

    private static Cluster cluster(int nodes) {
        Cluster own = ClusterFile.read("spectrumx-h200");
        List<String> more = IntStream.rangeClosed(1, nodes)
                .mapToObj(number -> String.format(Locale.ROOT, "node%03d", number))
                .toList();
        return nodes <= own.nodes().size()
                ? own
                : new Cluster(
                        own.name(),
                        own.launcher(),
                        own.device(),
                        more,
                        own.gpusPerNode(),
                        own.gpuModel(),
                        own.nics(),
                        own.sharedHost(),
                        own.slurm(),
                        own.modules(),
                        own.environment(),
                        own.libraryDirectories(),
                        own.java(),
                        own.bindings());
    }
}
