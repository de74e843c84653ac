package dev.assay.worker;

import dev.assay.device.Device;
import dev.assay.device.Event;
import dev.assay.device.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.locks.LockSupport;

/**
 * Equal pieces of work one after the other on a stream, timed from event to event. The host stays a few pieces ahead, so the
 * device is never idle, and no more than that, so trouble is noticed.
 */
final class Pipeline {
    /** Pieces enqueued beyond the one waited for. */
    static final int AHEAD = 3;

    private static final long SHORTEST_NAP_NANOS = 20_000;
    private static final long LONGEST_NAP_NANOS = 1_000_000;

    private final Stream stream;
    private final Runnable piece;
    private final Runnable health;
    private final Duration deadline;
    private final List<Event> ring = new ArrayList<>();
    private long enqueued;
    private long completed;

    /**
     * @param piece enqueues one piece of work on the stream
     * @param health throws if the device or a peer is in trouble; called while waiting
     * @param deadline of one piece
     */
    Pipeline(Device device, Owned owned, Stream stream, Runnable piece, Runnable health, Duration deadline) {
        this.stream = stream;
        this.piece = piece;
        this.health = health;
        this.deadline = deadline;
        for (int i = 0; i < AHEAD + 2; i++) {
            ring.add(owned.own(device.newEvent()));
        }
        stream.record(event(0));
    }

    /** Enqueues a piece; milliseconds of the piece that is {@link #AHEAD} before it, once there is one. */
    OptionalDouble next() {
        piece.run();
        enqueued++;
        stream.record(event(enqueued));
        return enqueued > completed + AHEAD ? OptionalDouble.of(complete()) : OptionalDouble.empty();
    }

    /** Milliseconds of each piece that has not completed yet. */
    List<Double> drain() {
        List<Double> times = new ArrayList<>();
        while (completed < enqueued) {
            times.add(complete());
        }
        return times;
    }

    /** Runs exactly so many pieces and waits for them, nothing being in flight before; milliseconds of each. */
    List<Double> run(long pieces) {
        List<Double> times = new ArrayList<>();
        for (long i = 0; i < pieces; i++) {
            next().ifPresent(times::add);
        }
        times.addAll(drain());
        return times;
    }

    /** Pieces enqueued since the start. */
    long enqueued() {
        return enqueued;
    }

    /** Pieces completed since the start: the last one that {@link #next} told of has this number, counted from 1. */
    long completed() {
        return completed;
    }

    private double complete() {
        completed++;
        await(event(completed));
        return event(completed).millisecondsSince(event(completed - 1));
    }

    private void await(Event event) {
        long start = System.nanoTime();
        for (long nap = SHORTEST_NAP_NANOS; !event.isDone(); nap = Math.min(2 * nap, LONGEST_NAP_NANOS)) {
            health.run();
            if (System.nanoTime() - start > deadline.toNanos()) {
                throw new WorkerException("waiting for piece " + completed + " of " + enqueued
                        + " on the device: not done after " + deadline.toMillis() / 1000.0
                        + " s, its deadline; a hung kernel or a collective whose peer is gone");
            }
            LockSupport.parkNanos(nap);
        }
    }

    private Event event(long number) {
        return ring.get((int) (number % ring.size()));
    }
}
