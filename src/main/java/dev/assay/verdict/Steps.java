package dev.assay.verdict;

import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Steps that ranks of one communicator took together. */
final class Steps {
    private Steps() {}

    /**
     * Mean over steps of the slowest rank's time, ms; none where a rank has no steps, another number of them, or one that
     * took no time.
     */
    static OptionalDouble meanMillis(List<RankResult> ranks) {
        List<List<Double>> times = ranks.stream()
                .map(rank -> GpuReadings.samples(rank, Metric.STEP_TIME))
                .toList();
        int steps = times.stream().mapToInt(List::size).min().orElse(0);
        boolean whole = times.stream().allMatch(each -> each.size() == steps && Samples.minimum(each) > 0);
        return whole
                ? IntStream.range(0, steps)
                        .mapToDouble(step -> slowest(times, step))
                        .average()
                : OptionalDouble.empty();
    }

    /** The slowest rank's mean of a time that ranks need not take together, ms; none where a rank lacks it. */
    static OptionalDouble slowestMean(List<RankResult> ranks, Metric metric) {
        boolean whole = ranks.stream().allMatch(rank -> Samples.minimum(GpuReadings.samples(rank, metric)) > 0);
        return whole
                ? ranks.stream()
                        .mapToDouble(rank -> Samples.mean(GpuReadings.samples(rank, metric)))
                        .max()
                : OptionalDouble.empty();
    }

    /** The one value that every rank gives for a constant of the work; none where they differ, lack it or it is not > 0. */
    static OptionalDouble constant(List<RankResult> ranks, Metric metric) {
        List<Double> distinct = ranks.stream()
                .map(rank -> GpuReadings.samples(rank, metric))
                .flatMap(samples -> samples.isEmpty() ? List.of(Double.NaN).stream() : samples.stream())
                .distinct()
                .toList();
        return distinct.size() == 1 && distinct.get(0) > 0
                ? OptionalDouble.of(distinct.get(0))
                : OptionalDouble.empty();
    }

    private static double slowest(List<List<Double>> times, int step) {
        return times.stream().mapToDouble(each -> each.get(step)).max().orElse(Double.NaN);
    }
}
