package dev.assay.job;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.RankBinding;
import dev.assay.plan.Experiment;
import dev.assay.plan.Launch;
import dev.assay.plan.PairRetests;
import dev.assay.plan.Spec;
import dev.assay.plan.SpecFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Writes what the scripts and workers of an experiment read. The scripts are constants; every value travels in a file. */
final class JobFiles {
    private static final String WORKER = "dev.assay.worker.Worker";
    private static final List<String> SCRIPTS = List.of("job.sh", "slurm-rank.sh", "rank.sh");

    /**
     * What NCCL's log is asked for, by experiment. TUNING tells algorithm and protocol, a line for every collective that rank 0
     * enqueues, some µs each: nothing beside gigabytes, too much beside an all-reduce of 8 bytes.
     */
    private static final Map<String, String> NCCL_TELLS = Map.of(
            "collective", "INIT,NET,P2P,SHM",
            "node-pair", "INIT,NET,P2P,SHM",
            "coupled", "INIT,NET,P2P,SHM",
            "coupled-extension", "INIT,NET,P2P,SHM",
            "fabric", "INIT,NET,P2P,SHM,TUNING");

    /** Of training: collectives are large, and some hundreds a micro-batch at most. */
    private static final String TRAINING_TELLS = "INIT,NET,P2P,SHM,TUNING";

    private final Cluster cluster;
    private final RunFolder folder;
    private final WorkerRuntime runtime;
    private final Patience patience;

    JobFiles(Cluster cluster, RunFolder folder, WorkerRuntime runtime, Patience patience) {
        this.cluster = cluster;
        this.folder = folder;
        this.runtime = runtime;
        this.patience = patience;
    }

    void write(Experiment experiment, List<Spec> specs) {
        if (specs.size() != experiment.launches().size()) {
            throw new IllegalArgumentException("experiment " + experiment.id() + " must have one spec a launch, got "
                    + specs.size() + " for " + experiment.launches().size() + " launches");
        }
        try {
            Path root = Files.createDirectories(folder.experiment(experiment.id()));
            for (String script : SCRIPTS) {
                Files.writeString(root.resolve(script), script(script));
            }
            Files.writeString(root.resolve("steps.tsv"), steps(experiment, specs));
            for (int i = 0; i < specs.size(); i++) {
                writeLaunch(experiment, experiment.launches().get(i), specs.get(i));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write the job files of experiment " + experiment.id() + " below " + folder.root(), e);
        }
    }

    private void writeLaunch(Experiment experiment, Launch launch, Spec spec) throws IOException {
        Path launchFolder = Files.createDirectories(folder.launch(experiment.id(), launch.id()));
        SpecFile.write(folder.spec(experiment.id(), launch.id()), spec);
        Files.writeString(launchFolder.resolve("environment"), lines(environment(experiment, launch, spec)));
        Files.writeString(launchFolder.resolve("bindings.tsv"), bindings(PairRetests.bindings(cluster, experiment)));
        Files.writeString(launchFolder.resolve("command"), lines(command(launchFolder)));
    }

    /** One constant script from our own resources. */
    static String script(String name) {
        try (InputStream stream = Objects.requireNonNull(
                JobFiles.class.getResourceAsStream("/dev/assay/job/" + name), "resource dev/assay/job/" + name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource " + name, e);
        }
    }

    /** The worker's argument list, one a line. A JVM that crashes leaves its story beside the logs. */
    List<String> command(Path launchFolder) {
        List<String> command = new ArrayList<>();
        command.add(cluster.java().orElse(runtime.java().toString()));
        command.addAll(runtime.jvmOptions());
        command.add("-XX:ErrorFile=" + launchFolder.resolve("hs_err_%p.log"));
        command.add("-cp");
        command.add(String.join(
                ":", runtime.classpath().stream().map(Path::toString).toList()));
        command.add(WORKER);
        return command;
    }

    /** The cluster's variables first, then the launch's variant's and ours, which nothing overrides. */
    List<String> environment(Experiment experiment, Launch launch, Spec spec) {
        Map<String, String> variables = new TreeMap<>(cluster.environment());
        variables.putIfAbsent("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
        if (cluster.device() == DeviceKind.CUDA) {
            Optional.ofNullable(NCCL_TELLS.get(experiment.id()))
                    .ifPresent(of -> askNccl(variables, of, folder.launch(experiment.id(), launch.id())));
        }
        if (cluster.device() == DeviceKind.CUDA && experiment.id().startsWith("sft-")) {
            askNccl(variables, TRAINING_TELLS, folder.launch(experiment.id(), launch.id()));
            // Two communicators at once: without an order on the device each may wait for SMs that the other's kernel
            // holds.
            variables.putIfAbsent("NCCL_LAUNCH_ORDER_IMPLICIT", "1");
        }
        variables.putAll(launch.variant().environment());
        variables.put("LC_ALL", "C.UTF-8");
        variables.put("ASSAY_SPEC", folder.spec(experiment.id(), launch.id()).toString());
        variables.put("ASSAY_SECRET_FILE", folder.secret().toString());
        variables.put("ASSAY_CANARY", folder.root().resolve("run.json").toString());
        variables.put("ASSAY_LIMIT_SECONDS", Long.toString(patience.launch(spec).toSeconds()));
        List<String> lines = new ArrayList<>();
        variables.forEach((name, value) -> lines.add(variable(name, value)));
        cluster.modules().forEach(module -> lines.add(variable("ASSAY_MODULE", module)));
        return lines;
    }

    /** NCCL's own report of its connections, a file a process; what the cluster file sets stays. */
    private static void askNccl(Map<String, String> variables, String subsystems, Path launchFolder) {
        variables.putIfAbsent("NCCL_DEBUG", "INFO");
        variables.putIfAbsent("NCCL_DEBUG_SUBSYS", subsystems);
        variables.putIfAbsent(
                "NCCL_DEBUG_FILE", launchFolder.resolve("nccl-%h-%p.log").toString());
    }

    private static String variable(String name, String value) {
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new JobException("environment of the cluster file: a name must be letters, digits and _, got \""
                    + Text.printable(name) + "\"");
        }
        if (value.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
            throw new JobException("environment of the cluster file: the value of " + name + " must be one line");
        }
        return name + "=" + value;
    }

    /** One line a bound local rank: LOCAL_RANK, GPU, CPUs or -, NIC or -. */
    static String bindings(List<RankBinding> bindings) {
        StringBuilder text = new StringBuilder();
        for (int local = 0; local < bindings.size(); local++) {
            RankBinding binding = bindings.get(local);
            text.append(local).append('\t').append(binding.gpu());
            text.append('\t').append(binding.cpus().orElse("-"));
            text.append('\t').append(binding.nic().orElse("-")).append('\n');
        }
        return text.toString();
    }

    /** The table that job.sh walks through. */
    String steps(Experiment experiment, List<Spec> specs) {
        StringBuilder text = new StringBuilder();
        String gres = Submission.gres(cluster, experiment.gpusPerNode()).orElse("-");
        String container = cluster.slurm().flatMap(slurm -> slurm.container()).orElse("-");
        for (int i = 0; i < specs.size(); i++) {
            Launch launch = experiment.launches().get(i);
            text.append(String.join(
                            "\t",
                            launch.id(),
                            Integer.toString(launch.nodes().size()),
                            String.join(",", launch.nodes()),
                            Integer.toString(experiment.gpusPerNode()),
                            Long.toString(patience.minutes(specs.get(i))),
                            gres,
                            container))
                    .append('\n');
        }
        return text.toString();
    }

    private static String lines(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }
}
