package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.LauncherKind;

/** What the workers of one launch are told. */
public final class Specs {
    private Specs() {}

    /**
     * @param planHash of {@link PlanJson#hash}
     * @param seed chosen at run time, so that no result can be known beforehand
     */
    public static Spec of(Plan plan, Experiment experiment, Launch launch, String runId, String planHash, long seed) {
        Cluster cluster = plan.cluster();
        return new Spec(
                Spec.SCHEMA,
                runId,
                planHash,
                experiment.id(),
                launch.id(),
                launch.role(),
                launch.repetition(),
                experiment.workload(),
                cluster.device(),
                launch.nodes(),
                experiment.gpusPerNode(),
                launch.measuredSeconds(),
                experiment.warmUpSeconds(),
                Timing.phaseDeadlineSeconds(cluster, launch.nodes().size() * experiment.gpusPerNode()),
                seed,
                cluster.sharedHost() || cluster.launcher() == LauncherKind.LOCAL,
                cluster.libraryDirectories(),
                launch.variant());
    }
}
