package dev.assay.verdict;

import dev.assay.measurement.Check;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether the results are right. A wrong result fails every criterion of its launches; an unchecked one proves nothing. */
final class Correctness {
    private record Finding(RankResult rank, Check check) {}

    private Correctness() {}

    /** The first wrong result, in words; a deviation that is not a number is one. */
    static Optional<String> wrong(Evidence evidence) {
        List<Finding> wrong = evidence.needed().stream()
                .flatMap(launch -> launch.ranks().stream())
                .flatMap(rank ->
                        rank.checks().stream().filter(Correctness::wrong).map(check -> new Finding(rank, check)))
                .toList();
        return wrong.stream().findFirst().map(first -> words(first) + more(wrong.size() - 1));
    }

    /** The GPU with the first wrong result. */
    static Optional<String> wrongUnit(Evidence evidence) {
        return evidence.needed().stream()
                .flatMap(launch -> launch.ranks().stream())
                .filter(rank -> rank.checks().stream().anyMatch(Correctness::wrong))
                .findFirst()
                .map(RankResult::unit);
    }

    /** The first rank that lacks a check it must have. */
    static Optional<String> unchecked(Evidence evidence) {
        String prefix = switch (evidence.criterion().workload()) {
            case "coupled" -> "allreduce.";
            default -> "gemm.";
        };
        return evidence.needed().stream()
                .flatMap(launch -> unchecked(launch, prefix).stream())
                .findFirst();
    }

    /** Elements found wrong on one rank. */
    static double wrongElements(RankResult rank) {
        return rank.checks().stream().mapToDouble(Check::wrong).sum();
    }

    private static Optional<String> unchecked(LaunchResult launch, String prefix) {
        Set<String> all = launch.ranks().stream().flatMap(Correctness::names).collect(Collectors.toSet());
        return launch.ranks().stream()
                .filter(rank -> !names(rank).collect(Collectors.toSet()).equals(all)
                        || (mustCheck(rank, prefix) && names(rank).noneMatch(name -> name.startsWith(prefix))))
                .findFirst()
                .map(rank -> "launch " + launch.id() + ", " + rank.unit() + ": the result was not checked, expected a "
                        + prefix + "* check and those of the other ranks "
                        + all.stream().sorted().toList() + ", found "
                        + names(rank).sorted().toList());
    }

    /** Nothing is reduced by a rank that is alone. */
    private static boolean mustCheck(RankResult rank, String prefix) {
        return !prefix.startsWith("allreduce") || rank.header().communicator().size() > 1;
    }

    private static Stream<String> names(RankResult rank) {
        return rank.checks().stream().map(Check::name);
    }

    private static boolean wrong(Check check) {
        return check.wrong() > 0 || !(check.worst() <= 1);
    }

    private static String words(Finding finding) {
        Check check = finding.check();
        return "wrong result: " + check.wrong() + " of " + check.checked() + " elements of " + check.name() + " on "
                + finding.rank().unit() + ", worst " + check.worst() + " × the bound: " + check.detail();
    }

    private static String more(int others) {
        return others == 0 ? "" : "; and " + others + " more failed checks";
    }
}
