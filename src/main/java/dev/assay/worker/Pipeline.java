package dev.assay.worker;

import dev.assay.device.Device;
import dev.assay.device.Event;
import dev.assay.device.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Equal pieces of work one after the other on a stream, timed from event to event. The host stays a few pieces ahead, so the
 * device is never idle, and no more than that, so trouble is noticed. Whether it really was ahead every piece tells.
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
    private final long[] hostNanos = new long[AHEAD + 2];
    private final boolean[] late = new boolean[AHEAD + 2];
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
    }

    /**
     * Enqueues a piece; the piece that is {@link #AHEAD} before it, once there is one. Where nothing is in flight the piece
     * begins now, so that no pause before it is in its time.
     */
    Optional<Piece> next() {
        if (completed == enqueued) {
            stream.record(event(enqueued));
        }
        enqueue();
        return enqueued > completed + AHEAD ? Optional.of(complete()) : Optional.empty();
    }

    /** Asks last whether the device had come to the piece: while it had not, the host's time is beside the device's. */
    private void enqueue() {
        long start = System.nanoTime();
        piece.run();
        enqueued++;
        stream.record(event(enqueued));
        late[slot(enqueued)] = event(enqueued - 1).isDone();
        hostNanos[slot(enqueued)] = System.nanoTime() - start;
    }

    /** Each piece that had not completed yet. */
    List<Piece> drain() {
        List<Piece> pieces = new ArrayList<>();
        while (completed < enqueued) {
            pieces.add(complete());
        }
        return pieces;
    }

    /** Runs exactly so many pieces and waits for them, nothing being in flight before. */
    List<Piece> run(long count) {
        List<Piece> pieces = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            next().ifPresent(pieces::add);
        }
        pieces.addAll(drain());
        return pieces;
    }

    /** Pieces enqueued since the start. */
    long enqueued() {
        return enqueued;
    }

    /** Pieces completed since the start: the last one that {@link #next} told of has this number, counted from 1. */
    long completed() {
        return completed;
    }

    private Piece complete() {
        completed++;
        await(event(completed));
        return new Piece(
                event(completed).millisecondsSince(event(completed - 1)),
                hostNanos[slot(completed)],
                late[slot(completed)]);
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
        return ring.get(slot(number));
    }

    private static int slot(long number) {
        return (int) (number % (AHEAD + 2));
    }
}
