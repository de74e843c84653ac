package dev.assay.job;

import dev.assay.cluster.Cluster;
import dev.assay.plan.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The door of this package: the launcher that a cluster file asks for. */
public final class Launchers {
    private Launchers() {}

    public static Launcher of(Cluster cluster, RunFolder folder, WorkerRuntime runtime) {
        return switch (cluster.launcher()) {
            case LOCAL -> new LocalLauncher(cluster, folder, runtime);
            case SLURM -> new SlurmLauncher(cluster, folder, runtime);
        };
    }

    /**
     * Asks, before anything is started, whether the plan can run.
     *
     * @return facts about the launcher for the report, one a line
     * @throws JobException with everything that stands in the way, fit for one screen
     */
    public static List<String> preflight(Plan plan) {
        return switch (plan.cluster().launcher()) {
            case LOCAL -> localPreflight();
            case SLURM ->
                new Preflight(
                                plan,
                                new SlurmProcesses(
                                        SlurmLauncher.settings(plan.cluster()).configFile()))
                        .check();
        };
    }

    private static List<String> localPreflight() {
        if (!Files.isExecutable(Path.of("/bin/bash"))) {
            throw new JobException("the local launcher needs /bin/bash, found none");
        }
        return List.of("local launcher: all ranks are processes of this host");
    }
}
