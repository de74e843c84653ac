package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.Event;
import dev.assay.device.Stream;

/** A point that one stream has passed before another goes on; before it was ever passed nobody waits. */
final class Fence implements AutoCloseable {
    private final Event event;

    Fence(Device device) {
        event = device.newEvent();
    }

    void passed(Stream stream) {
        stream.record(event);
    }

    void before(Stream stream) {
        stream.await(event);
    }

    @Override
    public void close() {
        event.close();
    }
}
