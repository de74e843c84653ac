package dev.assay.run;

import dev.assay.job.RunFolder;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.RankTrouble;
import dev.assay.measurement.ResultException;
import dev.assay.measurement.ResultReader;
import dev.assay.plan.Experiment;
import dev.assay.plan.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The content of an experiment's {@code outcome.json}: what its launcher said beside the ranks' own files. With it a recorded
 * run is read again without launcher: the files are read anew, so a file changed since is found, and trouble that left no
 * file is kept.
 *
 * @param tookSeconds wall time of the job, waiting in the queue left out; outcomes were written without it once
 */
record Outcome(String experiment, String notRunReason, List<LaunchOutcome> launches, Optional<Double> tookSeconds) {
    private static final String NAME = "outcome.json";

    /** @param jobTrouble empty: none */
    record LaunchOutcome(String id, String jobTrouble, List<RankTrouble> troubles) {}

    static void write(RunFolder folder, ExperimentResult result, double tookSeconds) {
        List<LaunchOutcome> launches = result.launches().stream()
                .map(launch ->
                        new LaunchOutcome(launch.id(), launch.jobTrouble().orElse(""), launch.troubles()))
                .toList();
        Json.write(
                file(folder, result.experiment()),
                new Outcome(result.experiment(), result.notRunReason(), launches, Optional.of(tookSeconds)));
    }

    static boolean exists(RunFolder folder, String experiment) {
        return Files.isRegularFile(file(folder, experiment));
    }

    /** Reads a recorded experiment; one that left no outcome was not run. */
    static ExperimentResult read(RunFolder folder, String planHash, Experiment experiment) {
        if (!exists(folder, experiment.id())) {
            return ExperimentResult.notRun(experiment.id(), "the recorded run has no outcome of this experiment");
        }
        Outcome outcome = Json.read(file(folder, experiment.id()), Outcome.class);
        Map<String, LaunchOutcome> byId =
                outcome.launches.stream().collect(Collectors.toMap(LaunchOutcome::id, Function.identity()));
        List<LaunchResult> launches = experiment.launches().stream()
                .flatMap(launch -> Optional.ofNullable(byId.get(launch.id()))
                        .map(recorded -> read(folder, planHash, experiment, launch, recorded))
                        .stream())
                .toList();
        return new ExperimentResult(experiment.id(), launches, outcome.notRunReason);
    }

    private static LaunchResult read(
            RunFolder folder, String planHash, Experiment experiment, Launch launch, LaunchOutcome outcome) {
        List<RankResult> ranks = new ArrayList<>();
        List<RankTrouble> troubles = new ArrayList<>(outcome.troubles);
        int worldSize = launch.nodes().size() * experiment.gpusPerNode();
        for (int rank = 0; rank < worldSize; rank++) {
            int thisRank = rank;
            if (troubles.stream().anyMatch(trouble -> trouble.rank() == thisRank)) {
                continue;
            }
            ResultReader.Expected expected =
                    new ResultReader.Expected(folder.runId(), planHash, experiment.id(), launch.id(), rank, worldSize);
            try {
                ranks.add(ResultReader.read(folder.result(experiment.id(), launch.id(), rank), expected));
            } catch (ResultException e) {
                String node = launch.nodes().get(rank / experiment.gpusPerNode());
                troubles.add(new RankTrouble(rank, node, message(e), "", false));
            }
        }
        troubles.sort(Comparator.comparingInt(RankTrouble::rank));
        return new LaunchResult(
                launch.id(),
                launch.role(),
                launch.repetition(),
                launch.nodes(),
                experiment.gpusPerNode(),
                ranks,
                troubles,
                Optional.of(outcome.jobTrouble).filter(trouble -> !trouble.isEmpty()),
                launch.variant());
    }

    private static String message(ResultException e) {
        return Optional.ofNullable(e.getMessage()).orElse("unreadable result file");
    }

    /** Wall time of the experiment's job, where it was kept. */
    static Optional<Double> tookSeconds(RunFolder folder, String experiment) {
        return exists(folder, experiment)
                ? Json.read(file(folder, experiment), Outcome.class).tookSeconds
                : Optional.empty();
    }

    /** Slurm's id of the job that ran this experiment, which its script left; empty where ranks were started locally. */
    static Optional<String> jobId(RunFolder folder, String experiment) {
        Path done = folder.experiment(experiment).resolve("job.done");
        try {
            return Files.isRegularFile(done)
                    ? Optional.of(Files.readString(done).strip())
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + done, e);
        }
    }

    /** Whether a file of a run folder is what a rank measured. */
    static boolean isResult(Path file) {
        return file.getFileName().toString().matches("rank-\\d+\\.ndjson");
    }

    private static Path file(RunFolder folder, String experiment) {
        return folder.experiment(experiment).resolve(NAME);
    }
}
