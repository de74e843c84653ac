package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.InputException;
import dev.assay.criteria.Criteria;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.PlannedFigures;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Metric;
import dev.assay.workload.Burn;
import dev.assay.workload.Coupled;
import dev.assay.workload.Fabric;
import dev.assay.workload.NodePair;
import dev.assay.workload.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** From cluster and criteria to the experiments that serve them. Pure: the same input gives the same plan, bit for bit. */
public final class Planner {
    /** Launches per node count at the first look at scale efficiency, and those that an undecided look adds. */
    static final int REPETITIONS = 5;

    static final int EXTENSION_REPETITIONS = 3;

    private static final double LEAST_LAUNCH_SECONDS = 1;

    private Planner() {}

    /** The standard suite, whole. */
    public static Plan plan(
            Cluster cluster, GpuModel model, Criteria criteria, List<Integer> nodeCounts, double durationSeconds) {
        return plan(cluster, model, criteria, nodeCounts, durationSeconds, Selection.STANDARD);
    }

    /**
     * @param nodeCounts on how many nodes; empty: {@link NodeCounts#defaults}
     * @param durationSeconds measured, per workload and node count
     * @throws InputException where the cluster cannot run this
     */
    public static Plan plan(
            Cluster cluster,
            GpuModel model,
            Criteria criteria,
            List<Integer> nodeCounts,
            double durationSeconds,
            Selection selection) {
        if (!model.key().equals(cluster.gpuModel())) {
            throw new IllegalArgumentException(
                    "GPU model must be the cluster's, " + cluster.gpuModel() + ", got " + model.key());
        }
        List<Integer> counts =
                NodeCounts.checked(nodeCounts.isEmpty() ? defaultCounts(cluster, selection) : nodeCounts, cluster);
        double seconds = MeasuredDuration.checked(durationSeconds, cluster.device());
        int most = Collections.max(counts);
        Burn burn = Sizes.burn(cluster);
        Coupled coupled = Sizes.coupled(cluster, model, Collections.min(counts), most);
        double floor = Sizes.fabricFloorGBps(cluster, model, most);
        List<Criterion> all = criteria.resolve(new PlannedFigures(floor, coupled.bytesPerStep()));
        List<Criterion> resolved = all.stream()
                .filter(criterion -> selection.takes(criterion.workload()) && measures(criterion.workload(), most))
                .toList();
        requireSome(resolved, all, selection, model);

        List<Row> rows = Rows.of(resolved, counts, cluster);
        List<Experiment> experiments = new ArrayList<>();
        for (Workload part : parts(cluster, model, selection.suite(), most)) {
            if (needs(resolved, part)) {
                experiments.add(experiment(
                        part.key(),
                        part,
                        cluster,
                        part instanceof Fabric fabric
                                ? FabricPlan.launches(cluster, most, fabric, rows)
                                : partLaunches(cluster, most, part)));
            }
        }
        if (needs(resolved, burn)) {
            experiments.add(experiment("burn", burn, cluster, burnLaunches(cluster, counts, seconds)));
        }
        if (needs(resolved, coupled)) {
            experiments.add(
                    experiment("coupled", coupled, cluster, coupledLaunches(cluster, counts, seconds, 0, REPETITIONS)));
        }
        List<String> omits = new ArrayList<>(Scope.omits(cluster, counts, seconds, selection.omits(workloads(all))));
        omits.addAll(fabricOmits(cluster, most, experiments));
        return new Plan(
                cluster,
                model,
                counts,
                seconds,
                experiments,
                extension(cluster, coupled, resolved, counts, seconds),
                rows,
                floor,
                Scope.certifies(cluster, model, asked(rows), counts, seconds),
                omits,
                selection.equals(Selection.STANDARD) ? Optional.empty() : Optional.of(selection));
    }

    /** A screening looks at all nodes once. */
    private static List<Integer> defaultCounts(Cluster cluster, Selection selection) {
        return selection.suite() == Suite.QUICK ? List.of(cluster.nodes().size()) : NodeCounts.defaults(cluster);
    }

    private static List<String> workloads(List<Criterion> criteria) {
        return criteria.stream().map(Criterion::workload).distinct().toList();
    }

    /** A plan that asks nothing would be no run. */
    private static void requireSome(
            List<Criterion> selected, List<Criterion> all, Selection selection, GpuModel model) {
        if (selected.isEmpty()) {
            throw new InputException(
                    "Planning the families " + String.join(", ", selection.families()) + " (-Dit.groups) of the suite "
                            + selection.suite().key(),
                    "no criterion of " + model.name() + " that they serve",
                    "families with criteria: " + String.join(", ", workloads(all)),
                    "select some of those, or leave -Dit.groups away");
        }
    }

    /**
     * Only some families of a recorded run. What else ran is not asked for.
     *
     * @throws InputException where it holds none of them
     */
    public static Plan selected(Plan plan, List<String> families) {
        if (families.isEmpty()) {
            return plan;
        }
        Selection selection =
                new Selection(plan.selection().map(Selection::suite).orElse(Suite.STANDARD), families);
        List<Criterion> all =
                plan.rows().stream().map(Row::criterion).distinct().toList();
        List<Criterion> kept = all.stream()
                .filter(criterion -> selection.takes(criterion.workload()))
                .toList();
        requireSome(kept, all, selection, plan.gpuModel());
        List<String> omits = new ArrayList<>(selection.omits(workloads(all)));
        omits.addAll(plan.omits());
        return new Plan(
                plan.cluster(),
                plan.gpuModel(),
                plan.nodeCounts(),
                plan.durationSeconds(),
                plan.experiments().stream()
                        .filter(experiment ->
                                selection.takes(experiment.workload().key()))
                        .toList(),
                plan.extension().stream()
                        .filter(experiment ->
                                selection.takes(experiment.workload().key()))
                        .toList(),
                plan.rows().stream()
                        .filter(row -> selection.takes(row.criterion().workload()))
                        .toList(),
                plan.fabricFloorGBps(),
                Scope.certifies(plan.cluster(), plan.gpuModel(), kept, plan.nodeCounts(), plan.durationSeconds()),
                omits,
                Optional.of(selection));
    }

    /**
     * The same experiments judged by other criteria, for replays. Nothing that ran changes; what did not run is not asked for.
     *
     * @throws InputException where a computed floor lies above its ceiling
     */
    public static Plan judgedBy(Plan plan, Criteria criteria) {
        long stepBytes = plan.experiments().stream()
                .map(Experiment::workload)
                .filter(Coupled.class::isInstance)
                .mapToLong(workload -> ((Coupled) workload).bytesPerStep())
                .findFirst()
                .orElse(0);
        List<Criterion> resolved = criteria.resolve(new PlannedFigures(plan.fabricFloorGBps(), stepBytes)).stream()
                .filter(criterion -> plan.experiments().stream()
                        .anyMatch(experiment -> experiment.id().equals(criterion.workload())))
                .toList();
        List<Row> rows = Rows.of(resolved, plan.nodeCounts(), plan.cluster());
        return new Plan(
                plan.cluster(),
                plan.gpuModel(),
                plan.nodeCounts(),
                plan.durationSeconds(),
                plan.experiments(),
                plan.extension(),
                rows,
                plan.fabricFloorGBps(),
                Scope.certifies(
                        plan.cluster(), plan.gpuModel(), asked(rows), plan.nodeCounts(), plan.durationSeconds()),
                plan.omits(),
                plan.selection());
    }

    /** Whether so many nodes have what the workload measures. */
    private static boolean measures(String workload, int nodes) {
        return switch (workload) {
            case "node-pair" -> NodePair.measures(nodes);
            case "fabric" -> nodes >= 2;
            default -> true;
        };
    }

    private static List<Criterion> asked(List<Row> rows) {
        return rows.stream().map(Row::criterion).distinct().toList();
    }

    private static boolean needs(List<Criterion> criteria, Workload workload) {
        return criteria.stream().anyMatch(criterion -> criterion.workload().equals(workload.key()));
    }

    private static Experiment experiment(String id, Workload workload, Cluster cluster, List<Launch> launches) {
        return new Experiment(
                id,
                workload,
                launches,
                cluster.gpusPerNode(),
                Timing.warmUpSeconds(cluster, workload),
                Timing.expectedSeconds(cluster, workload, launches));
    }

    /** Workloads that measure one kind of part of every node; how many nodes run beside each other makes no difference. */
    private static List<Workload> parts(Cluster cluster, GpuModel model, Suite suite, int nodes) {
        List<Workload> parts = new ArrayList<>();
        parts.add(Sizes.hbm(cluster));
        parts.add(Sizes.memtest(cluster, model, suite));
        parts.add(Sizes.hostLink(cluster));
        if (cluster.gpusPerNode() >= 2) {
            parts.add(Sizes.peer(cluster));
        }
        CollectiveSizes.of(cluster, model, nodes).ifPresent(parts::add);
        FabricPlan.of(cluster, nodes).ifPresent(parts::add);
        parts.add(Sizes.nodePair(cluster));
        parts.add(Sizes.sweep(cluster));
        return parts;
    }

    private static List<String> fabricOmits(Cluster cluster, int nodes, List<Experiment> experiments) {
        return experiments.stream()
                .flatMap(experiment -> experiment.workload() instanceof Fabric fabric
                        ? FabricPlan.omits(cluster, nodes, experiment.launches(), fabric).stream()
                        : Stream.empty())
                .toList();
    }

    private static List<Launch> partLaunches(Cluster cluster, int nodes, Workload part) {
        return List.of(new Launch(
                "load-" + nodes,
                LaunchRole.LOAD,
                0,
                cluster.nodes().subList(0, nodes),
                Timing.partSeconds(cluster, part, nodes)));
    }

    private static List<Launch> burnLaunches(Cluster cluster, List<Integer> counts, double seconds) {
        return counts.stream()
                .map(count -> new Launch(
                        "load-" + count, LaunchRole.LOAD, 0, cluster.nodes().subList(0, count), seconds))
                .toList();
    }

    /** Only scale efficiency looks twice, and only where it is judged. */
    private static List<Experiment> extension(
            Cluster cluster, Coupled coupled, List<Criterion> criteria, List<Integer> counts, double seconds) {
        boolean judged = criteria.stream()
                .anyMatch(criterion -> criterion.metric() == Metric.SCALE_EFFICIENCY && criterion.judged());
        if (!judged || Collections.max(counts) < 2) {
            return List.of();
        }
        List<Launch> launches = coupledLaunches(cluster, counts, seconds, REPETITIONS, EXTENSION_REPETITIONS);
        return List.of(experiment("coupled-extension", coupled, cluster, launches));
    }

    /**
     * Baselines and scaled launches by turns, every repetition beginning with another one: what drifts (heat, other tenants)
     * then falls on all alike.
     */
    private static List<Launch> coupledLaunches(
            Cluster cluster, List<Integer> counts, double seconds, int first, int repetitions) {
        int most = Collections.max(counts);
        List<String> nodes = cluster.nodes().subList(0, most);
        double each = Math.max(LEAST_LAUNCH_SECONDS, seconds / REPETITIONS);
        List<Launch> launches = new ArrayList<>();
        for (int repetition = first; repetition < first + repetitions; repetition++) {
            List<Launch> round = new ArrayList<>();
            if (most >= 2) {
                round.add(new Launch("baseline-r" + repetition, LaunchRole.BASELINE, repetition, nodes, each));
            }
            for (int count : scaledCounts(counts)) {
                List<String> subset = Rotation.subset(nodes, count, repetition);
                String id = "scaled-" + count + "-r" + repetition;
                round.add(new Launch(id, LaunchRole.SCALED, repetition, subset, each));
            }
            Collections.rotate(round, -repetition % round.size());
            launches.addAll(round);
        }
        return launches;
    }

    /** One node is the others' baseline; it is a scaled launch of its own only where there is nothing else. */
    static List<Integer> scaledCounts(List<Integer> counts) {
        return Collections.max(counts) < 2
                ? counts
                : counts.stream().filter(count -> count >= 2).toList();
    }

    /** Node counts at which some scaled subset leaves nodes out in all repetitions. */
    static List<Integer> uncovered(List<Integer> counts, List<String> nodes) {
        return scaledCounts(counts).stream()
                .filter(count -> IntStream.range(0, REPETITIONS)
                                .boxed()
                                .flatMap(r -> Rotation.subset(nodes, count, r).stream())
                                .distinct()
                                .count()
                        < nodes.size())
                .toList();
    }
}
