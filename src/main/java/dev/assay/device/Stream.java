package dev.assay.device;

import java.time.Duration;

/** Work in order; two streams overlap. */
public interface Stream extends AutoCloseable {
    void record(Event event);

    /** Work enqueued from now on waits for the event's last record. */
    void await(Event event);

    /**
     * Waits for everything enqueued so far, polling, so that errors of collectives surface.
     *
     * @throws DeviceException if the deadline passes or the device reports an error
     */
    void synchronize(Duration deadline);

    @Override
    void close();
}
