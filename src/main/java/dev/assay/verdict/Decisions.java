package dev.assay.verdict;

import dev.assay.measurement.Metric;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the verdicts of a run say together. Whatever is missing, doubtful or unasked for is never accepted. */
public final class Decisions {
    private Decisions() {}

    /**
     * @param plannedKeys keys of all rows of the plan: each must have its verdict
     * @param wholeInventory whether the run covered every node, GPU and criterion of the contract
     * @param sharedHost some "nodes" share one host: nothing to accept
     * @param reference the reference device: proves the suite
     */
    public static Decision decide(
            List<Verdict> verdicts,
            Collection<String> plannedKeys,
            boolean wholeInventory,
            boolean sharedHost,
            boolean reference) {
        if (reference) {
            return matches(verdicts, plannedKeys) && all(verdicts, State.PASS, State.NOT_APPLICABLE) && passed(verdicts)
                    ? Decision.SUITE_OK
                    : Decision.SUITE_BROKEN;
        }
        if (verdicts.stream().anyMatch(verdict -> verdict.state() == State.FAIL)) {
            return Decision.REJECTED;
        }
        boolean told = matches(verdicts, plannedKeys)
                && all(verdicts, State.PASS, State.NOT_APPLICABLE)
                && passed(verdicts)
                && required(verdicts);
        if (!told) {
            return Decision.INCONCLUSIVE;
        }
        return wholeInventory && !sharedHost && headlines(verdicts) ? Decision.ACCEPTED : Decision.PARTIAL;
    }

    /** At most PARTIAL, also where only the suite is proven: families that nobody asked for have not been looked at. */
    public static Decision ofSelection(Decision decision) {
        return switch (decision) {
            case ACCEPTED, SUITE_OK -> Decision.PARTIAL;
            case PARTIAL, INCONCLUSIVE, REJECTED, SUITE_BROKEN -> decision;
        };
    }

    /**
     * Whether the run may end with exit code 0.
     *
     * @param partialOk the user asked for part of the contract and said so
     */
    public static boolean accepts(Decision decision, boolean partialOk) {
        return switch (decision) {
            case ACCEPTED, SUITE_OK -> true;
            case PARTIAL -> partialOk;
            case INCONCLUSIVE, REJECTED, SUITE_BROKEN -> false;
        };
    }

    /** Exactly one verdict a planned row, no other, and a plan that asks for something. */
    private static boolean matches(List<Verdict> verdicts, Collection<String> plannedKeys) {
        Set<String> planned = new HashSet<>(plannedKeys);
        Set<String> found = new HashSet<>(verdicts.stream().map(Verdict::key).toList());
        return !planned.isEmpty()
                && planned.size() == plannedKeys.size()
                && found.size() == verdicts.size()
                && found.equals(planned);
    }

    private static boolean all(List<Verdict> verdicts, State... states) {
        return verdicts.stream().allMatch(verdict -> List.of(states).contains(verdict.state()));
    }

    private static boolean passed(List<Verdict> verdicts) {
        return verdicts.stream().anyMatch(verdict -> verdict.state() == State.PASS);
    }

    /** What another criterion rests on cannot be "not applicable" on a cluster. */
    private static boolean required(List<Verdict> verdicts) {
        Set<String> required = new HashSet<>();
        verdicts.forEach(verdict -> required.addAll(verdict.criterion().requires()));
        return verdicts.stream()
                .filter(verdict -> required.contains(verdict.criterion().id()))
                .allMatch(verdict -> verdict.state() == State.PASS);
    }

    /** A cluster is accepted on its utilisation and its scale efficiency, or not at all. */
    private static boolean headlines(List<Verdict> verdicts) {
        return List.of(Metric.SM_ACTIVE, Metric.SCALE_EFFICIENCY).stream()
                .allMatch(metric -> verdicts.stream()
                        .anyMatch(verdict -> verdict.criterion().metric() == metric && verdict.state() == State.PASS));
    }
}
