package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.verdict.Readings.Reading;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One GPU's value of a health metric. What only ever counts up says how much it grew over the work; what it said before the
 * work is another's doing. All others are read as they stand.
 */
final class HealthReadings {
    /** Read before and after the work; judged is the increase, whatever the statistic. */
    private static final Set<Metric> COUNTERS = Collections.unmodifiableSet(EnumSet.of(
            Metric.ECC_CORRECTED,
            Metric.ECC_UNCORRECTED,
            Metric.PCIE_REPLAYS,
            Metric.NVLINK_ERRORS,
            Metric.NVLINK_REPLAYS,
            Metric.VIOLATION_POWER,
            Metric.VIOLATION_THERMAL));

    /** The condition that names what was found, e.g. XIDs or process ids. */
    private static final String FOUND = "found";

    private HealthReadings() {}

    static Reading read(RankResult rank, Criterion criterion) {
        Optional<Measurement> measurement = rank.measurement(criterion.metric());
        if (measurement.isEmpty()) {
            return Reading.missing(rank, criterion.metric());
        }
        List<Double> samples = measurement.get().samples();
        if (!COUNTERS.contains(criterion.metric())) {
            return Reading.of(rank.unit() + found(measurement.get()), Samples.of(criterion.statistic(), samples));
        }
        return samples.size() < 2
                ? Reading.gap(
                        rank.unit(), criterion.metric().key() + " was read once: one reading tells no increase", false)
                : Reading.of(rank.unit(), samples.get(samples.size() - 1) - samples.get(0));
    }

    /** Rows remapped meanwhile: what was repaired before is history, what fails under this work is not. */
    static Reading newlyRemapped(RankResult rank) {
        List<Double> rows = GpuReadings.samples(rank, Metric.REMAPPED_ROWS);
        if (rows.isEmpty()) {
            return Reading.missing(rank, Metric.REMAPPED_ROWS);
        }
        double more = rows.get(rows.size() - 1) - rows.get(0);
        return rows.size() < 2 || more < 0
                ? Reading.gap(
                        rank.unit(),
                        Metric.REMAPPED_ROWS.key() + " reads " + rows + ": that tells no increase over the work",
                        false)
                : Reading.of(rank.unit(), more);
    }

    private static String found(Measurement measurement) {
        String found = measurement.conditions().getOrDefault(FOUND, "");
        return found.isEmpty() ? "" : ": " + found;
    }

    /** A counter that was reset on the way tells nothing, least of all zero. */
    static Optional<String> backwards(RankResult rank, Metric metric) {
        List<Double> samples = GpuReadings.samples(rank, metric);
        for (int i = 1; COUNTERS.contains(metric) && i < samples.size(); i++) {
            if (samples.get(i) < samples.get(i - 1)) {
                return Optional.of(metric.key() + " on " + rank.unit() + " ran backwards, from "
                        + Numbers.of(samples.get(i - 1), metric.unit()) + " to "
                        + Numbers.of(samples.get(i), metric.unit())
                        + ": the GPU was reset or its driver loaded anew during the work");
            }
        }
        return Optional.empty();
    }
}
