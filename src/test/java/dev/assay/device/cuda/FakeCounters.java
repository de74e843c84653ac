package dev.assay.device.cuda;

import dev.assay.measurement.Metric;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A GPU by its own clock: counters that integrate an activity which the test sets, and gauges which the test sets. Refuses a
 * released sample, as a real library would crash on it.
 */
class FakeCounters implements GpuCounters {
    long now = 5_000_000_000L;
    double active = 100;
    GpuReading<Double> power = GpuReading.of(690.5);
    GpuReading<Double> energy = GpuReading.of(1000.0);
    GpuReading<Double> limit = GpuReading.of(700.0);
    GpuReading<Long> reasons = GpuReading.of(0L);
    GpuReading<Double> generation = GpuReading.of(5.0);
    String sampleRefusal = "";
    Set<Metric> refusedMetrics = new HashSet<>();

    private double activeNanos;
    private long nextHandle = 1;
    private final Map<Long, double[]> alive = new HashMap<>();
    int mostAlive;
    boolean closed;

    void pass(long millis) {
        now += millis * 1_000_000;
        activeNanos += active / 100 * millis * 1_000_000;
    }

    int alive() {
        return alive.size();
    }

    @Override
    public GpuReading<Long> sample() {
        if (!sampleRefusal.isEmpty()) {
            return GpuReading.refused(sampleRefusal);
        }
        alive.put(nextHandle, new double[] {now, activeNanos});
        mostAlive = Math.max(mostAlive, alive.size());
        return GpuReading.of(nextHandle++);
    }

    @Override
    public Map<Metric, GpuReading<Double>> between(long earlierSample, long laterSample) {
        double[] earlier = held(earlierSample);
        double[] later = held(laterSample);
        double percent = 100 * (later[1] - earlier[1]) / (later[0] - earlier[0]);
        Map<Metric, GpuReading<Double>> readings = new EnumMap<>(Metric.class);
        PROFILED.forEach(metric -> readings.put(
                metric,
                refusedMetrics.contains(metric) ? GpuReading.refused("Unknown Error") : GpuReading.of(percent)));
        return readings;
    }

    private double[] held(long sample) {
        double[] values = alive.get(sample);
        if (values == null) {
            throw new IllegalStateException("sample " + sample + " is not alive");
        }
        return values;
    }

    @Override
    public void release(long sample) {
        held(sample);
        alive.remove(sample);
    }

    @Override
    public GpuReading<Double> powerWatt() {
        return power;
    }

    @Override
    public GpuReading<Double> energyJoule() {
        return energy;
    }

    @Override
    public GpuReading<Double> enforcedPowerLimitWatt() {
        return limit;
    }

    @Override
    public GpuReading<Double> smClockMhz() {
        return GpuReading.of(1515.0);
    }

    @Override
    public GpuReading<Double> temperatureCelsius() {
        return GpuReading.of(58.0);
    }

    @Override
    public GpuReading<Double> pcieGeneration() {
        return generation;
    }

    @Override
    public GpuReading<Double> pcieWidth() {
        return GpuReading.of(16.0);
    }

    @Override
    public GpuReading<Double> residentPercent() {
        return GpuReading.of(99.0);
    }

    @Override
    public GpuReading<Long> throttleReasons() {
        return reasons;
    }

    @Override
    public String source(Metric metric) {
        return "fake " + metric.key();
    }

    @Override
    public void close() {
        closed = true;
    }
}
