package dev.assay.verdict;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.verdict.Readings.Reading;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether hosts have memory that is far from a GPU at all, and whether what was measured lay where it was to lie: the
 * measurements say how the place was found, and where the kernel found the pages.
 */
final class FarMemory {
    private static final String PLACE = "place";
    private static final String FAR = "far";

    /** How many pages lie on which node, by the kernel's word; else why it gives none. */
    private static final String PAGES = "pages";

    private static final String UNTOLD = "pagesUntold";

    /** Why the pages are not where they were to lie. */
    private static final String MISPLACED = "misplaced";

    private static final String NUMA = "numa";

    /** As a device names the place of a host's only NUMA node. */
    private static final String ONLY = "only";

    private FarMemory() {}

    /** Where every host has one NUMA node nothing is far; a rank that says nothing of it proves nothing. */
    static boolean absent(Evidence evidence) {
        return evidence.criterion().metric() == Metric.HOST_BANDWIDTH
                && FAR.equals(evidence.criterion().conditions().get(PLACE))
                && !evidence.ranks().isEmpty()
                && evidence.ranks().stream().allMatch(FarMemory::one);
    }

    /** Memory that lies elsewhere is not what the criterion names. */
    static Optional<String> misplaced(RankResult rank, Evidence evidence) {
        return measurements(rank, evidence.question()).stream()
                .flatMap(each -> Optional.ofNullable(each.conditions().get(MISPLACED)).stream())
                .findFirst()
                .map(why -> "host memory of " + rank.unit() + ": " + why
                        + "; look at the node's free memory (numactl -H) and at the job's memory policy");
    }

    /** Near memory shows its place by its bandwidth; far memory is taken for far only by the kernel's word. */
    static List<Reading> read(RankResult rank, Question question) {
        Optional<Measurement> unproven = measurements(rank, question).stream()
                .filter(each -> FAR.equals(each.conditions().get(PLACE)))
                .filter(each -> !each.conditions().containsKey(PAGES))
                .findFirst();
        return unproven.map(far -> List.of(Reading.gap(
                        rank.unit(),
                        "nothing shows that its far memory is far: "
                                + far.conditions().getOrDefault(UNTOLD, "the result does not say where its pages lie"),
                        true)))
                .orElseGet(() -> GpuReadings.raw(rank, question));
    }

    private static List<Measurement> measurements(RankResult rank, Question question) {
        return rank.measurements(
                question.criterion().metric(), question.criterion().conditions());
    }

    private static boolean one(RankResult rank) {
        List<Measurement> near = rank.measurements(Metric.HOST_BANDWIDTH, Map.of(PLACE, "near"));
        return !near.isEmpty()
                && near.stream().allMatch(each -> ONLY.equals(each.conditions().get(NUMA)))
                && rank.measurements(Metric.HOST_BANDWIDTH, Map.of(PLACE, FAR)).isEmpty();
    }
}
