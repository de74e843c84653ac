package dev.assay.worker;

import dev.assay.device.Telemetry;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.ResultWriter;

/** Writes what telemetry saw of the measured window. */
final class TelemetryLines {
    private TelemetryLines() {}

    /** @param declaredSeconds what the window had to cover; more is no more than all */
    static void write(ResultWriter writer, Telemetry.Window window, double declaredSeconds) {
        window.measurements().forEach(writer::write);
        if (!window.measurements().isEmpty()) {
            writer.write(
                    Measurement.of(Metric.TELEMETRY_COVERAGE, Math.min(100, 100 * window.seconds() / declaredSeconds)));
        }
        writer.write(window.series());
    }
}
