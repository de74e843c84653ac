package dev.assay.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another program, whose output goes to a file. It ends with this process, however that ends: a shell between the two waits
 * for the end of its own input, which only this process holds open, and then kills the program by its id.
 */
final class ChildProcess implements AutoCloseable {
    private static final String SHELL = "/bin/sh";

    /** Input is kept as 3, since a shell gives programs in the background none. */
    private static final String GUARD = "exec 3<&0; \"$@\" 3<&- </dev/null & child=$!;"
            + " { read -r end <&3; kill -9 \"$child\"; } 2>/dev/null & guard=$!; exec 3<&-;"
            + " wait \"$child\"; code=$?; kill \"$guard\" 2>/dev/null; exit \"$code\"";

    private static final int TAIL_LINES = 4;
    private static final int TAIL_LETTERS = 400;
    private static final long TO_DIE_MILLIS = 2_000;

    private final Process process;
    private final Path output;

    private ChildProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** @param output written by the program: both its streams */
    static ChildProcess start(List<String> command, Path output) throws IOException {
        List<String> guarded = new ArrayList<>(List.of(SHELL, "-c", GUARD, "guard"));
        guarded.addAll(command);
        Process process = new ProcessBuilder(guarded)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new ChildProcess(process, output);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it ended by itself within this time. */
    boolean ended(Duration within) throws InterruptedException {
        return process.waitFor(Math.max(0, within.toMillis()), TimeUnit.MILLISECONDS);
    }

    /** Of a program that has ended. */
    int exitCode() {
        return process.exitValue();
    }

    String output() throws IOException {
        return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    }

    /** The end of what it printed, in one line. */
    String tail() throws IOException {
        List<String> lines = output().lines()
                .map(line -> line.strip().replaceAll("\\p{Cntrl}|\\s+", " "))
                .filter(line -> !line.isBlank() && !line.matches("-+"))
                .toList();
        String last = String.join(" / ", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        String words = last.substring(Math.max(0, last.length() - TAIL_LETTERS));
        return words.isEmpty() ? "it printed nothing" : "its output ends: " + words;
    }

    /** Ends the program if it still runs: the guard sees the end of its input, and whatever is left is killed. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(TO_DIE_MILLIS, TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            System.err.println("closing the input of a program that is gone already: " + e);
        } catch (InterruptedException e) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
