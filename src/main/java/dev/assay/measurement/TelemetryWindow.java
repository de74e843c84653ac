package dev.assay.measurement;

import java.util.Map;

/**
 * Telemetry of one measured window.
 *
 * @param conditions of the work beside it; empty where a launch has one window only
 */
public record TelemetryWindow(Map<String, String> conditions, Telemetry telemetry) {
    public TelemetryWindow {
        conditions = Map.copyOf(conditions);
    }
}
