package dev.assay.plan;

import dev.assay.cluster.GpuModel;
import dev.assay.cluster.InputException;
import dev.assay.criteria.Criterion;
import dev.assay.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The criteria that a plan asks: those whose conditions its workloads measure under. A quick suite leaves the others out and
 * says so; elsewhere a criterion that nothing measures is a mistake of its file.
 *
 * @param omits what is left out, one sentence a line
 */
record Asked(List<Criterion> criteria, List<String> omits) {
    private static final Pattern OMITS = Pattern.compile("Of [a-z-]+, [0-9]+ criteri(?:on|a) of operations, .*");

    Asked {
        criteria = List.copyOf(criteria);
        omits = List.copyOf(omits);
    }

    /** @throws InputException where a criterion asks what this version never measures, or what the model lacks */
    static Asked of(List<Criterion> criteria, List<Workload> workloads, GpuModel model, Suite suite) {
        Precisions.check(model, criteria);
        List<Criterion> unmeasured = unmeasured(criteria, workloads);
        if (suite == Suite.QUICK) {
            return without(criteria, unmeasured, suite);
        }
        unmeasured.stream().findFirst().ifPresent(criterion -> {
            throw new InputException(
                    "Planning the criterion " + criterion.id() + " on " + model.name(),
                    "conditions " + new TreeMap<>(criterion.conditions()),
                    "conditions that " + criterion.workload()
                            + " measures under (native/README.md), at sizes that fit the" + " GPU's memory",
                    "correct the conditions, or remove the criterion");
        });
        return new Asked(criteria, List.of());
    }

    /** What did not run is not asked for, whatever the suite was. */
    static Asked ofRecorded(List<Criterion> criteria, List<Workload> workloads, Suite suite) {
        return without(criteria, unmeasured(criteria, workloads), suite);
    }

    /** Whether a line of a plan says what its criteria ask and its workloads do not measure. */
    static boolean omits(String line) {
        return OMITS.matcher(line).matches();
    }

    private static Asked without(List<Criterion> criteria, List<Criterion> left, Suite suite) {
        List<String> ids = left.stream().map(Criterion::id).toList();
        Map<String, Long> byWorkload = left.stream()
                .collect(Collectors.groupingBy(Criterion::workload, LinkedHashMap::new, Collectors.counting()));
        List<String> omits = new ArrayList<>();
        byWorkload.forEach((workload, count) -> omits.add("Of " + workload + ", "
                + (count == 1 ? "1 criterion" : count + " criteria")
                + " of operations, sizes, shapes or heat that "
                + (suite == Suite.QUICK
                        ? "-Dsuite=quick leaves out: it measures " + workload + " at few sizes, briefly and cold."
                        : "this run did not measure.")));
        return new Asked(
                criteria.stream()
                        .filter(criterion -> !ids.contains(criterion.id()))
                        .map(criterion -> criterion.withoutRequiring(ids))
                        .toList(),
                omits);
    }

    private static List<Criterion> unmeasured(List<Criterion> criteria, List<Workload> workloads) {
        return criteria.stream()
                .filter(criterion -> workloads.stream()
                        .anyMatch(workload -> workload.key().equals(criterion.workload())
                                && !workload.measures(criterion.metric().key(), criterion.conditions())))
                .toList();
    }

    static List<Criterion> of(List<Row> rows) {
        return rows.stream().map(Row::criterion).distinct().toList();
    }

    static List<String> workloads(List<Criterion> criteria) {
        return criteria.stream().map(Criterion::workload).distinct().toList();
    }

    /** Nor would one whose criteria this cluster has no part for. */
    static void requireRows(List<Row> rows, Map<Criterion, String> rowless, Selection selection, GpuModel model) {
        if (rows.isEmpty()) {
            throw nothing(rowless, selection, model);
        }
    }

    /** Nor would one of whose workloads so many nodes have nothing to measure. */
    static void requireMeasured(
            List<Criterion> selected, Map<Criterion, String> rowless, Selection selection, GpuModel model) {
        if (selected.isEmpty() && !rowless.isEmpty()) {
            throw nothing(rowless, selection, model);
        }
    }

    private static InputException nothing(Map<Criterion, String> rowless, Selection selection, GpuModel model) {
        return new InputException(
                "Planning the families " + String.join(", ", selection.families()) + " (-Dit.groups) of the suite "
                        + selection.suite().key(),
                "no row: " + rowless.size() + " criteria of " + model.name() + ", and "
                        + String.join("; ", rowless.values().stream().distinct().toList()),
                "one criterion at least that this cluster, and the nodes asked for, have a part for",
                "select other families, or leave -Dit.groups away");
    }

    /** A plan that asks nothing would be no run. */
    static void requireSome(List<Criterion> selected, List<Criterion> all, Selection selection, GpuModel model) {
        if (selected.isEmpty()) {
            throw new InputException(
                    "Planning the families " + String.join(", ", selection.families()) + " (-Dit.groups) of the suite "
                            + selection.suite().key(),
                    "no criterion of " + model.name() + " that they serve",
                    "families with criteria: " + String.join(", ", workloads(all)),
                    "select some of those, or leave -Dit.groups away");
        }
    }
}
