package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Header;
import dev.assay.measurement.ResultWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchdogTest {
    private static final Header HEADER =
            new Header(Header.SCHEMA, "run", "plan", "burn", "load", 3, 4, "node002", 1, "h", "b", 1, List.of(3));
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private final CompletableFuture<Integer> halted = new CompletableFuture<>();
    private RankEnvironment environment;

    @BeforeEach
    void environment() {
        environment = new RankEnvironment(
                folder.resolve("spec.json"), 3, 1, "node002", 1, Optional.empty(), Optional.empty());
    }

    @Test
    void anExpiredPhaseIsSealedWithItsReasonAndHalts() throws Exception {
        try (ResultWriter writer = ResultWriter.open(environment.result(), HEADER);
                Watchdog watchdog = watchdog(writer)) {
            watchdog.waitingFor(() -> "rank 2 (node001) in 'barrier measure'");
            watchdog.reported(() -> HealthLines.words(List.of("XID 79")));

            watchdog.phase("warm-up", Duration.ofMillis(20));

            assertThat(halted.get(10, TimeUnit.SECONDS)).isEqualTo(75);
        }
        assertThat(Files.readString(environment.result()))
                .contains("phase warm-up exceeded 0.02 s; rank 3 on node node002")
                .contains(
                        "waiting for rank 2 (node001) in 'barrier measure'; meanwhile the driver reported XID 79; look")
                .contains("\"type\":\"end\"");
    }

    @Test
    void aLostPeerShortensTheWait() throws Exception {
        try (ResultWriter writer = ResultWriter.open(environment.result(), HEADER);
                Watchdog watchdog = watchdog(writer)) {
            watchdog.phase("measure", LONG);

            watchdog.lost("rank 2 (node001) left", Duration.ofMillis(20));

            assertThat(halted.get(10, TimeUnit.SECONDS)).isEqualTo(75);
        }
        assertThat(Files.readString(environment.result())).contains("rank 2 (node001) left; rank 3 (node002) in phase");
    }

    @Test
    void aNewPhaseReplacesTheDeadlineAndTheFile() throws Exception {
        try (ResultWriter writer = ResultWriter.open(environment.result(), HEADER);
                Watchdog watchdog = watchdog(writer)) {
            watchdog.phase("warm-up", LONG);
            watchdog.phase("measure", LONG);

            assertThat(Files.readString(environment.phase())).matches("measure \\d+\\.\\d\\n");
            assertThat(watchdog.phase()).isEqualTo("measure");
        }
        assertThat(halted).isNotDone();
    }

    @Test
    void aStuckSealDoesNotKeepTheProcess() throws Exception {
        CompletableFuture<String> never = new CompletableFuture<>();
        try (ResultWriter writer = ResultWriter.open(environment.result(), HEADER);
                Watchdog watchdog = new Watchdog(
                        environment, writer, Thread.currentThread(), halted::complete, LONG, Duration.ofMillis(20))) {
            watchdog.waitingFor(never::join);

            watchdog.phase("measure", Duration.ofMillis(20));

            assertThat(halted.get(10, TimeUnit.SECONDS)).isEqualTo(75);
        }
        assertThat(environment.result()).doesNotExist();
    }

    private Watchdog watchdog(ResultWriter writer) {
        return new Watchdog(
                environment, writer, Thread.currentThread(), halted::complete, LONG, Duration.ofSeconds(10));
    }
}
