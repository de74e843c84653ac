package dev.assay.device.cuda;

import dev.assay.measurement.Metric;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The GPM samples of one window. A GPM value is the mean between two samples, so the window's own value comes from the pair
 * that encloses it, a tick's from the tick before and this one, a second's from two samples one second apart. At most five
 * samples are alive.
 *
 * <p>A sample that is refused on the way spoils the ticks' columns and makes one second longer; the window ends with the last
 * sample that was granted, which shows in its coverage.
 */
final class GpmTrack {
    /** The driver refreshes the counters every 100 ms; a closer pair says nothing. */
    static final long REFRESH_NANOS = 100_000_000L;

    /** A second by the clock of ticks that wake up late by a few milliseconds, each by its own. */
    static final long SECOND_NANOS = 950_000_000L;

    /** A sample and when it was taken. */
    private record Moment(long nanos, long sample) {}

    private final GpuCounters counters;
    private final LongSupplier nanoTime;
    private final Set<Long> alive = new HashSet<>();
    private final Moment first;
    private Moment secondStart;
    private Moment latest;

    private GpuReading<List<Double>> seconds = GpuReading.of(List.of());
    private long longestSecondNanos;

    private GpmTrack(GpuCounters counters, LongSupplier nanoTime, Moment first) {
        this.counters = counters;
        this.nanoTime = nanoTime;
        this.first = first;
        this.secondStart = first;
        this.latest = first;
        alive.add(first.sample());
    }

    /** Takes the first sample; a refusal is one of the whole window. */
    static GpuReading<GpmTrack> begin(GpuCounters counters, LongSupplier nanoTime) {
        return moment(counters, nanoTime).map(first -> new GpmTrack(counters, nanoTime, first));
    }

    /** Takes a sample and gives the means since the one before, at least {@link #REFRESH_NANOS} ago. */
    Map<Metric, GpuReading<Double>> tick() {
        return moment(counters, nanoTime)
                .fold(
                        now -> {
                            Map<Metric, GpuReading<Double>> means = counters.between(latest.sample(), now.sample());
                            accept(now);
                            return means;
                        },
                        GpmTrack::refuseAll);
    }

    /** Takes the sample that ends the window. */
    void end() {
        moment(counters, nanoTime).ifValue(this::accept);
    }

    /** The means between the two samples that enclose the window. */
    Map<Metric, GpuReading<Double>> window() {
        if (nanos() < REFRESH_NANOS) {
            return refuseAll("a window of " + seconds(nanos()) + " s is shorter than GPM's refresh of 0.1 s");
        }
        return counters.between(first.sample(), latest.sample());
    }

    /** SM activity of each whole second; the rest of the window is no sample. */
    GpuReading<List<Double>> wholeSeconds() {
        return seconds.flatMap(values -> values.isEmpty()
                ? GpuReading.refused("a window of " + seconds(nanos()) + " s has no whole second")
                : GpuReading.of(values));
    }

    /** The longest interval that {@link #wholeSeconds} holds: 1 s, unless the host was too busy to sample. */
    double longestSecond() {
        return seconds(longestSecondNanos);
    }

    /** From the first sample to the last. */
    long nanos() {
        return latest.nanos() - first.nanos();
    }

    void release() {
        alive.forEach(counters::release);
        alive.clear();
    }

    static Map<Metric, GpuReading<Double>> refuseAll(String reason) {
        Map<Metric, GpuReading<Double>> readings = new EnumMap<>(Metric.class);
        GpuCounters.PROFILED.forEach(metric -> readings.put(metric, GpuReading.refused(reason)));
        return readings;
    }

    private void accept(Moment now) {
        alive.add(now.sample());
        latest = now;
        if (now.nanos() - secondStart.nanos() >= SECOND_NANOS) {
            endSecond(now);
        }
        releaseAllBut(List.of(first.sample(), secondStart.sample(), latest.sample()));
    }

    private void endSecond(Moment now) {
        GpuReading<Double> mean = counters.between(secondStart.sample(), now.sample())
                .getOrDefault(Metric.SM_ACTIVE, GpuReading.refused("no answer"));
        seconds = seconds.flatMap(values -> mean.map(value -> append(values, value)));
        longestSecondNanos = Math.max(longestSecondNanos, now.nanos() - secondStart.nanos());
        secondStart = now;
    }

    private void releaseAllBut(List<Long> needed) {
        alive.stream().filter(sample -> !needed.contains(sample)).forEach(counters::release);
        alive.retainAll(needed);
    }

    private static GpuReading<Moment> moment(GpuCounters counters, LongSupplier nanoTime) {
        long before = nanoTime.getAsLong();
        GpuReading<Long> sample = counters.sample();
        long after = nanoTime.getAsLong();
        return sample.map(handle -> new Moment(before + (after - before) / 2, handle));
    }

    private static List<Double> append(List<Double> values, double value) {
        List<Double> longer = new ArrayList<>(values);
        longer.add(value);
        return longer;
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
