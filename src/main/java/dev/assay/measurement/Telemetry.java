package dev.assay.measurement;

import java.util.List;
import java.util.Map;

/**
 * The GPU watched beside the work: one row a tick, kept for charts and for the reviewer.
 *
 * @param seconds tick times since the window's start
 * @param columns metric to one value a tick ({@link Metric#SM_ACTIVE}, {@link Metric#POWER}, …); NaN is not written: a
 *     column that could not be read stands in {@code unavailable} instead
 * @param unavailable metric to the library's own reason, e.g. {@code Not Supported}
 */
public record Telemetry(List<Double> seconds, Map<Metric, List<Double>> columns, Map<Metric, String> unavailable) {
    public Telemetry {
        seconds = List.copyOf(seconds);
        for (Map.Entry<Metric, List<Double>> column : columns.entrySet()) {
            if (column.getValue().size() != seconds.size()) {
                throw new IllegalArgumentException(
                        "telemetry column " + column.getKey().key() + " must have " + seconds.size() + " values, got "
                                + column.getValue().size());
            }
        }
        columns = Map.copyOf(columns);
        unavailable = Map.copyOf(unavailable);
    }

    public static Telemetry none(String reason) {
        return new Telemetry(List.of(), Map.of(), Map.of(Metric.SM_ACTIVE, reason));
    }
}
