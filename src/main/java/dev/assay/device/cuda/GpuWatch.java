package dev.assay.device.cuda;

import dev.assay.device.Telemetry.Window;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Telemetry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * One window of watching: what is read when, and what becomes of it. Knows no thread and no NVML. What cannot be read has its
 * reason in the series and is no measurement.
 */
final class GpuWatch {
    /** 5 Hz: above the 4 Hz asked for, and twice GPM's refresh apart. */
    static final long TICK_NANOS = 200_000_000L;

    private static final List<Metric> GAUGES = List.of(
            Metric.POWER,
            Metric.SM_CLOCK,
            Metric.TEMPERATURE,
            Metric.GPU_RESIDENT,
            Metric.PCIE_GENERATION,
            Metric.PCIE_WIDTH);
    private static final Map<Metric, Long> THROTTLES = new EnumMap<>(Map.of(
            Metric.THROTTLE_POWER_CAP, Nvml.SW_POWER_CAP,
            Metric.THROTTLE_THERMAL, Nvml.SW_THERMAL_SLOWDOWN | Nvml.HW_THERMAL_SLOWDOWN,
            Metric.THROTTLE_HARDWARE, Nvml.HW_SLOWDOWN | Nvml.HW_POWER_BRAKE_SLOWDOWN));

    private final GpuCounters counters;
    private final LongSupplier nanoTime;
    private final GpuColumns columns = new GpuColumns();
    private final WatchHoles holes = new WatchHoles();
    private final GpuReading<Double> limitAtStart;
    private final GpuReading<Double> energyAtStart;
    private final long begun;
    private final GpuReading<GpmTrack> gpm;
    private long lastTick;

    private final List<Measurement> measurements = new ArrayList<>();
    private final Map<Metric, String> unavailable = new EnumMap<>(Metric.class);

    private GpuWatch(GpuCounters counters, LongSupplier nanoTime) {
        this.counters = counters;
        this.nanoTime = nanoTime;
        limitAtStart = counters.enforcedPowerLimitWatt();
        energyAtStart = counters.energyJoule();
        begun = nanoTime.getAsLong();
        gpm = GpmTrack.begin(counters, nanoTime);
        lastTick = begun;
    }

    static GpuWatch begin(GpuCounters counters, LongSupplier nanoTime) {
        return new GpuWatch(counters, nanoTime);
    }

    /** How long to sleep: to the next point of the grid, or as soon as GPM has something new when a tick came late. */
    long nanosToNextTick() {
        long now = nanoTime.getAsLong();
        long grid = begun + ((now - begun) / TICK_NANOS + 1) * TICK_NANOS;
        return Math.max(grid, lastTick + GpmTrack.REFRESH_NANOS) - now;
    }

    void tick() {
        double before = seconds(lastTick - begun);
        lastTick = nanoTime.getAsLong();
        columns.row(seconds(lastTick - begun));
        Map<Metric, GpuReading<Double>> profiled = gpm.fold(GpmTrack::tick, GpmTrack::refuseAll);
        profiled.forEach(columns::add);
        holes.between(
                before,
                seconds(lastTick - begun),
                profiled.getOrDefault(Metric.SM_ACTIVE, GpuReading.refused("no answer")));
        columns.add(Metric.POWER, counters.powerWatt());
        columns.add(Metric.SM_CLOCK, counters.smClockMhz());
        columns.add(Metric.TEMPERATURE, counters.temperatureCelsius());
        columns.add(Metric.GPU_RESIDENT, counters.residentPercent());
        columns.add(Metric.PCIE_GENERATION, counters.pcieGeneration());
        columns.add(Metric.PCIE_WIDTH, counters.pcieWidth());
        GpuReading<Long> reasons = counters.throttleReasons();
        THROTTLES.forEach((metric, bits) ->
                columns.add(metric, reasons.map(reason -> (reason & bits) == 0 ? 0.0 : 100.0)));
    }

    /** Takes the closing readings and sums up. To be called once, when no {@link #tick} runs any more. */
    Window end() {
        long ended = nanoTime.getAsLong();
        if (ended - lastTick >= GpmTrack.REFRESH_NANOS) {
            tick();
        } else {
            gpm.ifValue(GpmTrack::end);
        }
        energy(counters.energyJoule());
        powerLimit(counters.enforcedPowerLimitWatt());
        profile();
        gauges();
        double seconds = seconds(gpm.fold(GpmTrack::nanos, reason -> lastTick - begun));
        quality(seconds, seconds(ended - begun));
        gpm.ifValue(GpmTrack::release);
        return new Window(measurements, series(), seconds);
    }

    private void profile() {
        Map<Metric, GpuReading<Double>> means = gpm.fold(GpmTrack::window, GpmTrack::refuseAll);
        double seconds = seconds(gpm.fold(GpmTrack::nanos, reason -> 0L));
        means.forEach((metric, mean) ->
                put(metric, mean.map(List::of), Map.of("source", counters.source(metric), "seconds", text(seconds))));
        double longest = gpm.fold(GpmTrack::longestSecond, reason -> 0.0);
        put(
                Metric.SM_ACTIVE_SECOND,
                gpm.flatMap(GpmTrack::wholeSeconds),
                Map.of("source", counters.source(Metric.SM_ACTIVE_SECOND), "longestSecond", text(longest)));
    }

    private void gauges() {
        GAUGES.forEach(metric -> put(metric, columns.column(metric), source(metric)));
        THROTTLES.keySet().forEach(metric -> put(metric, columns.column(metric).map(GpuWatch::mean), source(metric)));
    }

    private void energy(GpuReading<Double> energyAtEnd) {
        GpuReading<Double> used = energyAtStart.flatMap(start -> energyAtEnd.map(end -> end - start));
        put(
                Metric.ENERGY,
                used.flatMap(joule -> joule < 0
                        ? GpuReading.refused("the energy counter ran backwards by " + -joule + " J")
                        : GpuReading.of(List.of(joule))),
                source(Metric.ENERGY));
    }

    private void powerLimit(GpuReading<Double> limitAtEnd) {
        put(
                Metric.POWER_LIMIT,
                limitAtStart.flatMap(start -> limitAtEnd.map(end -> List.of(start, end))),
                source(Metric.POWER_LIMIT));
    }

    private void quality(double covered, double asked) {
        if (asked <= 0) {
            unavailable.put(Metric.TELEMETRY_COVERAGE, "the window has no length");
            unavailable.put(Metric.TELEMETRY_RATE, "the window has no length");
            return;
        }
        measurements.add(Measurement.of(Metric.TELEMETRY_COVERAGE, Math.min(100, 100 * covered / asked)));
        measurements.add(
                Measurement.of(Metric.TELEMETRY_RATE, List.of(columns.rows() / asked), holes.conditions(asked)));
    }

    private void put(Metric metric, GpuReading<List<Double>> samples, Map<String, String> conditions) {
        samples.fold(
                values -> measurements.add(Measurement.of(metric, values, conditions)),
                reason -> unavailable.putIfAbsent(metric, reason));
    }

    private Telemetry series() {
        columns.refusals().forEach(unavailable::putIfAbsent);
        return new Telemetry(columns.seconds(), columns.whole(), unavailable);
    }

    private Map<String, String> source(Metric metric) {
        return Map.of("source", counters.source(metric));
    }

    private static List<Double> mean(List<Double> values) {
        return List.of(
                values.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    private static String text(double seconds) {
        return String.format(Locale.ROOT, "%.3f", seconds);
    }
}
