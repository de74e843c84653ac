package dev.assay.plan;

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

    static List<Row> of(List<Criterion> criteria, List<Integer> counts, int gpusPerNode) {
        List<Row> rows = new ArrayList<>();
        for (Criterion criterion : criteria) {
            for (int count : counts) {
                if (applies(criterion, count, counts, gpusPerNode)) {
                    rows.add(new Row(
                            criterion, count, gpusPerNode, criterion.workload(), title(criterion, count, gpusPerNode)));
                }
            }
        }
        return rows;
    }

    private static boolean applies(Criterion criterion, int count, List<Integer> counts, int gpusPerNode) {
        if (criterion.metric() == Metric.SCALE_EFFICIENCY || criterion.metric() == Metric.SENSITIVITY) {
            return count >= 2;
        }
        if (comparesGpus(criterion) && count * gpusPerNode < 2) {
            return false;
        }
        if (criterion.workload().equals("peer") && gpusPerNode < 2) {
            return false;
        }
        if (!SCALED.contains(criterion.workload())) {
            return count == Collections.max(counts);
        }
        return !criterion.workload().equals("coupled")
                || Planner.scaledCounts(counts).contains(count);
    }

    /** One GPU alone would always agree with itself. */
    private static boolean comparesGpus(Criterion criterion) {
        return criterion.metric() == Metric.DISTINCT_RESULTS
                || criterion.limit() instanceof Limit.OfMedian
                || criterion.limit() instanceof Limit.Uniform;
    }

    private static String title(Criterion criterion, int count, int gpusPerNode) {
        String limit =
                criterion.judged() ? " " + LimitText.of(criterion.limit(), criterion.unit()) : " (shown, not judged)";
        return criterion.title() + limit + " · " + Words.nodesTimesGpus(count, gpusPerNode);
    }
}
