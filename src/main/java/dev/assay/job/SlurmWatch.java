package dev.assay.job;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Follows one job to its end. The files that the job leaves are the faster and truer signal, squeue the second witness; that
 * a job is not to be seen proves nothing until Slurm has said so three times.
 */
final class SlurmWatch {
    private static final Duration LOOK_AT_FILES = Duration.ofMillis(500);
    private static final Duration SETTLE = Duration.ofSeconds(20);
    private static final Duration CONTROLLER_OUTAGE = Duration.ofMinutes(30);
    private static final int ABSENT_ANSWERS = 3;

    private final SlurmQueue queue;
    private final Pace pace;
    private final Patience patience;
    private final BooleanSupplier stopping;
    private final Watched job;
    private final ProgressLine progress;

    private final long began;
    private long lastAnswer;
    private long runningSince = -1;
    private long hardSince = -1;
    private int absent;
    private int failures;
    private String state = "PENDING";

    /**
     * @param folder of the experiment
     * @param limit of the whole job, as Slurm was told
     */
    record Watched(String tag, long id, Path folder, Duration limit) {}

    SlurmWatch(
            SlurmQueue queue,
            Pace pace,
            Patience patience,
            BooleanSupplier stopping,
            Watched job,
            ProgressLine progress) {
        this.queue = queue;
        this.pace = pace;
        this.patience = patience;
        this.stopping = stopping;
        this.job = job;
        this.progress = progress;
        this.began = pace.nanos();
        this.lastAnswer = began;
    }

    /** @return what befell the job as a whole; empty: it ended well */
    Optional<String> untilEnd() {
        while (true) {
            if (Files.exists(job.folder().resolve("job.refused"))) {
                return Optional.of("Slurm started the job a second time; it refused to measure again: "
                        + Text.tail(job.folder().resolve("job.refused")));
            }
            if (Files.exists(job.folder().resolve("job.done"))) {
                return settle();
            }
            if (stopping.getAsBoolean()) {
                return Optional.of("cancelled by this run");
            }
            Optional<Optional<String>> end = ask();
            if (end.isPresent()) {
                return end.get();
            }
            progress.show(name() + " " + state + (runningSince < 0 ? "" : ", " + progress.phase()));
            rest();
        }
    }

    private String name() {
        return "job " + job.id();
    }

    /** One look at the queue; present once the job has come to its end, with what befell it. */
    private Optional<Optional<String>> ask() {
        Optional<List<SlurmJob>> jobs = queue.jobs(job.tag());
        if (jobs.isEmpty()) {
            failures++;
            return pace.since(lastAnswer).compareTo(CONTROLLER_OUTAGE.plus(job.limit())) > 0
                    ? trouble("Slurm has not answered for "
                            + pace.since(lastAnswer).toMinutes() + " min")
                    : Optional.empty();
        }
        failures = 0;
        lastAnswer = pace.nanos();
        Optional<SlurmJob> row = jobs.get().stream()
                .filter(candidate -> candidate.id() == job.id())
                .findFirst();
        if (row.isEmpty()) {
            absent++;
            return absent >= ABSENT_ANSWERS ? vanished() : Optional.empty();
        }
        absent = 0;
        return judge(row.get());
    }

    private Optional<Optional<String>> judge(SlurmJob row) {
        state = row.state() + (row.pending() ? " (" + row.reason() + ")" : "");
        if (row.ended()) {
            // Another job of this user can forge a row by its name, but not the controller's record.
            boolean denied = queue.ended(job.id(), job.tag())
                    .map(record -> !SlurmJob.ended(record.state()))
                    .orElse(false);
            return denied ? Optional.empty() : Optional.of(settle());
        }
        if (row.pending()) {
            return runningSince >= 0 ? trouble("requeued by Slurm: " + state) : waiting(row);
        }
        if (runningSince < 0) {
            runningSince = pace.nanos();
        }
        Duration over = job.limit().plus(Duration.ofMinutes(15));
        return pace.since(runningSince).compareTo(over) > 0
                ? trouble("still " + row.state() + " 15 min after its time limit")
                : Optional.empty();
    }

    private Optional<Optional<String>> waiting(SlurmJob row) {
        if (pace.since(began).compareTo(patience.pending()) > 0) {
            return trouble("pending for more than " + patience.pending().toMinutes() + " min: " + row.reason());
        }
        if (!row.waitsInVain()) {
            hardSince = -1;
            return Optional.empty();
        }
        if (hardSince < 0) {
            hardSince = pace.nanos();
            return Optional.empty();
        }
        return pace.since(hardSince).compareTo(patience.hardReason()) >= 0
                ? trouble("pending for a reason that waiting does not mend: " + row.reason())
                : Optional.empty();
    }

    /** The batch script has ended, or Slurm says so: both must agree before it counts as ended well. */
    private Optional<String> settle() {
        long start = pace.nanos();
        Optional<SlurmText.Ended> record = queue.ended(job.id(), job.tag());
        while (!settled(record) && pace.since(start).compareTo(SETTLE) < 0) {
            pace.sleep(LOOK_AT_FILES);
            record = queue.ended(job.id(), job.tag());
        }
        boolean done = Files.exists(job.folder().resolve("job.done"));
        if (Files.exists(job.folder().resolve("job.refused"))) {
            return Optional.of("Slurm started the job a second time; it refused to measure again");
        }
        if (record.isEmpty() || !SlurmJob.ended(record.get().state())) {
            return done ? Optional.empty() : Optional.of("its end is unknown and it left no job.done");
        }
        return words(record.get(), done);
    }

    private boolean settled(Optional<SlurmText.Ended> record) {
        return record.map(ended -> SlurmJob.ended(ended.state())).orElse(false)
                && (Files.exists(job.folder().resolve("job.done"))
                        || !record.get().state().equals("COMPLETED"));
    }

    private Optional<String> words(SlurmText.Ended record, boolean done) {
        return switch (record.state()) {
            case "COMPLETED" ->
                done
                        ? Optional.empty()
                        : Optional.of("Slurm says COMPLETED, but it left no job.done" + unseen() + evidence());
            case "CANCELLED" ->
                Optional.of((stopping.getAsBoolean() ? "cancelled by this run" : "cancelled from outside: CANCELLED")
                        + evidence());
            case "FAILED" -> Optional.of("FAILED, exit code " + record.exitCode() + unseen() + evidence());
            default -> Optional.of(record.state() + ", exit code " + record.exitCode() + evidence());
        };
    }

    /** The script's first act is to leave its mark in the experiment's folder. */
    private String unseen() {
        return Files.exists(job.folder().resolve(job.tag() + ".started"))
                ? ""
                : "; its script left no sign in " + job.folder()
                        + ": the nodes must share the run folder (-Dassay.home=)";
    }

    private Optional<Optional<String>> vanished() {
        if (Files.exists(job.folder().resolve("job.done"))) {
            return Optional.of(Optional.empty());
        }
        return trouble("vanished: Slurm no longer knows it and it left no job.done");
    }

    private Optional<Optional<String>> trouble(String words) {
        return Optional.of(Optional.of(words + evidence()));
    }

    private String evidence() {
        String tail = Text.tail(job.folder().resolve("job.out"));
        return " (" + name() + ", " + job.tag() + ")" + (tail.isEmpty() ? "" : "\n" + tail);
    }

    /** Gentle on the controller, quick on the files. */
    private void rest() {
        long start = pace.nanos();
        Duration whole = interval(pace.since(began), failures);
        while (pace.since(start).compareTo(whole) < 0
                && !stopping.getAsBoolean()
                && !Files.exists(job.folder().resolve("job.done"))) {
            pace.sleep(LOOK_AT_FILES);
            if (runningSince >= 0) {
                progress.show(name() + " " + state + ", " + progress.phase());
            }
        }
    }

    /** 2 s in the first minute, then 5, 15 and 30 s; doubled for every query without an answer, up to 60 s. */
    static Duration interval(Duration age, int failures) {
        long minutes = age.toMinutes();
        long seconds = minutes < 1 ? 2 : minutes < 3 ? 5 : minutes < 10 ? 15 : 30;
        return Duration.ofSeconds(Math.min(60, seconds << Math.min(failures, 5)));
    }
}
