package dev.assay.run;

import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.plan.Plan;
import dev.assay.plan.Planner;
import java.util.List;
import java.util.Optional;

/** Plans of the standard suite. */
final class Plans {
    private Plans() {}

    /** For so many nodes of the built-in cluster of H200s. */
    static Plan h200(int nodes) {
        return Planner.plan(
                ClusterFile.read("spectrumx-h200"),
                GpuModels.get("h200-sxm"),
                CriteriaFile.read("h200-sxm", Optional.empty()),
                List.of(nodes),
                60);
    }
}
