package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.LimitText;
import dev.assay.measurement.Metric;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The lines of the acceptance: every criterion at every node count where it means something. */
final class Rows {
    /** Workloads that every node count runs anew; the others measure parts, at the most nodes only. */
    private static final Set<String> SCALED = Set.of("burn", "coupled");

    private static final String TWO_NODES = "they take two nodes";

    private static final String MOST_ONLY = "their work runs on the most nodes only";

    private Rows() {}

    static List<Row> of(List<Criterion> criteria, List<Integer> counts, Cluster cluster) {
        int gpusPerNode = cluster.gpusPerNode();
        List<Row> rows = new ArrayList<>();
        for (Criterion each : cluster.sharedHost() ? withoutNics(criteria) : criteria) {
            for (int count : counts) {
                if (absence(each, count, counts, cluster).isEmpty()) {
                    rows.add(new Row(each, count, gpusPerNode, each.workload(), title(each, count, gpusPerNode)));
                }
            }
        }
        return rows;
    }

    /** Where all nodes are one host no byte crosses a NIC, so nothing is asked of NICs. */
    private static List<Criterion> withoutNics(List<Criterion> criteria) {
        List<String> left = criteria.stream()
                .filter(criterion -> criterion.metric().ofNics())
                .map(Criterion::id)
                .toList();
        return criteria.stream()
                .filter(criterion -> !criterion.metric().ofNics())
                .map(criterion -> criterion.withoutRequiring(left))
                .toList();
    }

    /** Criteria that no node count has a row for, each with the reason: whoever drops one must say so. */
    static Map<Criterion, String> without(List<Criterion> criteria, List<Integer> counts, Cluster cluster) {
        Map<Criterion, String> reasons = new LinkedHashMap<>();
        for (Criterion each : criteria) {
            if (cluster.sharedHost() && each.metric().ofNics()) {
                reasons.put(each, "no byte crosses a NIC between nodes of one host");
            } else if (counts.stream()
                    .allMatch(count -> absence(each, count, counts, cluster).isPresent())) {
                absence(each, Collections.max(counts), counts, cluster).ifPresent(why -> reasons.put(each, why));
            }
        }
        return reasons;
    }

    /** Why a criterion has no row at a node count; empty where it has one. */
    private static Optional<String> absence(Criterion criterion, int count, List<Integer> counts, Cluster cluster) {
        boolean most = count == Collections.max(counts);
        int gpus = cluster.gpusPerNode();
        return switch (criterion.workload()) {
            case "node-pair", "rdma" -> because(count < 2, TWO_NODES).or(() -> because(!most, MOST_ONLY));
            case "fabric" ->
                because(count < 2, TWO_NODES)
                        .or(() -> because(!most, MOST_ONLY))
                        .or(() -> because(
                                !FabricPlan.applies(criterion, count, cluster),
                                "so many nodes do not form their patterns, loads or variants, or not over that way"));
            case "collective" ->
                because(criterion.metric().ofNics() && count < 2, TWO_NODES)
                        .or(() -> alone(criterion, count, gpus))
                        .or(() -> because(
                                !CollectiveRows.applies(criterion, count, cluster),
                                "they are about communicators of another scope, size or way than this cluster's,"
                                        + " or about several where there is one"))
                        .or(() -> because(!most, MOST_ONLY));
            case "peer" ->
                alone(criterion, count, gpus)
                        .or(() -> because(gpus < 2, "a node of one GPU has no pair of GPUs"))
                        .or(() -> because(!most, MOST_ONLY));
            default -> scaling(criterion, count, counts, gpus);
        };
    }

    private static Optional<String> scaling(Criterion criterion, int count, List<Integer> counts, int gpus) {
        if (criterion.metric().ofNics()) {
            boolean runs = SCALED.contains(criterion.workload()) || count == Collections.max(counts);
            return because(count < 2, TWO_NODES).or(() -> because(!runs, MOST_ONLY));
        }
        if (criterion.metric() == Metric.SCALE_EFFICIENCY || criterion.metric() == Metric.SENSITIVITY) {
            return because(count < 2, TWO_NODES);
        }
        boolean runsHere = SCALED.contains(criterion.workload())
                ? !criterion.workload().equals("coupled")
                        || Planner.scaledCounts(counts).contains(count)
                : count == Collections.max(counts);
        return alone(criterion, count, gpus).or(() -> because(!runsHere, MOST_ONLY));
    }

    private static Optional<String> alone(Criterion criterion, int count, int gpus) {
        return because(comparesGpus(criterion) && count * gpus < 2, "one GPU is no fleet to compare with");
    }

    private static Optional<String> because(boolean absent, String why) {
        return absent ? Optional.of(why) : Optional.empty();
    }

    /** One GPU alone would always agree with itself. */
    static boolean comparesGpus(Criterion criterion) {
        return criterion.metric() == Metric.DISTINCT_RESULTS
                || criterion.metric() == Metric.IDENTITY_DIFFERENCES
                || criterion.limit() instanceof Limit.OfMedian
                || criterion.limit() instanceof Limit.AtMostOfMedian
                || criterion.limit() instanceof Limit.Uniform;
    }

    private static String title(Criterion criterion, int count, int gpusPerNode) {
        String limit =
                criterion.judged() ? " " + LimitText.of(criterion.limit(), criterion.unit()) : " (shown, not judged)";
        return criterion.title() + limit + " · " + Words.nodesTimesGpus(count, gpusPerNode);
    }
}
