package dev.assay.verdict;

import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.RankTrouble;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether everything that a question needs was run to its end; if not, who stopped first and what it said. */
final class Wholeness {
    private static final int MOST_SILENT = 3;

    /** How a rank tells of one that was gone before it. */
    private static final Pattern PEER = Pattern.compile("rank \\d+ \\([^)]*\\) (failed in phase|left)");

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

    /** What befell the job befell every rank; else the first to fail by itself. */
    private static String words(LaunchResult launch) {
        Optional<String> rank = launch.troubles().stream()
                .filter(RankTrouble::culprit)
                .findFirst()
                .map(Wholeness::words)
                .or(() -> failed(launch));
        String words = Stream.of(launch.jobTrouble().map(Wholeness::ends), rank)
                .flatMap(Optional::stream)
                .collect(Collectors.joining("; "));
        if (words.isEmpty()) {
            words = launch.troubles().stream().findFirst().map(Wholeness::words).orElse("complete results");
        }
        return words + " (" + launch.ranks().size() + " of " + launch.expectedRanks() + " ranks left a result)";
    }

    /** A rank that waited in vain tells whom for, where it knows; a hanging rank says nothing, so the silent are named too. */
    private static Optional<String> failed(LaunchResult launch) {
        String silent = launch.troubles().stream()
                .limit(MOST_SILENT)
                .map(trouble ->
                        "; rank " + trouble.rank() + " on " + trouble.node() + " left no result: " + trouble.what())
                .collect(Collectors.joining());
        int more = launch.troubles().size() - MOST_SILENT;
        return launch.ranks().stream()
                .filter(rank -> rank.failure().isPresent())
                .min(Comparator.comparing(Wholeness::follows))
                .map(rank -> words(rank) + silent + (more > 0 ? "; and " + more + " more ranks without one" : ""));
    }

    /** Whether its failure tells of another rank's, so that it is no cause. */
    private static boolean follows(RankResult rank) {
        return rank.failure()
                .map(failure -> PEER.matcher(failure.message()).find())
                .orElse(false);
    }

    /** The first line says what befell the job, the last is the end of its output. */
    private static String ends(String jobTrouble) {
        String first = jobTrouble.lines().findFirst().orElse("").strip();
        String last = lastLine(jobTrouble);
        return last.equals(first) ? first : first + " " + last;
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
