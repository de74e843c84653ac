package dev.assay.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A Slurm that answers from a script, and a clock that it alone moves. */
final class FakeSlurm implements SlurmCommands, Pace {
    static final Reply NO_ANSWER =
            new Reply(1, "", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)", false);

    /** Every call: program and arguments. */
    final List<String> calls = new ArrayList<>();

    /** Rows as squeue prints them. */
    String queue = "";

    /** What scontrol tells of a job. */
    String record = "";

    Reply sbatch = ok("7\n");
    boolean answers = true;
    String clusterName = "box";

    private final TreeMap<Long, List<Runnable>> events = new TreeMap<>();
    private long nanos;

    static Reply ok(String out) {
        return new Reply(0, out, "", false);
    }

    /** Lets something happen once the clock has reached so many seconds. */
    void at(int seconds, Runnable event) {
        events.computeIfAbsent(Duration.ofSeconds(seconds).toNanos(), at -> new ArrayList<>())
                .add(event);
    }

    @Override
    public Reply call(String program, List<String> arguments, String input) {
        calls.add(program + " " + String.join(" ", arguments));
        if (program.equals("sbatch")) {
            return sbatch;
        }
        Supplier<Reply> reply = switch (program) {
            case "squeue" -> () -> ok(queue);
            case "scontrol" -> () -> scontrol(arguments);
            default -> () -> ok("");
        };
        return answers ? reply.get() : NO_ANSWER;
    }

    private Reply scontrol(List<String> arguments) {
        if (arguments.contains("config")) {
            return ok("Configuration data as of 2026\nClusterName             = " + clusterName + "\n");
        }
        return record.isEmpty()
                ? new Reply(1, "", "slurm_load_jobs error: Invalid job id specified", false)
                : ok(record);
    }

    /** A row of our job 7 as squeue prints it. */
    static String row(String tag, String state, String reason) {
        return "7|" + state + "|" + reason + "|n[1-2]|" + tag + "\n";
    }

    static String record(String tag, String state) {
        return "JobId=7 JobName=" + tag
                + " UserId=root(0) GroupId=root(0) MCS_label=N/A Priority=1 Nice=0 Account=(null)"
                + " QOS=(null) JobState=" + state
                + " Reason=None Dependency=(null) Requeue=0 Restarts=0 BatchFlag=1 Reboot=0"
                + " ExitCode=0:0 RunTime=00:00:01\n";
    }

    long count(String program) {
        return calls.stream().filter(call -> call.startsWith(program + " ")).count();
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(Duration duration) {
        long end = nanos + duration.toNanos();
        for (Long at : events.subMap(nanos, false, end, true).keySet().toArray(Long[]::new)) {
            // An event may itself sleep, and so let later ones happen.
            List<Runnable> due = events.remove(at);
            if (due != null) {
                nanos = Math.max(nanos, at);
                due.forEach(Runnable::run);
            }
        }
        nanos = Math.max(nanos, end);
    }
}
