package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.Check;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether all that the plan asks for was done and checked. That ranks agree with each other says nothing of what none of them
 * did: results that are right so far are then no right results.
 */
final class LeftOut {
    private LeftOut() {}

    /** Of criteria of right results only: a value that is missing stops its own criterion. */
    static Optional<String> problem(Evidence evidence) {
        Criterion criterion = evidence.criterion();
        if (criterion.metric() != Metric.WRONG_ELEMENTS || !criterion.judged()) {
            return Optional.empty();
        }
        return evidence.needed().stream()
                .flatMap(launch -> told(launch)
                        .or(() -> unchecked(launch, evidence.question().checks().getOrDefault(launch.id(), Map.of())))
                        .stream())
                .findFirst();
    }

    /** What the ranks say they left out; all of a communicator leave out the same. */
    private static Optional<String> told(LaunchResult launch) {
        List<Map<String, String>> left = launch.ranks().stream()
                .flatMap(rank -> rank.measurements(Metric.LEFT_OUT, Map.of()).stream())
                .map(Measurement::conditions)
                .distinct()
                .toList();
        return left.stream()
                .findFirst()
                .map(first -> "launch " + launch.id() + ": " + left.size() + " of the plan's "
                        + (left.size() == 1 ? "cases was" : "cases were") + " left out for want of time, the first "
                        + first.getOrDefault("what", "unnamed") + " ("
                        + first.getOrDefault("why", "no reason was given")
                        + "); what was not done was not checked");
    }

    /** @param planned how often each check must be there, over all ranks */
    private static Optional<String> unchecked(LaunchResult launch, Map<String, Integer> planned) {
        return planned.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .filter(each -> count(launch, each.getKey()) != each.getValue())
                .findFirst()
                .map(each -> "launch " + launch.id() + ": the plan's operations, sizes and ranks make "
                        + each.getValue() + " checks of " + each.getKey() + ", found " + count(launch, each.getKey()));
    }

    private static long count(LaunchResult launch, String name) {
        return launch.ranks().stream()
                .flatMap(rank -> rank.checks().stream())
                .map(Check::name)
                .filter(name::equals)
                .count();
    }
}
