package dev.assay.worker;

import dev.assay.device.Communicator;
import dev.assay.measurement.Failure;
import dev.assay.measurement.ResultWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Ends the process when a phase takes too long: a collective whose peer is gone may never return, nor may its abort. Partial
 * results are sealed first, in a thread of their own because the disk may hang too; then the JVM is halted, never exited.
 */
final class Watchdog implements AutoCloseable {
    static final int EXIT_CODE = 75;

    /** For the message of whoever waited to be written. */
    private static final Duration TO_TELL = Duration.ofSeconds(5);

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final RankEnvironment environment;
    private final ResultWriter writer;
    private final Thread worker;
    private final IntConsumer halt;
    private final Duration toWrite;
    private final long start = System.nanoTime();
    private volatile Supplier<String> waitingFor = () -> "";
    private volatile Supplier<String> reported = () -> "";
    private volatile String phase = "start";
    private volatile String place = "";
    private final List<Communicator> communicators = new CopyOnWriteArrayList<>();
    private long deadline;
    private Duration limit = Duration.ZERO;
    private Optional<String> lost = Optional.empty();
    private boolean stopped;

    /**
     * @param worker the thread whose stack explains an expiry
     * @param halt ends the process
     * @param first limit of the time before the first phase
     * @param toWrite how long sealing may take before the process ends without
     */
    Watchdog(
            RankEnvironment environment,
            ResultWriter writer,
            Thread worker,
            IntConsumer halt,
            Duration first,
            Duration toWrite) {
        this.environment = environment;
        this.writer = writer;
        this.worker = worker;
        this.halt = halt;
        this.toWrite = toWrite;
        arm(first);
        Thread thread = new Thread(this::watch, "watchdog of rank " + environment.rank());
        thread.setDaemon(true);
        thread.start();
    }

    /** Begins a phase: tells whoever watches the folder, and gives it its deadline. */
    void phase(String name, Duration limit) {
        phase = name;
        place = "";
        arm(limit);
        double seconds = (System.nanoTime() - start) / 1e9;
        writer.phase(name, seconds);
        publish(String.format(Locale.ROOT, "%s %.1f%n", name, seconds));
    }

    String phase() {
        return phase;
    }

    /** How far the phase has come, for the message; until the next phase. */
    void at(String words) {
        place = words;
    }

    /**
     * What is left of the phase, less the time to tell: whoever waits no longer speaks before the process is ended, and knows
     * best what it waited for.
     */
    synchronized Duration left() {
        long toTell = Math.min(TO_TELL.toNanos(), limit.toNanos() / 10);
        return Duration.ofNanos(Math.max(SHORTEST.toNanos(), deadline - System.nanoTime() - toTell));
    }

    /** Asks a communicator for what its library has noticed, when the process is ended or fails. */
    Communicator watch(Communicator communicator) {
        communicators.add(communicator);
        return communicator;
    }

    /** What the libraries of all open communicators have noticed by now, for a message that may tell some of it already. */
    String trouble(String told) {
        return communicators.stream()
                .flatMap(each -> each.trouble().stream())
                .filter(words -> !told.contains(words))
                .distinct()
                .map(words -> "; a communicator has failed: " + words)
                .collect(Collectors.joining());
    }

    /** What the rank is waiting for at any moment, for the message. */
    void waitingFor(Supplier<String> words) {
        waitingFor = words;
    }

    /** What the device has reported at any moment, for the message. */
    void reported(Supplier<String> words) {
        reported = words;
    }

    /** A peer is gone: what waits for it can only fail, so it gets no more than the grace. */
    synchronized void lost(String peer, Duration grace) {
        if (lost.isEmpty()) {
            lost = Optional.of(peer);
            deadline = Math.min(deadline, System.nanoTime() + grace.toNanos());
            notifyAll();
        }
    }

    @Override
    public synchronized void close() {
        stopped = true;
        notifyAll();
    }

    private synchronized void arm(Duration limit) {
        this.limit = limit;
        if (lost.isEmpty()) {
            deadline = System.nanoTime() + limit.toNanos();
        }
        notifyAll();
    }

    private void watch() {
        try {
            if (expired()) {
                end();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the deadline has passed (true) or the watch is over (false). */
    private synchronized boolean expired() throws InterruptedException {
        while (!stopped) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return true;
            }
            wait(Math.max(1, left / 1_000_000));
        }
        return false;
    }

    /** Whatever may hang, the words as well as the disk, does so in a thread that is not waited for. */
    private void end() {
        Thread sealing = new Thread(this::seal, "sealing partial results");
        sealing.setDaemon(true);
        sealing.start();
        try {
            sealing.join(toWrite.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        halt.accept(EXIT_CODE);
    }

    private void seal() {
        String message = message();
        System.err.println(message);
        for (StackTraceElement frame : worker.getStackTrace()) {
            System.err.println("    at " + frame);
        }
        if (!writer.isSealed()) {
            writer.failed(new Failure(phase, message));
        }
    }

    private String message() {
        String waiting = waitingFor.get();
        return cause() + (waiting.isEmpty() ? "" : "; waiting for " + waiting) + reported.get() + trouble("")
                + "; look at the stack in rank-" + environment.rank() + ".log";
    }

    private synchronized String cause() {
        return lost.map(peer ->
                        peer + "; " + environment.words() + " in phase " + phase + " could not go on without it")
                .orElse("phase " + phase + " exceeded " + limit.toMillis() / 1000.0 + " s"
                        + (place.isEmpty() ? "" : " at " + place) + "; rank " + environment.rank()
                        + " on node " + environment.node());
    }

    private void publish(String text) {
        Path file = environment.phase();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + file + ": " + e + "; check the shared file system", e);
        }
    }
}
