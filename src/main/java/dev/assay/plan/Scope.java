package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.Hostlist;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.LimitText;
import dev.assay.measurement.Metric;
import dev.assay.workload.NodePair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What an accepting decision would say, and what it would not: for the plan, and for the page that a person signs. */
final class Scope {
    private Scope() {}

    /** @param heated seconds that burn is measured on the most nodes */
    static List<String> certifies(
            Cluster cluster, GpuModel model, List<Criterion> criteria, List<Integer> counts, double heated) {
        int most = Collections.max(counts);
        String where = "on " + Words.nodesTimesGpus(most, cluster.gpusPerNode());
        if (cluster.device() == DeviceKind.REFERENCE) {
            return List.of("The suite's own path, from plan to verdict, " + where
                    + " of the reference device: results are" + " correct, coverage is whole, the protocol holds.");
        }
        List<String> lines = new ArrayList<>();
        floor(criteria, Metric.SM_ACTIVE)
                .ifPresent(
                        criterion -> lines.add("Every GPU (" + model.name() + ") " + where + " keeps its SMs busy to "
                                + limit(criterion) + " over " + LimitText.number(heated)
                                + " s of bf16 GEMM, under a proven load, with right results."));
        floor(ofBurn(criteria), Metric.GEMM_TFLOPS)
                .ifPresent(criterion ->
                        lines.add("Every GPU sustains " + limit(criterion) + " in bf16 at its planned power limit."));
        if (most >= 2) {
            floor(criteria, Metric.SCALE_EFFICIENCY)
                    .ifPresent(criterion -> lines.add("A data-parallel step keeps " + limit(criterion)
                            + " weak scale efficiency on " + Words.nodeCounts(Planner.scaledCounts(counts))
                            + " against every node's own baseline."));
        }
        parts(criteria)
                .ifPresent(families -> lines.add("The parts measured by " + families + " " + where
                        + " reach every limit that has a row here, with right results."));
        return lines;
    }

    private static List<Criterion> ofBurn(List<Criterion> criteria) {
        return criteria.stream()
                .filter(criterion -> criterion.workload().equals("burn"))
                .toList();
    }

    /** Families with judged criteria beside the two that have sentences of their own. */
    private static Optional<String> parts(List<Criterion> criteria) {
        return criteria.stream()
                .filter(Criterion::judged)
                .map(Criterion::workload)
                .filter(workload -> !workload.equals("burn") && !workload.equals("coupled"))
                .distinct()
                .reduce((before, next) -> before + ", " + next);
    }

    private static Optional<Criterion> floor(List<Criterion> criteria, Metric metric) {
        return criteria.stream()
                .filter(criterion -> criterion.metric() == metric
                        && criterion.judged()
                        && criterion.limit() instanceof Limit.AtLeast)
                .findFirst();
    }

    private static String limit(Criterion criterion) {
        return LimitText.of(criterion.limit(), criterion.unit());
    }

    /** @param selected what the selection leaves out: it comes first */
    static List<String> omits(Cluster cluster, List<Integer> counts, double heated, List<String> selected) {
        List<String> lines = new ArrayList<>(selected);
        int most = Collections.max(counts);
        if (cluster.device() == DeviceKind.REFERENCE) {
            lines.add("Any cluster: the reference device is plain Java; this proves the suite only.");
        }
        if (cluster.sharedHost()) {
            lines.add("Any network: all nodes are this one host, so the decision is never ACCEPTED.");
            lines.add("NIC evidence: no byte crosses a NIC between nodes of one host, so bytes, retransmits and link"
                    + " errors are not judged, and single NICs (rdma) are not run.");
        }
        if (most < cluster.nodes().size()) {
            List<String> left = cluster.nodes().subList(most, cluster.nodes().size());
            lines.add("Nodes that take no part: " + Hostlist.compress(left) + "; the decision is PARTIAL at best.");
        }
        if (most == 2 && !cluster.sharedHost()) {
            lines.add("The fabric: NCCL treats two nodes apart; it takes three or more to certify one.");
        }
        if (most > NodePair.MOST_NODES) {
            lines.add("Pairs of nodes: not measured (node-pair, rdma), since all pairs of " + most
                    + " nodes are more than this version" + " runs, which is up to " + NodePair.MOST_NODES
                    + "; the decision is PARTIAL at best.");
        }
        for (int count : Planner.uncovered(counts, cluster.nodes().subList(0, most))) {
            lines.add("Every subset of nodes: not all nodes take part in a step over " + count + " nodes.");
        }
        if (cluster.device() == DeviceKind.CUDA && heated < Suite.STEADY_SECONDS) {
            lines.add("The heated plateau of burn: " + LimitText.number(heated)
                    + " s do not reach it; -Dsuite=standard measures 600 s on the most nodes, -Dsuite=full on all.");
        }
        lines.add("Training: a suite of its own, -Dsuite=sft.");
        return lines;
    }
}
