package dev.assay.device;

import dev.assay.measurement.Measurement;
import java.util.List;

/** Watches the device in a thread of its own, from {@link #begin()} to {@link #end()}. */
public interface Telemetry extends AutoCloseable {
    /** Starts the window. */
    void begin();

    /** Ends the window. */
    Window end();

    /**
     * @param measurements window means (SM_ACTIVE, TENSOR_ACTIVE, …), per-second SM_ACTIVE_SECOND, per-tick POWER, SM_CLOCK,
     *     TEMPERATURE, GPU_RESIDENT, shares of THROTTLE_*, POWER_LIMIT, ENERGY, TELEMETRY_RATE
     * @param series the ticks
     * @param seconds length of the window between the enclosing samples
     */
    record Window(List<Measurement> measurements, dev.assay.measurement.Telemetry series, double seconds) {
        public Window {
            measurements = List.copyOf(measurements);
        }
    }

    @Override
    void close();
}
