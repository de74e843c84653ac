package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.MetricKind;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import java.util.List;
import java.util.Optional;

/**
 * Whether telemetry saw enough of the work that it stands beside. Its window is the work itself or, of families without
 * measured windows, a whole launch; there the driver may hold it up while NCCL starts, and a hole in which the GPU's own counters
 * saw no work misses none. Older results say nothing of holes.
 */
final class Watching {
    private static final double LEAST_COVERAGE_PERCENT = 95;
    private static final double LEAST_TICKS_A_SECOND = 4;

    /** Of the window, in holes with work: as much as may lie outside of it. */
    private static final double MOST_UNSEEN_PERCENT = 100 - LEAST_COVERAGE_PERCENT;

    /** Of a short window a single late tick would be more than that. */
    private static final double LONE_HOLE_SECONDS = 1.5;

    /** Of a launch: what its counters call idle may be copies, or another's turn. */
    private static final double MOST_IDLE = 0.5;

    private Watching() {}

    /** Why what was watched of this GPU is not worth a verdict; nothing of what is not watched. */
    static Optional<String> problem(RankResult rank, Criterion criterion) {
        if (!watched(criterion.metric())) {
            return Optional.empty();
        }
        // Telemetry tells what its own window covered, the worker what of the declared duration it did.
        double coverage = Samples.minimum(rank.measurements(Metric.TELEMETRY_COVERAGE, criterion.conditions()).stream()
                .flatMap(each -> each.samples().stream())
                .toList());
        List<Measurement> rates = rank.measurements(Metric.TELEMETRY_RATE, criterion.conditions());
        double rate = rates.stream().mapToDouble(Watching::rate).min().orElse(Double.NaN);
        if (!(coverage >= LEAST_COVERAGE_PERCENT && rate >= LEAST_TICKS_A_SECOND)) {
            return Optional.of("telemetry of " + rank.unit() + " must cover "
                    + Numbers.limit(LEAST_COVERAGE_PERCENT, Unit.PERCENT) + " of the duration at "
                    + Numbers.limit(LEAST_TICKS_A_SECOND, Unit.COUNT) + " ticks a second, found "
                    + (Double.isNaN(coverage)
                            ? "no coverage"
                            : Numbers.beside(coverage, LEAST_COVERAGE_PERCENT, Unit.PERCENT))
                    + " at "
                    + (Double.isNaN(rate) ? "no rate" : Numbers.beside(rate, LEAST_TICKS_A_SECOND, Unit.COUNT))
                    + rates.stream()
                            .flatMap(each -> hole(each).stream())
                            .findFirst()
                            .map(words -> "; " + words)
                            .orElse(""));
        }
        return rates.stream()
                .filter(each -> !(unseenPercent(each) <= MOST_UNSEEN_PERCENT || unseen(each) <= LONE_HOLE_SECONDS))
                .findFirst()
                .map(each -> "telemetry of " + rank.unit() + " did not see "
                        + Numbers.of(unseenPercent(each), Unit.PERCENT) + " of the duration, at most "
                        + Numbers.limit(MOST_UNSEEN_PERCENT, Unit.PERCENT) + " may be unseen: "
                        + hole(each).orElse("it does not say which"));
    }

    /** One line a GPU and launch that was not watched for a while, though it is judged. */
    static List<String> holes(Evidence evidence) {
        return watched(evidence.criterion().metric())
                ? evidence.ranks().stream()
                        .flatMap(rank ->
                                rank
                                        .measurements(
                                                Metric.TELEMETRY_RATE,
                                                evidence.criterion().conditions())
                                        .stream()
                                        .flatMap(each -> hole(each).stream())
                                        .map(words -> "telemetry of " + rank.unit() + " in launch "
                                                + rank.header().launch() + ": " + words))
                        .toList()
                : List.of();
    }

    /** Whether a metric comes from watching beside the work, so that it is worth what the watching covered. */
    private static boolean watched(Metric metric) {
        return metric.kind() == MetricKind.WATCHED || metric == Metric.LOAD_RATIO || metric == Metric.WARMTH;
    }

    /** Ticks a second, outside of holes without work. */
    private static double rate(Measurement measured) {
        double seconds = said(measured, "seconds");
        double idle = idle(measured);
        double share = idle > 0 ? Math.min(idle / seconds, MOST_IDLE) : idle;
        return Samples.minimum(measured.samples()) / (1 - share);
    }

    private static double unseenPercent(Measurement measured) {
        return measured.conditions().containsKey("heldUp") ? 100 * unseen(measured) / said(measured, "seconds") : 0;
    }

    /** Seconds in holes in which the GPU may have worked. */
    private static double unseen(Measurement measured) {
        return said(measured, "heldUp") - idle(measured);
    }

    /** A window over the work alone has no time for idling. */
    private static double idle(Measurement measured) {
        if (!"launch".equals(measured.conditions().get("window"))) {
            return 0;
        }
        double idle = said(measured, "idle");
        return idle <= said(measured, "heldUp") ? idle : Double.NaN;
    }

    private static Optional<String> hole(Measurement measured) {
        return Optional.ofNullable(measured.conditions().get("longest"))
                .map(longest -> "nobody looked for " + longest + " (the longest of "
                        + measured.conditions().getOrDefault("heldUp", "?") + " s in all)");
    }

    /** No number where it is none, which meets no limit; 0 where nothing is said. */
    private static double said(Measurement measured, String what) {
        String text = measured.conditions().getOrDefault(what, "0");
        return text.matches("\\d{1,9}(\\.\\d{1,9})?") ? Double.parseDouble(text) : Double.NaN;
    }
}
