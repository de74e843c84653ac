package dev.assay.plan;

import dev.assay.criteria.Criterion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Criteria of the file that no row of the plan asks: each by its name, with the reason, so that no one who signs takes their
 * silence for a PASS.
 */
final class Rowless {
    private Rowless() {}

    /**
     * One sentence a workload and reason.
     *
     * @param where the nodes and GPUs that the plan asks about
     */
    static List<String> lines(Map<Criterion, String> reasons, String where) {
        Map<Group, List<Criterion>> groups = new LinkedHashMap<>();
        reasons.forEach((criterion, why) -> groups.computeIfAbsent(
                        new Group(criterion.workload(), why), group -> new ArrayList<>())
                .add(criterion));
        List<String> lines = new ArrayList<>();
        groups.forEach((group, criteria) -> lines.add(line(group, criteria, where)));
        return lines;
    }

    private record Group(String workload, String why) {}

    private static String line(Group group, List<Criterion> criteria, String where) {
        List<String> judged = ids(criteria, true);
        List<String> shown = ids(criteria, false);
        return "Criteria of " + group.workload() + " without a row on " + where + ", as " + group.why() + ": "
                + (judged.isEmpty() ? "none that is judged" : String.join(", ", judged))
                + (shown.isEmpty() ? "" : "; shown only: " + String.join(", ", shown))
                + ".";
    }

    private static List<String> ids(List<Criterion> criteria, boolean judged) {
        return criteria.stream()
                .filter(criterion -> criterion.judged() == judged)
                .map(Criterion::id)
                .toList();
    }
}
