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

    /** With those of the jobs that followed it, where they ran: an extension, a second look at pairs of nodes. */
    private static Optional<Took> took(Run run, String experiment) {
        List<Experiment> extension =
                run.extensionOf(experiment).filter(each -> Outcome.exists(run.folder(), each.id())).stream()
                        .toList();
        List<Experiment> ran = run.plan().experiments().stream()
                .filter(each -> each.id().equals(experiment))
                .flatMap(each -> Stream.of(List.of(each), extension, PairLook.experiments(run.folder(), each)))
                .flatMap(List::stream)
                .toList();
        List<Took> known = ran.stream()
                .flatMap(each -> Outcome.tookSeconds(run.folder(), each.id())
                        .map(seconds -> new Took(seconds, each.expectedSeconds()))
                        .stream())
                .toList();
        return known.isEmpty() || known.size() < ran.size() ? Optional.empty() : Optional.of(Took.of(known));
    }
}
