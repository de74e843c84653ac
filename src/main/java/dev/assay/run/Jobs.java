package dev.assay.run;

import dev.assay.measurement.ExperimentResult;
import dev.assay.plan.Experiment;
import dev.assay.summary.Conclusion;
import dev.assay.summary.Took;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An experiment's job as the page shows it: how it ended, and how long it took beside what was predicted. */
final class Jobs {
    private Jobs() {}

    static Conclusion.Job of(Run run, ExperimentResult result) {
        String trouble = result.launches().stream()
                .filter(launch -> !launch.whole())
                .findFirst()
                .map(launch -> "launch " + launch.id() + " is not whole"
                        + launch.jobTrouble().map(t -> ": " + t).orElse(""))
                .orElse(
                        result.launches().size() == 1
                                ? "1 launch, whole"
                                : result.launches().size() + " launches, all whole");
        return new Conclusion.Job(
                result.experiment(),
                Outcome.jobId(run.folder(), result.experiment()),
                result.launches().isEmpty() ? result.notRunReason() : trouble,
                took(run, result.experiment()));
    }

    /** With the extension's, where one ran. */
    private static Optional<Took> took(Run run, String experiment) {
        Optional<Experiment> extension =
                run.extensionOf(experiment).filter(each -> Outcome.exists(run.folder(), each.id()));
        List<Experiment> ran = Stream.concat(
                        run.plan().experiments().stream()
                                .filter(each -> each.id().equals(experiment)),
                        extension.stream())
                .toList();
        List<Took> known = ran.stream()
                .flatMap(each -> Outcome.tookSeconds(run.folder(), each.id())
                        .map(seconds -> new Took(seconds, each.expectedSeconds()))
                        .stream())
                .toList();
        return known.isEmpty() || known.size() < ran.size() ? Optional.empty() : Optional.of(Took.of(known));
    }
}
