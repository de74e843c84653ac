package dev.assay.device.cuda;

import dev.assay.measurement.Metric;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One value a tick for each metric. A column with a hole is no column: the first refusal ends it, and its reason and time stay.
 */
final class GpuColumns {
    private final List<Double> seconds = new ArrayList<>();
    private final Map<Metric, List<Double>> values = new EnumMap<>(Metric.class);
    private final Map<Metric, String> refusals = new EnumMap<>(Metric.class);

    /** Begins a row; every column gets a reading next. */
    void row(double second) {
        seconds.add(second);
    }

    void add(Metric metric, GpuReading<Double> reading) {
        reading.fold(
                value -> values.computeIfAbsent(metric, unused -> new ArrayList<>())
                        .add(value),
                reason ->
                        refusals.putIfAbsent(metric, reason + ", first at " + seconds.get(seconds.size() - 1) + " s"));
    }

    int rows() {
        return seconds.size();
    }

    List<Double> seconds() {
        return seconds;
    }

    /** The whole column, or why there is none. */
    GpuReading<List<Double>> column(Metric metric) {
        String refusal = refusals.get(metric);
        if (refusal != null) {
            return GpuReading.refused(refusal);
        }
        List<Double> column = values.get(metric);
        return column == null ? GpuReading.refused("the window ended before the first tick") : GpuReading.of(column);
    }

    /** The columns without holes. */
    Map<Metric, List<Double>> whole() {
        Map<Metric, List<Double>> whole = new EnumMap<>(values);
        whole.keySet().removeAll(refusals.keySet());
        return whole;
    }

    /** Metric to the reason of its first refusal. */
    Map<Metric, String> refusals() {
        return refusals;
    }
}
