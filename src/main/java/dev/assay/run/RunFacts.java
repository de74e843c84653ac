package dev.assay.run;

import dev.assay.criteria.LimitText;
import dev.assay.plan.Plan;
import dev.assay.plan.Selection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a reader of a report must know of its run before anything else. */
public final class RunFacts {
    private RunFacts() {}

    /** By the names that {@code allure-config/} fills in. */
    public static Map<String, String> of(Run run) {
        Plan plan = run.plan();
        int nodes = plan.cluster().nodes().size();
        Map<String, String> facts = new TreeMap<>();
        facts.put("cluster", plan.cluster().name());
        facts.put(
                "nodes",
                plan.nodeCounts().stream().map(String::valueOf).collect(Collectors.joining(", ")) + " of " + nodes);
        facts.put("gpus", nodes + " × " + plan.cluster().gpusPerNode());
        facts.put("device", plan.gpuModel().name());
        facts.put("duration", LimitText.number(plan.durationSeconds()));
        facts.put("criteria", criteria(plan));
        facts.put(
                "suite",
                run.record().suiteVersion() + ", "
                        + plan.selection().orElse(Selection.STANDARD).words());
        facts.put("run", run.record().id());
        if (run.replay()) {
            facts.put("replay", "the run of " + run.record().startedAt());
        }
        return facts;
    }

    private static String criteria(Plan plan) {
        long own = plan.rows().stream()
                .map(row -> row.criterion())
                .filter(criterion -> criterion.siteLimit().isPresent())
                .map(criterion -> criterion.id())
                .distinct()
                .count();
        return plan.cluster().gpuModel() + (own == 0 ? "" : ", " + own + " of the site's own");
    }
}
