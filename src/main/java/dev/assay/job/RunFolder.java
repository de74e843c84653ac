package dev.assay.job;

import java.nio.file.Path;

/**
 * The layout of a run's folder, in one place.
 *
 * <pre>
 *   run.json  cluster.json  criteria.json  plan.json  journal.ndjson  secret (0600, never reported)
 *   experiments/EXPERIMENT/            job.sh, slurm-rank.sh, rank.sh, steps.tsv, submit.txt, job.out, TAG.started, job.done
 *                                      experiment.json where what runs follows from what was measured, and is in no plan
 *   experiments/EXPERIMENT/LAUNCH/     spec.json, environment, bindings.tsv, command, step.exit,
 *                                      rank-N.ndjson, rank-N.log, rank-N.exit.json, rank-N.phase
 *   verdict.json  summary.html  summary.txt  charts/NN-TITLE.{svg,csv}  MANIFEST.sha256
 * </pre>
 */
public record RunFolder(Path root, String runId) {
    public Path plan() {
        return root.resolve("plan.json");
    }

    public Path journal() {
        return root.resolve("journal.ndjson");
    }

    /** Shared by the ranks of this run to prove themselves to each other; mode 0600. */
    public Path secret() {
        return root.resolve("secret");
    }

    public Path experiment(String experiment) {
        return root.resolve("experiments").resolve(experiment);
    }

    public Path launch(String experiment, String launch) {
        return experiment(experiment).resolve(launch);
    }

    public Path spec(String experiment, String launch) {
        return launch(experiment, launch).resolve("spec.json");
    }

    public Path result(String experiment, String launch, int rank) {
        return launch(experiment, launch).resolve("rank-" + rank + ".ndjson");
    }

    /** stdout and stderr of one rank. */
    public Path log(String experiment, String launch, int rank) {
        return launch(experiment, launch).resolve("rank-" + rank + ".log");
    }

    public Path exitMarker(String experiment, String launch, int rank) {
        return launch(experiment, launch).resolve("rank-" + rank + ".exit.json");
    }

    /** One word that the rank keeps up to date: rendezvous, warm-up, measure, check, done. */
    public Path phase(String experiment, String launch, int rank) {
        return launch(experiment, launch).resolve("rank-" + rank + ".phase");
    }

    public Path verdict() {
        return root.resolve("verdict.json");
    }

    public Path summary() {
        return root.resolve("summary.html");
    }

    public Path manifest() {
        return root.resolve("MANIFEST.sha256");
    }
}
