package dev.assay.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Submits once and finds out what came of it. sbatch can fail and the job still exist: a time-out or a lost connection means
 * unknown, never refused, and is settled by asking for the tag.
 */
final class SlurmSubmit {
    /** Answers needed, and the time over which, before a job of unknown fate counts as absent: 2 × MessageTimeout + 5 s. */
    private static final int ANSWERS = 3;

    private static final Duration SPREAD = Duration.ofSeconds(25);
    private static final Duration CONTROLLER_OUTAGE = Duration.ofMinutes(30);
    private static final Pattern LOST = Pattern.compile(
            "timed out|connect|Unable to contact|Transport|communication|Zero Bytes|temporarily",
            Pattern.CASE_INSENSITIVE);

    private final SlurmCommands commands;
    private final SlurmQueue queue;
    private final Journal journal;
    private final Pace pace;

    SlurmSubmit(SlurmCommands commands, SlurmQueue queue, Journal journal, Pace pace) {
        this.commands = commands;
        this.queue = queue;
        this.journal = journal;
        this.pace = pace;
    }

    /**
     * @param id of the job; empty: there is none
     * @param words why there is none: Slurm's own, verbatim
     */
    record Outcome(OptionalLong id, String words) {
        static Outcome refused(String words) {
            return new Outcome(OptionalLong.empty(), words);
        }
    }

    Outcome submit(String tag, List<String> arguments, String script) {
        SlurmCommands.Reply reply = commands.call("sbatch", arguments, script);
        OptionalLong id = reply.answered() ? SlurmText.submitted(reply.out()) : OptionalLong.empty();
        if (id.isPresent()) {
            return accepted(tag, id.getAsLong(), false);
        }
        boolean unknown = reply.timedOut()
                || reply.code() == 0
                || LOST.matcher(reply.err()).find();
        journal.append(
                unknown ? "UNKNOWN" : "REFUSED?",
                Map.of("tag", tag, "sbatch", reply.words(), "out", Text.printable(reply.out())));
        Optional<SlurmJob> found = reconcile(tag, unknown ? ANSWERS : 1, unknown ? SPREAD : Duration.ZERO);
        if (found.isPresent()) {
            return accepted(tag, found.get().id(), true);
        }
        journal.append("REFUSED", Map.of("tag", tag));
        return Outcome.refused(reply.words());
    }

    private Outcome accepted(String tag, long id, boolean adopted) {
        journal.append(adopted ? "ADOPTED" : "SUBMITTED", Map.of("tag", tag, "job", Long.toString(id)));
        return new Outcome(OptionalLong.of(id), "");
    }

    /** The job of this tag, if there is one that has not ended; asks until Slurm has answered often and long enough. */
    private Optional<SlurmJob> reconcile(String tag, int answersNeeded, Duration spread) {
        long begin = pace.nanos();
        long firstAnswer = begin;
        int answers = 0;
        while (pace.since(begin).compareTo(CONTROLLER_OUTAGE) < 0) {
            Optional<List<SlurmJob>> jobs = queue.jobs(tag);
            if (jobs.isPresent()) {
                firstAnswer = answers == 0 ? pace.nanos() : firstAnswer;
                answers++;
                Optional<SlurmJob> mine =
                        jobs.get().stream().filter(job -> !refused(job)).findFirst();
                if (mine.isPresent()) {
                    return mine;
                }
                if (answers >= answersNeeded && pace.since(firstAnswer).compareTo(spread) >= 0) {
                    return Optional.empty();
                }
            }
            pace.sleep(Duration.ofSeconds(5));
        }
        return Optional.empty();
    }

    /** Some refusals leave a record that failed at once. */
    private static boolean refused(SlurmJob job) {
        return job.ended() && !job.state().equals("COMPLETED");
    }
}
