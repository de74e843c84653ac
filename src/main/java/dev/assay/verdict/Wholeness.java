package dev.assay.verdict;

import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.RankTrouble;
import java.util.List;
import java.util.Optional;

/** Whether everything that a question needs was run to its end; if not, who stopped first and what it said. */
final class Wholeness {
    private Wholeness() {}

    static Optional<String> problem(Evidence evidence, ExperimentResult result) {
        if (result.launches().isEmpty()) {
            return Optional.of(
                    result.notRunReason().isBlank()
                            ? "experiment " + result.experiment() + " left no launch"
                            : result.notRunReason());
        }
        if (evidence.measured().isEmpty()) {
            return Optional.of("experiment " + result.experiment() + " has no launch of this load on "
                    + evidence.question().nodes() + " nodes");
        }
        List<LaunchResult> broken =
                evidence.needed().stream().filter(launch -> !launch.whole()).toList();
        return broken.stream().findFirst().map(first -> {
            String others = broken.size() > 1 ? "; " + (broken.size() - 1) + " more launches are broken" : "";
            return "launch " + first.id() + ": " + words(first) + others;
        });
    }

    private static String words(LaunchResult launch) {
        Optional<String> first = launch.troubles().stream()
                .filter(RankTrouble::culprit)
                .findFirst()
                .map(Wholeness::words)
                .or(() -> failed(launch))
                .or(launch::jobTrouble)
                .or(() -> launch.troubles().stream().findFirst().map(Wholeness::words));
        return first.orElse("complete results") + " (" + launch.ranks().size() + " of " + launch.expectedRanks()
                + " ranks left a result)";
    }

    private static Optional<String> failed(LaunchResult launch) {
        return launch.ranks().stream()
                .filter(rank -> rank.failure().isPresent())
                .findFirst()
                .map(Wholeness::words);
    }

    private static String words(RankResult rank) {
        String said = rank.failure()
                .map(failure -> "failed in " + failure.phase() + ": " + lastLine(failure.message()))
                .orElse("left a result");
        return "rank " + rank.header().rank() + " on " + rank.header().node() + " " + said;
    }

    private static String words(RankTrouble trouble) {
        String tail = lastLine(trouble.logTail());
        return "rank " + trouble.rank() + " on " + trouble.node() + " " + trouble.what()
                + (tail.isEmpty() ? ", its log is empty" : ", its log ends: " + tail);
    }

    private static String lastLine(String text) {
        return text.lines().filter(line -> !line.isBlank()).reduce("", (before, line) -> line.strip());
    }
}
