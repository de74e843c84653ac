package dev.assay.job;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.plan.Experiment;
import dev.assay.plan.Launch;
import dev.assay.plan.Spec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All ranks are processes of this host; the cluster file's nodes are names only. */
final class LocalLauncher implements Launcher {
    private static final List<String> PASSED_ON = List.of("PATH", "HOME", "USER", "TMPDIR", "CUDA_VISIBLE_DEVICES");
    private static final Path SHELL = Path.of("/bin/bash");

    private final Cluster cluster;
    private final RunFolder folder;
    private final JobFiles files;
    private final Patience patience;
    private final LocalRanks ranks;
    private volatile boolean stopping;

    LocalLauncher(Cluster cluster, RunFolder folder, WorkerRuntime runtime) {
        this(cluster, folder, runtime, Patience.of(cluster));
    }

    LocalLauncher(Cluster cluster, RunFolder folder, WorkerRuntime runtime, Patience patience) {
        this.cluster = cluster;
        this.folder = folder;
        this.files = new JobFiles(cluster, folder, runtime, patience);
        this.patience = patience;
        this.ranks = new LocalRanks(Pace.REAL, patience.grace());
    }

    @Override
    public ExperimentResult run(Experiment experiment, List<Spec> specs, Progress progress) {
        files.write(experiment, specs);
        ProgressLine line = new ProgressLine(progress, folder, experiment, Pace.REAL);
        List<LaunchResult> launches = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            Launch launch = experiment.launches().get(i);
            Optional<String> trouble = runLaunch(launch, specs.get(i), line);
            launches.add(new Collector(folder, Pace.REAL)
                    .collect(
                            launch, specs.get(i), trouble.isPresent() ? Duration.ZERO : patience.lateFiles(), trouble));
        }
        return new ExperimentResult(experiment.id(), launches, "");
    }

    /** @return what befell the launch as a whole; empty: every rank ended by itself, well or not */
    private Optional<String> runLaunch(Launch launch, Spec spec, ProgressLine line) {
        if (stopping) {
            return Optional.of("cancelled by this run before it started");
        }
        Path launchFolder = folder.launch(spec.experiment(), launch.id());
        try {
            for (int rank = 0; rank < spec.worldSize(); rank++) {
                ranks.start(builder(launchFolder, spec, rank));
            }
        } catch (IOException e) {
            ranks.end();
            return Optional.of("cannot start " + SHELL + ": " + e.getMessage());
        }
        // The guard in rank.sh acts first and leaves a marker; this one is for a rank that even it cannot end.
        Duration deadline = patience.launch(spec).plus(patience.grace().multipliedBy(2));
        boolean inTime = ranks.await(deadline, () -> line.show(line.phase()));
        RunFiles.write(launchFolder.resolve("step.exit"), (inTime ? 0 : 1) + "\n");
        if (stopping) {
            return Optional.of("cancelled by this run");
        }
        return inTime ? Optional.empty() : Optional.of("hung: ended by force after " + deadline.toSeconds() + " s");
    }

    private ProcessBuilder builder(Path launchFolder, Spec spec, int rank) {
        int local = rank % spec.gpusPerNode();
        String node = spec.nodes().get(rank / spec.gpusPerNode());
        Path script = folder.experiment(spec.experiment()).resolve("rank.sh");
        ProcessBuilder builder = new ProcessBuilder(SHELL.toString(), script.toString(), launchFolder.toString())
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().retainAll(PASSED_ON);
        builder.environment().putAll(rankVariables(cluster, node, rank, local));
        return builder;
    }

    static Map<String, String> rankVariables(Cluster cluster, String node, int rank, int local) {
        Map<String, String> variables = new HashMap<>();
        variables.put("ASSAY_RANK", Integer.toString(rank));
        variables.put("ASSAY_LOCAL_RANK", Integer.toString(local));
        variables.put("ASSAY_NODE", node);
        variables.put("ASSAY_GPU", Integer.toString(gpu(cluster, node, local)));
        return variables;
    }

    /** Several "nodes" on one host share its GPUs out among themselves. */
    static int gpu(Cluster cluster, String node, int local) {
        if (local < cluster.bindings().size()) {
            return cluster.bindings().get(local).gpu();
        }
        return cluster.device() == DeviceKind.CUDA
                ? cluster.nodes().indexOf(node) * cluster.gpusPerNode() + local
                : local;
    }

    @Override
    public String cancelAll() {
        stopping = true;
        return ranks.end();
    }
}
