package dev.assay.device.reference;

import dev.assay.device.DeviceException;
import dev.assay.device.Event;
import dev.assay.device.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Work in order on one thread of its own, so two streams overlap for real. As on a GPU an error sticks: what was enqueued
 * behind it is not run, and every later wait reports it.
 */
final class SerialStream implements Stream {
    private static final Duration LONGEST_BLOCKING_CALL = Duration.ofMinutes(10);

    private final ExecutorService thread;
    private Optional<List<Runnable>> captured = Optional.empty();
    private CompletableFuture<Void> tail = CompletableFuture.allOf();

    SerialStream(String name) {
        thread = Executors.newSingleThreadExecutor(work -> {
            Thread daemon = new Thread(work, name);
            daemon.setDaemon(true);
            return daemon;
        });
    }

    static SerialStream of(Stream stream) {
        if (stream instanceof SerialStream serial) {
            return serial;
        }
        throw new DeviceException("the reference device works on its own streams only, got " + stream.getClass());
    }

    /** Enqueues work; returns at once. While work is captured it is kept instead. */
    synchronized void enqueue(Runnable work) {
        if (captured.isPresent()) {
            captured.get().add(work);
        } else {
            tail = tail.thenRunAsync(work, thread);
        }
    }

    /** What {@code work} enqueues, without running it. */
    List<Runnable> capture(Runnable work) {
        List<Runnable> pieces = new ArrayList<>();
        captured(Optional.of(pieces));
        try {
            work.run();
        } finally {
            captured(Optional.empty());
        }
        return List.copyOf(pieces);
    }

    private synchronized void captured(Optional<List<Runnable>> pieces) {
        captured = pieces;
    }

    private synchronized CompletableFuture<Void> tail() {
        return tail;
    }

    /** Enqueues and waits for the answer. */
    <T> T call(Callable<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        enqueue(() -> {
            try {
                answer.complete(work.call());
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        synchronize(LONGEST_BLOCKING_CALL);
        return answer.join();
    }

    @Override
    public synchronized void record(Event event) {
        if (!(event instanceof TimedEvent timed)) {
            throw new DeviceException("the reference device records its own events only");
        }
        CompletableFuture<Long> time = tail.thenApplyAsync(before -> System.nanoTime(), thread);
        timed.recordedAt(time);
        tail = time.thenAccept(passed -> {});
    }

    @Override
    public void await(Event event) {
        if (!(event instanceof TimedEvent timed)) {
            throw new DeviceException("the reference device awaits its own events only");
        }
        CompletableFuture<Long> awaited = timed.time();
        enqueue(awaited::join);
    }

    @Override
    public void synchronize(Duration deadline) {
        try {
            tail().get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new DeviceException(
                    "synchronize: stream not done after " + deadline.toMillis() / 1000.0 + " s, its deadline", e);
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeviceException("synchronize: interrupted", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** The first error of a stream as the device's own kind. */
    static DeviceException failure(Throwable wrapped) {
        Throwable cause = wrapped;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new DeviceException(
                cause instanceof DeviceException
                        ? String.valueOf(cause.getMessage())
                        : "work on the reference device failed: " + cause,
                cause);
    }
}
