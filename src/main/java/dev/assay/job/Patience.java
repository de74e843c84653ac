package dev.assay.job;

import dev.assay.cluster.Cluster;
import dev.assay.plan.Spec;
import java.time.Duration;
import java.util.List;

/**
 * How long a launcher waits for what.
 *
 * @param lateFiles for files of ranks that ended well, while a shared file system's attribute cache may hide them
 * @param pending for the queue, as long as the reason may still go away
 * @param hardReason for a reason that does not go away by waiting, seen twice
 * @param slack beyond what a launch's own phases may take
 * @param grace between asking a rank to end and ending it
 */
record Patience(Duration lateFiles, Duration pending, Duration hardReason, Duration slack, Duration grace) {
    static Patience of(Cluster cluster) {
        return new Patience(
                Duration.ofSeconds(cluster.sharedHost() ? 5 : 90),
                Duration.ofHours(12),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5));
    }

    /** After this a launch is ended from outside; its workers watch their own phases and end well before. */
    Duration launch(Spec spec) {
        double seconds =
                spec.measuredSeconds() + spec.patienceSeconds() + spec.warmUpSeconds() + spec.phaseDeadlineSeconds();
        return Duration.ofMillis((long) Math.ceil(1000 * seconds)).plus(slack);
    }

    /** Slurm counts whole minutes; the rank's own guard acts first. */
    long minutes(Spec spec) {
        return launch(spec).toMinutes() + 2;
    }

    /** What a job of these launches asks Slurm for. */
    long minutes(List<Spec> specs) {
        return 2 + specs.stream().mapToLong(this::minutes).sum();
    }
}
