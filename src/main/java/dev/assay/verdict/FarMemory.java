package dev.assay.verdict;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.Map;

/** Whether hosts have memory that is far from a GPU at all: the measurements of near memory say how its place was found. */
final class FarMemory {
    private static final String PLACE = "place";
    private static final String NUMA = "numa";

    /** As a device names the place of a host's only NUMA node. */
    private static final String ONLY = "only";

    private FarMemory() {}

    /** Where every host has one NUMA node nothing is far; a rank that says nothing of it proves nothing. */
    static boolean absent(Evidence evidence) {
        return evidence.criterion().metric() == Metric.HOST_BANDWIDTH
                && "far".equals(evidence.criterion().conditions().get(PLACE))
                && !evidence.ranks().isEmpty()
                && evidence.ranks().stream().allMatch(FarMemory::one);
    }

    private static boolean one(RankResult rank) {
        List<Measurement> near = rank.measurements(Metric.HOST_BANDWIDTH, Map.of(PLACE, "near"));
        return !near.isEmpty()
                && near.stream().allMatch(each -> ONLY.equals(each.conditions().get(NUMA)))
                && rank.measurements(Metric.HOST_BANDWIDTH, Map.of(PLACE, "far"))
                        .isEmpty();
    }
}
