package dev.assay.device.reference;

import dev.assay.device.DeviceException;
import dev.assay.device.Event;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The time at which a stream came by, as {@link System#nanoTime()}; each record starts it anew. */
final class TimedEvent implements Event {
    private volatile CompletableFuture<Long> time = CompletableFuture.completedFuture(System.nanoTime());

    void recordedAt(CompletableFuture<Long> record) {
        time = record;
    }

    CompletableFuture<Long> time() {
        return time;
    }

    @Override
    public boolean isDone() {
        CompletableFuture<Long> current = time;
        if (current.isCompletedExceptionally()) {
            throw failure(current);
        }
        return current.isDone();
    }

    @Override
    public double millisecondsSince(Event earlier) {
        if (!isDone() || !earlier.isDone() || !(earlier instanceof TimedEvent before)) {
            throw new DeviceException("time between events: both must be done and of the reference device");
        }
        return (time.join() - before.time.join()) / 1e6;
    }

    @Override
    public void close() {}

    private static DeviceException failure(CompletableFuture<Long> failed) {
        try {
            failed.join();
        } catch (CompletionException e) {
            return SerialStream.failure(e);
        }
        throw new IllegalStateException("a failed event has a cause");
    }
}
