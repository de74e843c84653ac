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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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
        double heated = selection.suite().heatedSeconds(cluster.device(), seconds);
        int most = Collections.max(counts);
        Burn burn = Sizes.burn(cluster);
        Coupled coupled = Sizes.coupled(cluster, model, Collections.min(counts), most);
        double floor = Sizes.fabricFloorGBps(cluster, model, most);
        List<Criterion> all = criteria.resolve(
                new PlannedFigures(floor, coupled.bytesPerStep(), nicGBps(cluster), nodeGBps(cluster, most)));
        List<Workload> parts = parts(cluster, model, selection.suite(), most);
        Asked asked = Asked.of(
                all.stream()
                        .filter(criterion ->
                                selection.takes(criterion.workload()) && measures(criterion.workload(), most, cluster))
                        .toList(),
                parts,
                model,
                selection.suite());
        List<Criterion> resolved = asked.criteria();
        Map<Criterion, String> rowless = rowless(all, resolved, counts, cluster, selection);
        Asked.requireMeasured(resolved, rowless, selection, model);
        Asked.requireSome(resolved, all, selection, model);

        List<Row> rows = Rows.of(resolved, counts, cluster);
        Asked.requireRows(rows, rowless, selection, model);
        List<Experiment> experiments = new ArrayList<>();
        for (Workload part : parts) {
            if (needs(rows, part)) {
                experiments.add(experiment(
                        part.key(),
                        part,
                        cluster,
                        part instanceof Fabric fabric
                                ? FabricPlan.launches(cluster, most, fabric, rows)
                                : partLaunches(cluster, most, part)));
            }
        }
        if (needs(rows, burn)) {
            experiments.add(experiment("burn", burn, cluster, burnLaunches(cluster, counts, seconds, heated)));
        }
        if (needs(rows, coupled)) {
            experiments.add(
                    experiment("coupled", coupled, cluster, coupledLaunches(cluster, counts, seconds, 0, REPETITIONS)));
        }
        Memory.check(experiments, model);
        List<String> omits = new ArrayList<>(
                Scope.omits(cluster, counts, heated, omits(asked, model, selection.omits(Asked.workloads(all)))));
        omits.addAll(fabricOmits(cluster, most, experiments));
        omits.addAll(Rowless.lines(rowless, Words.nodesTimesGpus(most, cluster.gpusPerNode())));
        return new Plan(
                cluster,
                model,
                counts,
                seconds,
                experiments,
                extension(cluster, coupled, resolved, counts, seconds),
                rows,
                floor,
                Scope.certifies(cluster, model, Asked.of(rows), counts, heated),
                omits,
                selection.equals(Selection.STANDARD) ? Optional.empty() : Optional.of(selection));
    }

    /** A screening looks at all nodes once. */
    private static List<Integer> defaultCounts(Cluster cluster, Selection selection) {
        return selection.suite() == Suite.QUICK ? List.of(cluster.nodes().size()) : NodeCounts.defaults(cluster);
    }

    private static List<String> omits(Asked asked, GpuModel model, List<String> unselected) {
        return Stream.of(unselected.stream(), asked.omits().stream(), Precisions.lacking(model).stream())
                .flatMap(Function.identity())
                .toList();
    }

    /** Whether so many nodes have what the workload measures. */
    private static boolean measures(String workload, int nodes, Cluster cluster) {
        return switch (workload) {
            case "node-pair" -> NodePair.measures(nodes);
            case "rdma" -> NodePair.measures(nodes) && hasNics(cluster);
            case "fabric" -> nodes >= 2;
            default -> true;
        };
    }

    static double nicGBps(Cluster cluster) {
        return cluster.nics().gigabitsPerSecond() / 8;
    }

    /** All NICs of a node, one way; 0 where no two nodes meet by them. */
    static double nodeGBps(Cluster cluster, int nodes) {
        return nodes >= 2 && hasNics(cluster) ? cluster.nics().nodeGigabytesPerSecond() : 0;
    }

    /** Between nodes of one host there is no NIC to measure. */
    private static boolean hasNics(Cluster cluster) {
        return !cluster.sharedHost() && cluster.nics().count() > 0;
    }

    /** Some row, not some criterion: work that no row asks about would be done for nothing, or for a plan of nothing. */
    private static boolean needs(List<Row> rows, Workload workload) {
        return rows.stream().anyMatch(row -> row.experiment().equals(workload.key()));
    }

    /** What the file asks and the selection takes, and no row has: each with its reason. */
    private static Map<Criterion, String> rowless(
            List<Criterion> all, List<Criterion> asked, List<Integer> counts, Cluster cluster, Selection selection) {
        int most = Collections.max(counts);
        Map<Criterion, String> reasons = new LinkedHashMap<>();
        all.stream()
                .filter(criterion ->
                        selection.takes(criterion.workload()) && !measures(criterion.workload(), most, cluster))
                .forEach(criterion -> reasons.put(criterion, whyNot(most, cluster)));
        reasons.putAll(Rows.without(asked, counts, cluster));
        return reasons;
    }

    /** Why so many nodes do not have what a workload measures. */
    private static String whyNot(int nodes, Cluster cluster) {
        if (nodes < 2) {
            return "they take two nodes";
        }
        return nodes > NodePair.MOST_NODES
                ? "all pairs of " + nodes + " nodes are more than this version runs"
                : cluster.sharedHost()
                        ? "no byte crosses a NIC between nodes of one host"
                        : "the cluster file says that nodes have no NICs";
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
        parts.add(Sizes.hostLaunch(cluster));
        if (cluster.gpusPerNode() >= 2) {
            parts.add(Sizes.peer(cluster));
        }
        CollectiveSizes.of(cluster, model, nodes, suite).ifPresent(parts::add);
        FabricPlan.of(cluster, nodes).ifPresent(parts::add);
        parts.add(Sizes.nodePair(cluster));
        if (hasNics(cluster)) {
            parts.add(Sizes.rdma(cluster));
        }
        parts.add(Sizes.sweep(cluster, model, suite));
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

    /** @param heated seconds on the most nodes */
    private static List<Launch> burnLaunches(Cluster cluster, List<Integer> counts, double seconds, double heated) {
        int most = Collections.max(counts);
        return counts.stream()
                .map(count -> new Launch(
                        "load-" + count,
                        LaunchRole.LOAD,
                        0,
                        cluster.nodes().subList(0, count),
                        count == most ? heated : seconds))
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
