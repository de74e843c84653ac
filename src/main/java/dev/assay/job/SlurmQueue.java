package dev.assay.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Our own jobs as Slurm sees them now. */
final class SlurmQueue {
    private final SlurmCommands commands;
    private final String uid;

    SlurmQueue(SlurmCommands commands) {
        this.commands = commands;
        this.uid = uid();
    }

    /** Every job of this user that bears one of our tags; empty while the controller does not answer. */
    Optional<List<SlurmJob>> jobs() {
        SlurmCommands.Reply reply = commands.call(
                "squeue", "--noheader", "--states=all", "--user=" + uid, "--format=" + SlurmText.QUEUE_FORMAT);
        return reply.answered() ? Optional.of(SlurmText.jobs(reply.out())) : Optional.empty();
    }

    /** The jobs of one tag. */
    Optional<List<SlurmJob>> jobs(String tag) {
        return jobs().map(jobs ->
                jobs.stream().filter(job -> job.tag().equals(tag)).toList());
    }

    /** The controller's record of a job that has ended; it forgets it after MinJobAge. */
    Optional<SlurmText.Ended> ended(long id, String tag) {
        SlurmCommands.Reply reply = commands.call("scontrol", "--oneliner", "show", "job", Long.toString(id));
        return reply.answered() ? SlurmText.ended(reply.out(), id, tag) : Optional.empty();
    }

    /** Asks for the end of all jobs of a tag; what came of it, only the queue can tell. */
    void cancel(String tag, List<Long> ids, boolean kill) {
        for (long id : ids) {
            if (kill) {
                commands.call("scancel", "--quiet", "--full", "--signal=KILL", Long.toString(id));
            }
            commands.call("scancel", "--quiet", Long.toString(id));
        }
        commands.call("scancel", "--quiet", "--name=" + tag, "--user=" + uid);
    }

    private static String uid() {
        try {
            return String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell the user id from /proc/self", e);
        }
    }
}
