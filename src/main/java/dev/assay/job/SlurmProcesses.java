package dev.assay.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Slurm's own programs, in an environment of our making: no variable of the caller changes what they do. */
final class SlurmProcesses implements SlurmCommands {
    /** sbatch itself retries for 120 s while the queue is full. */
    private static final Duration SUBMIT_TIME = Duration.ofSeconds(150);

    private static final Duration OTHER_TIME = Duration.ofSeconds(30);
    private static final int MAX_BYTES = 64 << 20;

    private final Map<String, String> environment;

    SlurmProcesses(Optional<String> configFile) {
        this.environment = environment(configFile, System.getenv());
    }

    /**
     * PATH and LD_LIBRARY_PATH are the caller's, so that an unpacked Slurm can be found with its libraries; the ranks get
     * neither from here.
     */
    static Map<String, String> environment(Optional<String> configFile, Map<String, String> caller) {
        Map<String, String> environment = new java.util.HashMap<>();
        environment.put("LC_ALL", "C");
        environment.put("TZ", "UTC");
        environment.put("SLURM_TIME_FORMAT", "%s");
        environment.put("PATH", caller.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin"));
        Optional.ofNullable(caller.get("LD_LIBRARY_PATH")).ifPresent(path -> environment.put("LD_LIBRARY_PATH", path));
        configFile.ifPresent(file -> environment.put("SLURM_CONF", file));
        return Map.copyOf(environment);
    }

    @Override
    public Reply call(String program, List<String> arguments, String input) {
        List<String> command = new ArrayList<>(arguments);
        command.add(0, program);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new Reply(127, "", "cannot start " + program + ": " + e.getMessage(), false);
        }
        return talk(process, input, program.equals("sbatch") ? SUBMIT_TIME : OTHER_TIME);
    }

    private static Reply talk(Process process, String input, Duration time) {
        CompletableFuture<String> out =
                CompletableFuture.supplyAsync(() -> drain(process.getInputStream()), SlurmProcesses::thread);
        CompletableFuture<String> err =
                CompletableFuture.supplyAsync(() -> drain(process.getErrorStream()), SlurmProcesses::thread);
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading all: its exit status says why.
        }
        boolean timedOut = true;
        try {
            timedOut = !process.waitFor(time.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (timedOut) {
            process.destroyForcibly();
            return new Reply(-1, now(out), now(err), true);
        }
        return new Reply(process.exitValue(), now(out), now(err), false);
    }

    /** A grandchild may keep the pipe open: after a second, what has come so far must do. */
    private static String now(CompletableFuture<String> text) {
        return text.completeOnTimeout("", 1, TimeUnit.SECONDS).join();
    }

    private static String drain(InputStream stream) {
        try (stream) {
            return new String(stream.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "slurm-output");
        thread.setDaemon(true);
        thread.start();
    }
}
