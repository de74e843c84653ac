package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.LimitText;
import dev.assay.measurement.Metric;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** The lines of the acceptance: every criterion at every node count where it means something. */
final class Rows {
    /** Workloads that every node count runs anew; the others measure parts, at the most nodes only. */
    private static final Set<String> SCALED = Set.of("burn", "coupled");

    private Rows() {}

    static List<Row> of(List<Criterion> criteria, List<Integer> counts, Cluster cluster) {
        int gpusPerNode = cluster.gpusPerNode();
        List<Row> rows = new ArrayList<>();
        for (Criterion each : cluster.sharedHost() ? withoutNics(criteria) : criteria) {
            for (int count : counts) {
                if (applies(each, count, counts, cluster)) {
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

    private static boolean applies(Criterion criterion, int count, List<Integer> counts, Cluster cluster) {
        if (criterion.workload().equals("node-pair") || criterion.workload().equals("rdma")) {
            return count >= 2 && count == Collections.max(counts);
        }
        if (criterion.workload().equals("fabric")) {
            return count >= 2 && count == Collections.max(counts) && FabricPlan.applies(criterion, count, cluster);
        }
        if (criterion.metric().ofNics()) {
            return count >= 2 && (SCALED.contains(criterion.workload()) || count == Collections.max(counts));
        }
        if (criterion.metric() == Metric.SCALE_EFFICIENCY || criterion.metric() == Metric.SENSITIVITY) {
            return count >= 2;
        }
        if (comparesGpus(criterion) && count * cluster.gpusPerNode() < 2) {
            return false;
        }
        if (criterion.workload().equals("collective") && !CollectiveRows.applies(criterion, count, cluster)) {
            return false;
        }
        if (criterion.workload().equals("peer") && cluster.gpusPerNode() < 2) {
            return false;
        }
        if (!SCALED.contains(criterion.workload())) {
            return count == Collections.max(counts);
        }
        return !criterion.workload().equals("coupled")
                || Planner.scaledCounts(counts).contains(count);
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
