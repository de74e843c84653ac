package dev.assay.run;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.InputException;
import dev.assay.cluster.InputText;
import dev.assay.cluster.LauncherKind;
import dev.assay.criteria.CriteriaFile;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.job.Launchers;
import dev.assay.job.RunFolder;
import dev.assay.job.SlurmProbe;
import dev.assay.job.WorkerRuntime;
import dev.assay.measurement.Sha256;
import dev.assay.plan.MeasuredDuration;
import dev.assay.plan.MeasuredParts;
import dev.assay.plan.NodeCounts;
import dev.assay.plan.Plan;
import dev.assay.plan.PlanJson;
import dev.assay.plan.PlanText;
import dev.assay.plan.Planner;
import dev.assay.plan.RecordedPlans;
import dev.assay.plan.Selection;
import dev.assay.plan.SftReach;
import dev.assay.summary.Ledger;
import dev.assay.summary.Manifest;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** From what the user typed to a printed plan and a prepared run folder; nothing is submitted here. */
final class Preparation {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Preparation() {}

    static void prepare(Options options, PrintStream out) {
        Current.forget(options.output());
        Json.delete(options.output().resolve("verdict.json"));
        boolean training = TrainingPreparation.isAsked(options);
        if (options.replay().isPresent()) {
            replay(options, options.replay().get(), out);
            return;
        }
        Cluster cluster = cluster(options);
        MeasuredParts measured = options.planFrom()
                .map(from -> MeasuredRun.read(from, options.home(), cluster))
                .orElseGet(MeasuredParts::none);
        String prediction = training ? TrainingPreparation.prediction(options, cluster, measured) : "";
        out.print(prediction);
        Plan plan = training ? TrainingPreparation.plan(options, cluster, measured) : plan(options, cluster);
        out.print(training ? SftReach.text(plan) : "");
        out.print(PlanText.of(plan));
        if (options.planOnly()) {
            return;
        }
        refuseWithoutDriver(plan.cluster());
        SharedHome.require(plan.cluster(), options.home());
        Launchers.preflight(plan).forEach(line -> out.println("[assay] " + line));
        RunFolder folder = create(options, plan, prediction + PlanText.of(plan));
        out.println("[assay] run " + folder.runId() + " in " + folder.root());
    }

    /** The recorded plan, by the criteria file of this build if one is given, and of the families that it selects. */
    static Plan judgedAsIn(Plan recorded, Options options) {
        Plan judged = options.criteria().isEmpty()
                ? recorded
                : RecordedPlans.judgedBy(
                        recorded, CriteriaFile.read(recorded.cluster().gpuModel(), options.criteria()));
        return RecordedPlans.selected(judged, Selection.families(options.groups()));
    }

    private static Plan plan(Options options, Cluster cluster) {
        Selection selection = Selection.parse(options.suite(), options.groups());
        double seconds = options.duration()
                .map(text -> MeasuredDuration.parse(text, cluster.device()))
                .orElse(selection.suite().seconds(cluster.device()));
        return Planner.plan(
                cluster,
                GpuModels.get(cluster.gpuModel()),
                CriteriaFile.read(cluster.gpuModel(), options.criteria()),
                options.nodes().map(text -> NodeCounts.parse(text, cluster)).orElse(List.of()),
                seconds,
                selection);
    }

    private static Cluster cluster(Options options) {
        String name = options.cluster().orElseGet(Preparation::embedded);
        return ClusterFile.read(name, () -> gpusHere(name));
    }

    /** Where there is a cluster or a GPU, a forgotten cluster file must not go green. */
    private static String embedded() {
        Optional<String> slurm = SlurmProbe.controllerAnswers();
        if (slurm.isPresent()) {
            throw new InputException("a Slurm controller answers here (" + slurm.get()
                    + "), so the embedded default does not start by itself."
                    + " Name the cluster: -Dcluster=my-cluster.json, or a built-in one: "
                    + String.join(", ", ClusterFile.BUILT_IN)
                    + ". To prove the suite alone: -Dcluster=embedded.");
        }
        if (CudaDevice.driverLoads()) {
            throw new InputException("a CUDA driver loads here, so the embedded default does not start by itself."
                    + " Measure this host with -Dcluster=workstation, a cluster with -Dcluster=my-cluster.json."
                    + " To prove the suite alone: -Dcluster=embedded.");
        }
        return "embedded";
    }

    private static void refuseWithoutDriver(Cluster cluster) {
        if (cluster.launcher() == LauncherKind.LOCAL && cluster.device() == DeviceKind.CUDA) {
            requireDriver(cluster.name());
        }
    }

    private static int gpusHere(String cluster) {
        requireDriver(cluster);
        return CudaDevice.count();
    }

    private static void requireDriver(String cluster) {
        CudaDevice.driverTrouble().ifPresent(trouble -> {
            throw new InputException("cluster " + cluster + " asks for the CUDA device on this host, but " + trouble);
        });
    }

    private static void replay(Options options, Path root, PrintStream out) {
        RunRecord record = record("-Drun", root, options.home());
        RunFolder folder = new RunFolder(root.toAbsolutePath().normalize(), record.id());
        Plan plan = judgedAsIn(PlanJson.read(folder.plan()), options);
        out.println("[assay] replay of run " + record.id() + " of " + record.startedAt() + ": nothing is measured");
        out.print(PlanText.of(plan));
        if (!options.planOnly()) {
            new Current(record.id(), folder.root().toString(), true).write(options.output());
        }
    }

    /**
     * Of a run folder that is as it was written.
     *
     * @param property that names it
     */
    static RunRecord record(String property, Path root, Path home) {
        Path file = root.resolve("run.json");
        if (!Files.isRegularFile(file)) {
            throw new InputException(property + "=" + root + " is no run folder: it has no run.json."
                    + " Give a folder below " + home.resolve("runs") + " or a recorded one.");
        }
        refuseChanged(property, root);
        return Json.read(file, RunRecord.class);
    }

    /** A result file that was changed and sealed anew shows in the manifest only. */
    private static void refuseChanged(String property, Path root) {
        if (!Files.exists(root.resolve(Manifest.NAME))) {
            return;
        }
        List<String> problems = Manifest.verify(root);
        if (!problems.isEmpty()) {
            String first =
                    problems.stream().limit(5).map(problem -> "\n  " + problem).collect(Collectors.joining());
            throw new InputException(property + "=" + root + " is not as it was written (" + problems.size()
                    + " differences from its " + Manifest.NAME + "):" + first
                    + "\nJudge an unchanged copy; what was changed is no evidence.");
        }
    }

    /** @param planText as it was printed */
    private static RunFolder create(Options options, Plan plan, String planText) {
        byte[] id = new byte[16];
        RANDOM.nextBytes(id);
        String runId = HexFormat.of().formatHex(id);
        RunFolder folder = new RunFolder(options.home().resolve("runs").resolve(runId), runId);
        String startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            Files.createDirectories(options.home().resolve("runs"));
            Files.createDirectory(
                    folder.root(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            secret(folder.secret());
        } catch (IOException e) {
            throw new InputException("the run folder " + folder.root() + " cannot be made: " + e.getMessage()
                    + ". Choose another place with -Dassay.home=, on the file system that the nodes share.");
        }
        String criteria = criteriaText(plan, options);
        PlanJson.write(folder.plan(), plan);
        write(
                folder.root().resolve("cluster.json"),
                ClusterFile.text(options.cluster().orElse("embedded")));
        write(folder.root().resolve("criteria.json"), criteria);
        write(folder.root().resolve("plan.txt"), planText);
        if (plan.training().isPresent()) {
            TrainingPreparation.keepConfigs(options, folder.root());
        }
        Json.write(
                folder.root().resolve("run.json"),
                new RunRecord(
                        RunRecord.SCHEMA,
                        runId,
                        startedAt,
                        Suite.version(),
                        Suite.sha256(),
                        PlanJson.hash(plan),
                        Sha256.ofText(criteria),
                        RANDOM.nextLong(),
                        options.asTyped()));
        new Ledger(options.home()).begin(runId, startedAt, plan.cluster().name(), plan.nodeCounts());
        new Current(runId, folder.root().toString(), false).write(options.output());
        return folder;
    }

    /** The model's criteria and, after them, the site's own file where one was given: both as they are. */
    private static String criteriaText(Plan plan, Options options) {
        String gpuModel = plan.cluster().gpuModel();
        String builtIn = CriteriaFile.BUILT_IN.contains(gpuModel) ? CriteriaFile.text(gpuModel) : "";
        return builtIn
                + options.criteria()
                        .map(file -> InputText.file("criteria file", file, ""))
                        .orElse("");
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + file, e);
        }
    }

    private static void secret(Path file) throws IOException {
        byte[] secret = new byte[32];
        RANDOM.nextBytes(secret);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, HexFormat.of().formatHex(secret));
    }

    /** The reference device lives a second, so it is not worth the optimizing compiler; its ranks share few cores. */
    static WorkerRuntime workerRuntime(Cluster cluster, Path home) {
        Path here = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> options = cluster.device() == DeviceKind.REFERENCE
                ? List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError")
                : List.of("-Xmx2g", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");
        return new WorkerRuntime(cluster.java().map(Path::of).orElse(here), Suite.workerClasspath(home), options);
    }
}
