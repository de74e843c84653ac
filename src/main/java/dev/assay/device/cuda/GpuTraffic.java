package dev.assay.device.cuda;

import dev.assay.measurement.Metric;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Bytes that crossed a GPU's links around one piece of work: the hardware counts them all the time, so two samples of GPM tell,
 * one before and one after, and nothing is asked beside what is timed.
 */
final class GpuTraffic {
    /** Bytes to the rate that tells them. */
    static final Map<Metric, Metric> RATES = Collections.unmodifiableMap(new EnumMap<>(Map.of(
            Metric.PCIE_BYTES_SENT, Metric.PCIE_SENT,
            Metric.PCIE_BYTES_RECEIVED, Metric.PCIE_RECEIVED,
            Metric.NVLINK_BYTES_SENT, Metric.NVLINK_SENT,
            Metric.NVLINK_BYTES_RECEIVED, Metric.NVLINK_RECEIVED)));

    private static final double BYTES_PER_GIGABYTE = 1e9;

    private final GpuCounters counters;
    private final GpuReading<GpmTrack> track;

    private GpuTraffic(GpuCounters counters, GpuReading<GpmTrack> track) {
        this.counters = counters;
        this.track = track;
    }

    /** Takes the sample before the work. */
    static GpuTraffic begin(GpuCounters counters, LongSupplier nanoTime) {
        return new GpuTraffic(counters, GpmTrack.begin(counters, nanoTime));
    }

    /** Takes the sample after it; a reading of each of {@link #RATES}. */
    Map<Metric, GpuReading<Double>> end() {
        track.ifValue(GpmTrack::end);
        Map<Metric, GpuReading<Double>> means = track.fold(GpmTrack::window, GpmTrack::refuseAll);
        double seconds = track.fold(GpmTrack::nanos, reason -> 0L) / 1e9;
        Map<Metric, GpuReading<Double>> bytes = new EnumMap<>(Metric.class);
        RATES.forEach((metric, rate) -> bytes.put(
                metric,
                means.getOrDefault(rate, GpuReading.refused("no answer"))
                        .map(gigabytesPerSecond -> gigabytesPerSecond * BYTES_PER_GIGABYTE * seconds)));
        track.ifValue(GpmTrack::release);
        return bytes;
    }

    /** For the reviewer. */
    String source(Metric metric) {
        return counters.source(RATES.getOrDefault(metric, metric))
                + ", the mean between two samples times their distance";
    }
}
