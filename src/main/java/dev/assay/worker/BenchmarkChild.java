package dev.assay.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that does as it is told, line by line, and answers so. It ends with this one: whoever ends this process closes the
 * other's standard input.
 */
final class BenchmarkChild implements AutoCloseable {
    private static final int TAIL = 1200;
    private static final Duration TO_END = Duration.ofSeconds(10);

    private final Process process;
    private final Path log;
    private final Writer orders;
    /** Lines as they come; empty where there will be no more. */
    private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();

    private BenchmarkChild(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        Thread thread = new Thread(this::listen, "answers of " + process.pid());
        thread.setDaemon(true);
        thread.start();
    }

    /** @param log of what it prints to standard error */
    static BenchmarkChild start(List<String> command, Path log) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        try {
            return new BenchmarkChild(builder.start(), log);
        } catch (IOException e) {
            throw new WorkerException(
                    "starting the benchmarks' JVM " + command.get(0) + ": " + e.getMessage()
                            + "; is this a whole Java runtime?",
                    e);
        }
    }

    void say(String order) {
        try {
            orders.write(order + "\n");
            orders.flush();
        } catch (IOException e) {
            throw new WorkerException(ended("does not listen: " + e.getMessage()), e);
        }
    }

    void expect(String answer, Duration deadline) throws InterruptedException {
        String found = answer(deadline);
        if (!found.equals(answer)) {
            throw new WorkerException(words("answered \"" + found + "\", expected \"" + answer + "\""));
        }
    }

    /** Its next line. */
    String answer(Duration deadline) throws InterruptedException {
        Optional<Optional<String>> next = Optional.ofNullable(answers.poll(deadline.toMillis(), TimeUnit.MILLISECONDS));
        if (next.isEmpty()) {
            throw new WorkerException(words("did not answer within " + deadline.toMillis() / 1000.0 + " s"));
        }
        return next.get().orElseThrow(() -> new WorkerException(ended("says no more")));
    }

    /** Waits for its own good end. */
    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
            throw new WorkerException(ended("did not end well"));
        }
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(Optional.of(line));
            }
        } catch (IOException e) {
            System.err.println("assay-worker: reading the answers of the benchmarks' JVM: " + e);
        }
        answers.add(Optional.empty());
    }

    private String ended(String what) {
        return words(what + ", " + exit() + ", expected 0 after its last benchmark");
    }

    private String exit() {
        try {
            return process.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS)
                    ? "ended with exit code " + process.exitValue()
                    : "still runs";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "still runs";
        }
    }

    private String words(String what) {
        return "running JMH in process " + process.pid() + ": it " + what + "; the end of " + log.getFileName() + ": "
                + tail();
    }

    private String tail() {
        try {
            String text = Files.readString(log, StandardCharsets.UTF_8).strip();
            return text.isEmpty() ? "nothing" : text.substring(Math.max(0, text.length() - TAIL));
        } catch (IOException | UncheckedIOException e) {
            return "not readable, " + e;
        }
    }
}
