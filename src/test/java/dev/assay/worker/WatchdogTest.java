package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Communicator;
import dev.assay.device.DelegatingCommunicator;
import dev.assay.device.reference.ReferenceDevice;
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

    /** The host hangs behind a collective, so nobody else can ask. */
    @Test
    void whatALibraryHasNoticedIsToldWithTheStep() throws Exception {
        try (ResultWriter writer = ResultWriter.open(environment.result(), HEADER);
                Watchdog watchdog = watchdog(writer)) {
            ReferenceDevice device = new ReferenceDevice("node002", 1);
            watchdog.watch(failing(device.join(device.newCommunicatorId(), 0, 1), "unhandled system error (2)"));
            watchdog.phase("measure", Duration.ofMillis(60));
            watchdog.at("enqueuing step 3 of 5");

            assertThat(halted.get(10, TimeUnit.SECONDS)).isEqualTo(75);
        }
        assertThat(Files.readString(environment.result()))
                .contains("phase measure exceeded 0.06 s at enqueuing step 3 of 5; rank 3 on node node002")
                .contains("; a communicator has failed: unhandled system error (2)");
    }

    @Test
    void whatWasToldIsNotToldAgain() throws Exception {
        try (ResultWriter writer = ResultWriter.open(environment.result(), HEADER);
                Watchdog watchdog = watchdog(writer)) {
            ReferenceDevice device = new ReferenceDevice("node002", 1);
            watchdog.watch(failing(device.join(device.newCommunicatorId(), 0, 1), "error (2)"));

            assertThat(watchdog.trouble("DeviceException: error (2)")).isEmpty();
            assertThat(watchdog.trouble("another")).isEqualTo("; a communicator has failed: error (2)");
        }
    }

    /** Whoever waits gives up before the process is ended, and says what for. */
    @Test
    void whoWaitsHasLessThanThePhase() throws Exception {
        try (ResultWriter writer = ResultWriter.open(environment.result(), HEADER);
                Watchdog watchdog = watchdog(writer)) {
            watchdog.phase("measure", Duration.ofSeconds(20));
            assertThat(watchdog.left()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(18));

            watchdog.phase("measure", LONG);
            assertThat(watchdog.left()).isBetween(LONG.minusSeconds(30), LONG.minusSeconds(5));

            watchdog.lost("rank 2 (node001) left", Duration.ofSeconds(2));
            assertThat(watchdog.left()).isPositive().isLessThan(Duration.ofSeconds(2));
        }
    }

    private static Communicator failing(Communicator communicator, String words) {
        return new DelegatingCommunicator(communicator) {
            @Override
            public Optional<String> trouble() {
                return Optional.of(words);
            }
        };
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
