package dev.assay.worker;

import dev.assay.device.Telemetry;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.ResultWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes what telemetry saw of the measured window. */
final class TelemetryLines {
    private TelemetryLines() {}

    /** @param declaredSeconds what the window had to cover; more is no more than all */
    static void write(ResultWriter writer, Telemetry.Window window, double declaredSeconds) {
        write(writer, window, declaredSeconds, Map.of());
    }

    /**
     * Of a window over all that a launch does, its preparation and checks included.
     *
     * @param seconds by the host's clock, from the window's begin to its end
     */
    static void writeThroughout(ResultWriter writer, Telemetry.Window window, double seconds) {
        write(writer, window, seconds, Map.of("window", "launch"));
    }

    /** @param conditions of the work beside it, where a launch has several windows; they are added to telemetry's own */
    static void write(
            ResultWriter writer, Telemetry.Window window, double declaredSeconds, Map<String, String> conditions) {
        for (Measurement seen : window.measurements()) {
            Map<String, String> all = new HashMap<>(seen.conditions());
            all.putAll(conditions);
            writer.write(Measurement.of(seen.metric(), seen.samples(), all));
        }
        if (!window.measurements().isEmpty()) {
            double covered = Math.min(100, 100 * window.seconds() / declaredSeconds);
            writer.write(Measurement.of(Metric.TELEMETRY_COVERAGE, List.of(covered), conditions));
        }
        writer.write(window.series());
    }
}
