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

    /** What is enqueued on {@code later} from now on comes after what is on {@code earlier} by now. */
    void order(Stream earlier, Stream later) {
        passed(earlier);
        before(later);
    }

    @Override
    public void close() {
        event.close();
    }
}
