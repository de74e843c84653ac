package dev.assay.plan;

import dev.assay.cluster.InputException;
import dev.assay.criteria.Criteria;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.PlannedFigures;
import dev.assay.workload.Coupled;
import dev.assay.workload.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Plans of runs that are over: nothing that ran changes; what did not run is not asked for. */
public final class RecordedPlans {
    private RecordedPlans() {}

    /**
     * Only some families of a recorded run. What else ran is not asked for.
     *
     * @throws InputException where it holds none of them
     */
    public static Plan selected(Plan plan, List<String> families) {
        if (families.isEmpty()) {
            return plan;
        }
        Selection selection = new Selection(suite(plan), families);
        List<Criterion> all =
                plan.rows().stream().map(Row::criterion).distinct().toList();
        List<Criterion> kept = all.stream()
                .filter(criterion -> selection.takes(criterion.workload()))
                .toList();
        Asked.requireSome(kept, all, selection, plan.gpuModel());
        List<String> omits = new ArrayList<>(selection.omits(Asked.workloads(all)));
        omits.addAll(plan.omits());
        return new Plan(
                plan.cluster(),
                plan.gpuModel(),
                plan.nodeCounts(),
                plan.durationSeconds(),
                taken(plan.experiments(), selection),
                taken(plan.extension(), selection),
                plan.rows().stream()
                        .filter(row -> selection.takes(row.criterion().workload()))
                        .toList(),
                plan.fabricFloorGBps(),
                suite(plan) == Suite.SFT
                        ? plan.certifies()
                        : Scope.certifies(plan.cluster(), plan.gpuModel(), kept, plan.nodeCounts(), heated(plan)),
                omits,
                Optional.of(selection),
                plan.training());
    }

    private static List<Experiment> taken(List<Experiment> experiments, Selection selection) {
        return experiments.stream()
                .filter(experiment -> selection.takes(experiment.workload().key()))
                .toList();
    }

    /**
     * The same experiments judged by other criteria.
     *
     * @throws InputException where a computed floor lies above its ceiling
     */
    public static Plan judgedBy(Plan plan, Criteria criteria) {
        if (suite(plan) == Suite.SFT) {
            RecordedTraining.Asked asked =
                    RecordedTraining.of(plan, criteria, plan.selection().orElse(new Selection(Suite.SFT, List.of())));
            return with(plan, asked.rows(), asked.certifies(), asked.omits());
        }
        List<Workload> workloads =
                plan.experiments().stream().map(Experiment::workload).toList();
        long stepBytes = workloads.stream()
                .filter(Coupled.class::isInstance)
                .mapToLong(workload -> ((Coupled) workload).bytesPerStep())
                .findFirst()
                .orElse(0);
        List<Criterion> ran = criteria
                .resolve(new PlannedFigures(
                        plan.fabricFloorGBps(),
                        stepBytes,
                        Planner.nicGBps(plan.cluster()),
                        Planner.nodeGBps(plan.cluster(), Collections.max(plan.nodeCounts()))))
                .stream()
                .filter(criterion -> plan.experiments().stream()
                        .anyMatch(experiment -> experiment.id().equals(criterion.workload())))
                .toList();
        Asked asked = Asked.ofRecorded(ran, workloads, suite(plan));
        List<Row> rows = Rows.of(asked.criteria(), plan.nodeCounts(), plan.cluster());
        return with(
                plan,
                rows,
                Scope.certifies(plan.cluster(), plan.gpuModel(), Asked.of(rows), plan.nodeCounts(), heated(plan)),
                omits(plan, asked, ran));
    }

    /** What was not measured stays so; what of the criteria that leaves unasked is said of the ones judged by. */
    private static List<String> omits(Plan plan, Asked asked, List<Criterion> ran) {
        List<String> lines = new ArrayList<>(plan.omits());
        int at = IntStream.range(0, lines.size())
                .filter(line -> Asked.omits(lines.get(line)))
                .findFirst()
                .orElse(lines.size());
        lines.removeIf(Asked::omits);
        lines.addAll(at, asked.omits());
        List<String> rowless = Rowless.lines(
                Rows.without(ran, plan.nodeCounts(), plan.cluster()),
                Words.nodesTimesGpus(
                        Collections.max(plan.nodeCounts()), plan.cluster().gpusPerNode()));
        return Stream.concat(lines.stream(), rowless.stream()).distinct().toList();
    }

    private static Plan with(Plan plan, List<Row> rows, List<String> certifies, List<String> omits) {
        return new Plan(
                plan.cluster(),
                plan.gpuModel(),
                plan.nodeCounts(),
                plan.durationSeconds(),
                plan.experiments(),
                plan.extension(),
                rows,
                plan.fabricFloorGBps(),
                certifies,
                omits,
                plan.selection(),
                plan.training());
    }

    /** What burn ran on the most nodes. */
    private static double heated(Plan plan) {
        return plan.experiments().stream()
                .filter(experiment -> experiment.id().equals("burn"))
                .flatMap(experiment -> experiment.launches().stream())
                .mapToDouble(Launch::measuredSeconds)
                .max()
                .orElse(plan.durationSeconds());
    }

    private static Suite suite(Plan plan) {
        return plan.selection().map(Selection::suite).orElse(Suite.STANDARD);
    }
}
