package dev.assay.device;

/** A point in a stream, with its time. */
public interface Event extends AutoCloseable {
    boolean isDone();

    /** Milliseconds from an earlier event to this one, by the device's clock; both must be done. */
    double millisecondsSince(Event earlier);

    @Override
    void close();
}
