package dev.assay.verdict;

import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a GPU ran below its highest clock though neither power nor heat held it back, by its telemetry: then somebody locked
 * its clock, or set it for applications.
 *
 * <p>A GPU at its power limit lowers its clock too, and rightly; then the power is at the limit and the power cap is a reason
 * in most ticks. What thermal or hardware slowdown does is said by criteria of their own.
 */
final class CappedClock {
    private static final Set<Metric> RATES = Collections.unmodifiableSet(EnumSet.of(
            Metric.TRAIN_TOKENS,
            Metric.TRAIN_TOKENS_ALL,
            Metric.TRAIN_MFU,
            Metric.TRAIN_MFU_FULL,
            Metric.TRAIN_HFU,
            Metric.GEMM_TFLOPS,
            Metric.STEP_TFLOPS,
            Metric.SCALE_EFFICIENCY));

    /** Loads without pauses; in the pauses of others an idle GPU lowers its clock by itself. */
    private static final Set<String> STEADY = Set.of("burn", "coupled", "sft");

    /** Of the highest clock; a healthy GPU that has power to spare runs at the highest. */
    private static final double LOW_SHARE = 0.95;

    /** Of the enforced limit; below it the limit does not hold the clock back. */
    private static final double SPARE_SHARE = 0.95;

    /** Of the ticks with a throttle reason, %; more, and the reason explains the clock. */
    private static final double MOST_THROTTLED_PERCENT = 50;

    private CappedClock() {}

    /** Whether a metric is a rate of computing, which a lower clock lowers. */
    static boolean slows(Metric metric) {
        return RATES.contains(metric);
    }

    /** The lowest one in words; empty: none, or telemetry that cannot tell. */
    static Optional<String> words(Collection<RankResult> ranks) {
        return ranks.stream()
                .filter(CappedClock::isCapped)
                .min(Comparator.comparingDouble(CappedClock::clock))
                .map(rank -> rank.unit() + " ran at " + Numbers.of(clock(rank), Unit.MEGAHERTZ) + " of "
                        + Numbers.of(rank.device().maxSmClockMhz(), Unit.MEGAHERTZ) + " with "
                        + Numbers.of(mean(rank, Metric.POWER), Unit.WATT) + " of "
                        + Numbers.of(mean(rank, Metric.POWER_LIMIT), Unit.WATT) + ", held back by power in "
                        + ticks(rank, Metric.THROTTLE_POWER_CAP) + ", by heat in "
                        + ticks(rank, Metric.THROTTLE_THERMAL) + ", by hardware in "
                        + ticks(rank, Metric.THROTTLE_HARDWARE)
                        + " of its ticks: its clock is capped (nvidia-smi -q -d CLOCK; undo by nvidia-smi -rgc, -rac)");
    }

    /** What a rate that meets its limit, or has none, says of it: a cause that changes no state. */
    static String remark(Evidence evidence) {
        return slows(evidence.criterion().metric())
                        && STEADY.contains(evidence.criterion().workload())
                ? words(evidence.ranks())
                        .map(words -> "; a remark, not judged: " + words)
                        .orElse("")
                : "";
    }

    private static String ticks(RankResult rank, Metric metric) {
        return Numbers.plain(mean(rank, metric), 0) + " %";
    }

    private static boolean isCapped(RankResult rank) {
        return highest(rank) < LOW_SHARE * rank.device().maxSmClockMhz()
                && mean(rank, Metric.POWER) < SPARE_SHARE * mean(rank, Metric.POWER_LIMIT)
                && notThrottled(rank, Metric.THROTTLE_POWER_CAP)
                && notThrottled(rank, Metric.THROTTLE_THERMAL)
                && notThrottled(rank, Metric.THROTTLE_HARDWARE);
    }

    /** Not a number where it was not measured, which nothing is below. */
    private static double clock(RankResult rank) {
        return mean(rank, Metric.SM_CLOCK);
    }

    /** Of all ticks: a load that waits in between, as for a slow fabric, runs at the highest clock meanwhile, a capped one never. */
    private static double highest(RankResult rank) {
        return GpuReadings.samples(rank, Metric.SM_CLOCK).stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(Double.NaN);
    }

    private static double mean(RankResult rank, Metric metric) {
        List<Double> samples = GpuReadings.samples(rank, metric);
        return samples.isEmpty() ? Double.NaN : Samples.mean(samples);
    }

    private static boolean notThrottled(RankResult rank, Metric metric) {
        return mean(rank, metric) < MOST_THROTTLED_PERCENT;
    }
}
