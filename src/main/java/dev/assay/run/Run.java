package dev.assay.run;

import dev.assay.cluster.InputException;
import dev.assay.job.Launcher;
import dev.assay.job.Launchers;
import dev.assay.job.RunFolder;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.plan.Experiment;
import dev.assay.plan.Plan;
import dev.assay.plan.PlanJson;
import dev.assay.plan.Row;
import dev.assay.plan.Spec;
import dev.assay.plan.Specs;
import dev.assay.summary.Took;
import dev.assay.verdict.Judge;
import dev.assay.verdict.Question;
import dev.assay.verdict.Verdict;
import dev.assay.workload.NodePair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * The run this build is about. A row asks for its verdict; the experiment that serves it is launched once, on first need, or
 * read from the folder of a recorded run. One thread asks; a shutdown hook may {@link #abort}.
 */
public final class Run {
    private final RunFolder folder;
    private final RunRecord record;
    private final Plan plan;
    private final Path output;
    private final Path report;
    private final Path home;
    private final boolean replay;
    private final Optional<Launcher> launcher;

    private final Map<String, ExperimentResult> results = new LinkedHashMap<>();
    private final Map<String, Verdict> judged = new ConcurrentHashMap<>();
    private volatile Optional<String> abortReason = Optional.empty();

    private Run(
            RunFolder folder,
            RunRecord record,
            Plan plan,
            Path output,
            Path report,
            Path home,
            boolean replay,
            Optional<Launcher> launcher) {
        this.folder = folder;
        this.record = record;
        this.plan = plan;
        this.output = output;
        this.report = report;
        this.home = home;
        this.replay = replay;
        this.launcher = launcher;
    }

    /** The run that the plan step of this build prepared. */
    public static Run current() {
        return open(Options.fromSystemProperties(), true);
    }

    /** Reads the prepared run; without launcher nothing is started, what has not run stays so. */
    static Run open(Options options, boolean withLauncher) {
        Current current = Current.read(options.output());
        RunFolder folder = new RunFolder(Path.of(current.folder()), current.runId());
        RunRecord record = Json.read(folder.root().resolve("run.json"), RunRecord.class);
        Plan recorded = PlanJson.read(folder.plan());
        Plan plan = current.replay() ? Preparation.judgedAsIn(recorded, options) : recorded;
        if (withLauncher && !current.replay() && Files.exists(folder.manifest())) {
            throw new InputException("Run " + current.runId() + " has ended and is evidence now; start another with"
                    + " mvn verify, or judge this one again with -Drun=" + folder.root() + ".");
        }
        Optional<Launcher> launcher = withLauncher && !current.replay()
                ? Optional.of(
                        Launchers.of(plan.cluster(), folder, Preparation.workerRuntime(plan.cluster(), options.home())))
                : Optional.empty();
        return new Run(
                folder, record, plan, options.output(), options.report(), options.home(), current.replay(), launcher);
    }

    public Plan plan() {
        return plan;
    }

    public RunFolder folder() {
        return folder;
    }

    public Path output() {
        return output;
    }

    Path report() {
        return report;
    }

    Path home() {
        return home;
    }

    RunRecord record() {
        return record;
    }

    boolean replay() {
        return replay;
    }

    Optional<String> abortReason() {
        return abortReason;
    }

    /** Rows served by experiments of this workload, in the plan's order. */
    public List<Row> rows(String workload) {
        return plan.rows().stream()
                .filter(row -> row.criterion().workload().equals(workload))
                .toList();
    }

    /** Measures on first need and judges. */
    public Verdict verdict(Row row) {
        Verdict verdict = FabricProof.judge(row, plan.rows(), shown -> judge(row, shown), this::verdict);
        judged.put(row.key(), verdict);
        return verdict;
    }

    private Verdict judge(Row row, Optional<String> fabric) {
        List<Question> questions = questions(row.experiment()).stream()
                .map(question -> fabric.map(question::withFabric).orElse(question))
                .toList();
        return Judge.judge(questions, result(row.experiment())).stream()
                .filter(candidate -> candidate.key().equals(row.key()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the judge left out " + row.key()));
    }

    /** What came back from an experiment; runs it if it has not run yet. */
    public ExperimentResult result(String experimentId) {
        abortReason.ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        ExperimentResult known = results.get(experimentId);
        if (known != null) {
            return known;
        }
        Experiment experiment = plan.experiments().stream()
                .filter(candidate -> candidate.id().equals(experimentId))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no experiment " + experimentId + " in the plan"));
        ExperimentResult result = experiment
                .notRunnable()
                .map(why -> new ExperimentResult(experimentId, List.of(), why))
                .orElseGet(() -> launcher.isPresent() ? launch(launcher.get(), experiment) : recorded(experiment));
        results.put(experimentId, result);
        abortReason.ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        return result;
    }

    /** What has been collected so far, without starting anything. */
    List<ExperimentResult> collected() {
        return List.copyOf(results.values());
    }

    Map<String, Verdict> judged() {
        return Map.copyOf(judged);
    }

    List<Question> questions(String experimentId) {
        return plan.rows().stream()
                .filter(row -> row.experiment().equals(experimentId))
                .map(row -> Questions.of(row, plan))
                .toList();
    }

    /** Stops everything this run started; called from a shutdown hook. Returns what is confirmed gone, in words. */
    public String abort(String reason) {
        abortReason = Optional.of(reason);
        return launcher.map(Launcher::cancelAll).orElse("nothing was started");
    }

    private ExperimentResult launch(Launcher with, Experiment experiment) {
        ExperimentResult first = launchOnce(with, experiment);
        Optional<Experiment> extension = extensionOf(experiment.id());
        if (extension.isPresent() && Judge.wantsExtension(Judge.judge(questions(experiment.id()), first))) {
            progress(experiment.id() + ": five launches cannot tell; three more");
            return merged(first, launchOnce(with, extension.get()));
        }
        return experiment.workload() instanceof NodePair
                ? new PairLook(plan, experiment, folder, more -> launchOnce(with, more), this::progress).after(first)
                : first;
    }

    private ExperimentResult launchOnce(Launcher with, Experiment experiment) {
        List<Spec> specs = IntStream.range(0, experiment.launches().size())
                .mapToObj(i -> Specs.of(
                        plan,
                        experiment,
                        experiment.launches().get(i),
                        folder.runId(),
                        record.planSha256(),
                        record.seed() + i))
                .toList();
        Instant began = Instant.now();
        ExperimentResult result = with.run(experiment, specs, this::progress);
        double seconds = JobClock.seconds(folder.experiment(experiment.id()), began, Instant.now());
        progress(experiment.id() + ": " + new Took(seconds, experiment.expectedSeconds()).words());
        Outcome.write(folder, result, seconds);
        return result;
    }

    private ExperimentResult recorded(Experiment experiment) {
        ExperimentResult first = Outcome.read(folder, record.planSha256(), experiment);
        if (experiment.workload() instanceof NodePair) {
            return PairLook.recorded(folder, record.planSha256(), experiment, first);
        }
        return extensionOf(experiment.id())
                .filter(extension -> Outcome.exists(folder, extension.id()))
                .map(extension -> merged(first, Outcome.read(folder, record.planSha256(), extension)))
                .orElse(first);
    }

    /** More launches of an experiment, for where the first ones cannot tell. */
    Optional<Experiment> extensionOf(String experimentId) {
        return plan.extension().stream()
                .filter(extension -> extension.id().equals(experimentId + "-extension"))
                .findFirst();
    }

    /** The extension's launches judged together with the first ones, under the first one's name. */
    private static ExperimentResult merged(ExperimentResult first, ExperimentResult extension) {
        List<LaunchResult> launches = new ArrayList<>(first.launches());
        launches.addAll(extension.launches());
        return new ExperimentResult(first.experiment(), launches, first.notRunReason() + extension.notRunReason());
    }

    private void progress(String line) {
        System.out.println("[assay] " + line);
    }
}
