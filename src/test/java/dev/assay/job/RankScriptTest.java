package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** The wrapper of one rank, ended as Slurm ends a step: every process of it is sent SIGTERM, at times more than once. */
class RankScriptTest {
    private static final int TERMINATED = 143;
    private static final Random RANDOM = new Random();

    @TempDir
    Path launch;

    private Path script;
    private Path log;

    @BeforeEach
    void prepares() throws IOException {
        script = Files.writeString(launch.resolve("rank.sh"), JobFiles.script("rank.sh"));
        log = launch.resolve("rank-0.log");
        Files.writeString(launch.resolve("environment"), "ASSAY_LIMIT_SECONDS=60\n");
        Files.writeString(launch.resolve("bindings.tsv"), "0\t0\t-\t-\n");
        Files.writeString(launch.resolve("command"), "sleep\n60\n");
    }

    /** Where bash has lost the worker's status to the signal, the marker must not say that this rank failed by itself. */
    @RepeatedTest(40)
    void whoeverIsTerminatedLeavesAMarkerThatSaysSo() throws Exception {
        Process rank = start();
        while (!Files.exists(log)) {
            Thread.onSpinWait();
        }
        TimeUnit.MICROSECONDS.sleep(RANDOM.nextInt(20_000));

        terminate(rank);
        TimeUnit.MICROSECONDS.sleep(RANDOM.nextInt(2_000));
        terminate(rank);

        assertThat(rank.waitFor(30, TimeUnit.SECONDS)).isTrue();
        Optional<ExitMarker> marker = ExitMarker.read(launch.resolve("rank-0.exit.json"), 0);
        assertThat(marker).hasValueSatisfying(m -> {
            assertThat(m.code()).isEqualTo(TERMINATED);
            assertThat(m.suspect()).isFalse();
        });
    }

    private static void terminate(Process rank) {
        rank.descendants().forEach(ProcessHandle::destroy);
        rank.destroy();
    }

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", script.toString(), launch.toString());
        builder.environment()
                .putAll(Map.of("ASSAY_RANK", "0", "ASSAY_LOCAL_RANK", "0", "ASSAY_NODE", "n1", "ASSAY_GPU", "0"));
        return builder.start();
    }
}
