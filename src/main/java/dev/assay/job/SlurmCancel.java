package dev.assay.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Cancels a tag's jobs until Slurm itself says twice that none is left; scancel's own exit status proves nothing. */
final class SlurmCancel {
    /** When to ask again for the end, since the first time; from the second on with SIGKILL. */
    private static final List<Duration> REPEAT = List.of(Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(15));

    private static final Duration GIVE_UP = Duration.ofSeconds(60);

    private final SlurmQueue queue;
    private final Pace pace;

    SlurmCancel(SlurmQueue queue, Pace pace) {
        this.queue = queue;
        this.pace = pace;
    }

    /** @return one line: confirmed gone, or what is left and the command that ends it */
    String cancel(String tag, List<Long> known) {
        long begin = pace.nanos();
        int asked = 0;
        int gone = 0;
        List<SlurmJob> left = List.of();
        boolean answered = false;
        while (gone < 2 && pace.since(begin).compareTo(GIVE_UP) < 0) {
            if (asked < REPEAT.size() && pace.since(begin).compareTo(REPEAT.get(asked)) >= 0) {
                queue.cancel(tag, known, asked > 0);
                asked++;
            }
            Optional<List<SlurmJob>> jobs = queue.jobs(tag);
            if (jobs.isPresent()) {
                answered = true;
                left = jobs.get().stream().filter(job -> !job.ended()).toList();
                gone = left.isEmpty() ? gone + 1 : 0;
            }
            if (gone < 2) {
                pace.sleep(Duration.ofMillis(500));
            }
        }
        return gone >= 2 ? "job " + tag + ": confirmed gone" : stillThere(tag, left, answered);
    }

    private static String stillThere(String tag, List<SlurmJob> left, boolean answered) {
        String what = left.stream()
                .map(job -> job.id() + " " + job.state() + " on " + job.nodes())
                .collect(Collectors.joining(", "));
        return "job " + tag + ": NOT confirmed gone (" + (answered ? what : "Slurm does not answer")
                + "); end it with: scancel --name=" + tag;
    }
}
