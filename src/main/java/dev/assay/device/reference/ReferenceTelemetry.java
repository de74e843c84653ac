package dev.assay.device.reference;

import dev.assay.device.Telemetry;
import java.util.List;

/** Keeps the window's length; there is nothing else to see. */
final class ReferenceTelemetry implements Telemetry {
    private long began = System.nanoTime();

    @Override
    public void begin() {
        began = System.nanoTime();
    }

    @Override
    public Window end() {
        return new Window(
                List.of(),
                dev.assay.measurement.Telemetry.none("the reference device has no counters"),
                (System.nanoTime() - began) / 1e9);
    }

    @Override
    public void close() {}
}
