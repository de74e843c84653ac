package dev.assay.run;

import dev.assay.cluster.ClusterFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The private real Slurm of {@code src/test/slurm/slurm-box}, for tests. */
final class SlurmBox implements AutoCloseable {
    private static final String SCRIPT =
            Path.of("src/test/slurm/slurm-box").toAbsolutePath().toString();

    private final Path state;
    private final Path clusterFile;

    private SlurmBox(Path state, Path clusterFile) {
        this.state = state;
        this.clusterFile = clusterFile;
    }

    static SlurmBox start(Path state, int nodes) {
        return started(state, call(Map.of(), SCRIPT, "start", "--nodes", "" + nodes, "--state", state.toString()));
    }

    /** Its nodes see an empty folder where this process sees what is there; needs root. */
    static SlurmBox startWhereNodesDoNotSee(Path hidden, Path state, int nodes) {
        String inside = "mount -t tmpfs none \"$1\" && exec \"$2\" start --nodes \"$3\" --state \"$4\"";
        return started(
                state,
                call(
                        Map.of(),
                        "unshare",
                        "--mount",
                        "bash",
                        "-c",
                        inside,
                        "bash",
                        hidden.toString(),
                        SCRIPT,
                        "" + nodes,
                        state.toString()));
    }

    private static SlurmBox started(Path state, List<String> lines) {
        return new SlurmBox(state, Path.of(lines.get(lines.size() - 1)));
    }

    Path clusterFile() {
        return clusterFile;
    }

    /** Jobs that have not ended. */
    List<String> liveJobs() {
        return slurm("squeue", "-h", "-o", "%i %T %j");
    }

    /** A command of this Slurm. */
    List<String> slurm(String... command) {
        return call(Map.of("SLURM_CONF", configuration()), command);
    }

    String configuration() {
        return ClusterFile.read(clusterFile.toString(), () -> 0)
                .slurm()
                .orElseThrow()
                .configFile()
                .orElseThrow();
    }

    @Override
    public void close() {
        call(Map.of(), SCRIPT, "stop", "--state", state.toString());
    }

    private static List<String> call(Map<String, String> environment, String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed:\n" + output);
            }
            return output.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
