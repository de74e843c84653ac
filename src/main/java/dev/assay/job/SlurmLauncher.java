package dev.assay.job;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.SlurmSettings;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Sha256;
import dev.assay.plan.Experiment;
import dev.assay.plan.Launch;
import dev.assay.plan.Spec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;

/** One batch job an experiment, one srun a launch. */
final class SlurmLauncher implements Launcher {
    /** After a launch that failed, nobody waits long for files that are most likely not coming. */
    private static final Duration FILES_OF_A_FAILURE = Duration.ofSeconds(15);

    private final Cluster cluster;
    private final SlurmSettings slurm;
    private final RunFolder folder;
    private final SlurmCommands commands;
    private final SlurmQueue queue;
    private final Journal journal;
    private final JobFiles files;
    private final Pace pace;
    private final Patience patience;

    /** Tag to job id, −1 while it is not known. */
    private final Map<String, Long> jobs = new ConcurrentSkipListMap<>();

    private final ReentrantLock submitting = new ReentrantLock();
    private volatile boolean stopping;

    SlurmLauncher(Cluster cluster, RunFolder folder, WorkerRuntime runtime) {
        this(
                cluster,
                folder,
                runtime,
                new SlurmProcesses(settings(cluster).configFile()),
                Pace.REAL,
                Patience.of(cluster));
    }

    SlurmLauncher(
            Cluster cluster,
            RunFolder folder,
            WorkerRuntime runtime,
            SlurmCommands commands,
            Pace pace,
            Patience patience) {
        this.cluster = cluster;
        this.slurm = settings(cluster);
        this.folder = folder;
        this.commands = commands;
        this.queue = new SlurmQueue(commands);
        this.journal = new Journal(folder.journal());
        this.files = new JobFiles(cluster, folder, runtime, patience);
        this.pace = pace;
        this.patience = patience;
    }

    static SlurmSettings settings(Cluster cluster) {
        return cluster.slurm()
                .orElseThrow(() ->
                        new JobException("cluster " + cluster.name() + ": launcher slurm needs a \"slurm\" section"));
    }

    @Override
    public ExperimentResult run(Experiment experiment, List<Spec> specs, Progress progress) {
        files.write(experiment, specs);
        long minutes = patience.minutes(specs);
        String tag = nextTag(experiment);
        List<String> arguments = Submission.arguments(
                slurm,
                experiment,
                tag,
                folder.experiment(experiment.id()),
                minutes,
                Submission.gres(cluster, experiment.gpusPerNode()));
        SlurmSubmit.Outcome outcome = submit(experiment, tag, arguments);
        if (outcome.id().isEmpty()) {
            return ExperimentResult.notRun(
                    experiment.id(), "Slurm did not take the job " + tag + ": " + outcome.words());
        }
        return follow(
                experiment,
                specs,
                new SlurmWatch.Watched(
                        tag, outcome.id().getAsLong(), folder.experiment(experiment.id()), Duration.ofMinutes(minutes)),
                new ProgressLine(progress, folder, experiment, pace));
    }

    private String nextTag(Experiment experiment) {
        long before = Journal.read(folder.journal()).stream()
                .filter(entry -> entry.event().equals("INTENT"))
                .filter(entry -> entry.detail("experiment").equals(Optional.of(experiment.id())))
                .count();
        return Submission.tag(folder.runId(), experiment.id(), (int) before + 1);
    }

    /** A shutdown hook waits for the lock, so that it knows of every job that sbatch may still make. */
    private SlurmSubmit.Outcome submit(Experiment experiment, String tag, List<String> arguments) {
        submitting.lock();
        try {
            if (stopping) {
                return SlurmSubmit.Outcome.refused("the run is being cancelled");
            }
            Optional<String> other = Preflight.otherCluster(slurm, commands);
            if (other.isPresent()) {
                return SlurmSubmit.Outcome.refused(other.get());
            }
            jobs.put(tag, -1L);
            RunFiles.write(
                    folder.experiment(experiment.id()).resolve("submit.txt"),
                    "sbatch\n" + String.join("\n", arguments) + "\n");
            journal.append(
                    "INTENT",
                    Map.of(
                            "tag",
                            tag,
                            "experiment",
                            experiment.id(),
                            "arguments",
                            String.join("\n", arguments),
                            "script",
                            Sha256.ofText(JobFiles.script("job.sh"))));
            SlurmSubmit.Outcome outcome =
                    new SlurmSubmit(commands, queue, journal, pace).submit(tag, arguments, JobFiles.script("job.sh"));
            outcome.id().ifPresent(id -> jobs.put(tag, id));
            return outcome;
        } finally {
            submitting.unlock();
        }
    }

    private ExperimentResult follow(
            Experiment experiment, List<Spec> specs, SlurmWatch.Watched job, ProgressLine progress) {
        progress.show("job " + job.id() + " submitted as " + job.tag());
        Optional<String> trouble = new SlurmWatch(queue, pace, patience, () -> stopping, job, progress).untilEnd();
        if (trouble.isPresent()) {
            // Whatever the trouble is, nothing of this job may run on beside the next one.
            String gone = new SlurmCancel(queue, pace).cancel(job.tag(), List.of(job.id()));
            journal.append("CANCELLED", Map.of("tag", job.tag(), "why", trouble.get(), "result", gone));
        }
        journal.append("ENDED", Map.of("tag", job.tag(), "trouble", trouble.orElse("")));
        jobs.remove(job.tag());
        List<LaunchResult> launches = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            boolean last = i == specs.size() - 1;
            launches.add(collect(experiment.launches().get(i), specs.get(i), trouble, last));
        }
        journal.append("COLLECTED", Map.of("experiment", experiment.id()));
        return new ExperimentResult(experiment.id(), launches, "");
    }

    /** A launch whose srun ended before the job came to grief stays good; the last one answers for the job's own end. */
    private LaunchResult collect(Launch launch, Spec spec, Optional<String> trouble, boolean last) {
        Path exit = folder.launch(spec.experiment(), launch.id()).resolve("step.exit");
        String code = Text.content(exit);
        Duration lateFiles = code.equals("0") ? patience.lateFiles() : shorter(FILES_OF_A_FAILURE);
        Optional<String> befell = code.isEmpty() || last ? trouble : Optional.empty();
        LaunchResult result = new Collector(folder, pace).collect(launch, spec, lateFiles, befell);
        if (befell.isPresent() || code.equals("0")) {
            return result;
        }
        boolean ranksTellWhy = result.troubles().stream().anyMatch(rank -> rank.culprit())
                || result.ranks().stream().anyMatch(rank -> rank.failure().isPresent());
        return ranksTellWhy ? result : withTrouble(result, srunWords(spec, code));
    }

    private Duration shorter(Duration most) {
        return patience.lateFiles().compareTo(most) < 0 ? patience.lateFiles() : most;
    }

    private String srunWords(Spec spec, String code) {
        String tail = Text.tail(folder.experiment(spec.experiment()).resolve("job.out"));
        return (code.isEmpty() ? "its srun left no exit status" : "its srun ended with " + code)
                + "; the job's output ends:\n" + tail;
    }

    private static LaunchResult withTrouble(LaunchResult result, String trouble) {
        return new LaunchResult(
                result.id(),
                result.role(),
                result.repetition(),
                result.nodes(),
                result.gpusPerNode(),
                result.ranks(),
                result.troubles(),
                Optional.of(trouble),
                result.variant());
    }

    @Override
    public String cancelAll() {
        stopping = true;
        // An sbatch on its way either made a job or not; both are known once it has come back.
        boolean settled = waitForSubmission();
        List<String> lines = new ArrayList<>();
        jobs.forEach(
                (tag, id) -> lines.add(new SlurmCancel(queue, pace).cancel(tag, id < 0 ? List.of() : List.of(id))));
        if (!settled) {
            lines.add(
                    "a submission is still under way: look for it later with: squeue --name=<tag of the journal's last INTENT>");
        }
        return lines.isEmpty() ? "no job of this run is left" : String.join("\n", lines);
    }

    private boolean waitForSubmission() {
        try {
            boolean free = submitting.tryLock(20, java.util.concurrent.TimeUnit.SECONDS);
            if (free) {
                submitting.unlock();
            }
            return free;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
