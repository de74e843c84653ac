package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    @TempDir
    Path home;

    @Test
    void anEmptyHomeHasNoAttempts() {
        assertThat(new Ledger(home.resolve("new")).attempts()).isEmpty();
    }

    @Test
    void aConcludedAttemptShowsItsDecision() {
        Ledger ledger = new Ledger(home.resolve("new"));

        ledger.begin("r1", "2026-11-22T10:00:00Z", "c", List.of(2, 4));
        ledger.conclude("r1", "REJECTED", "node005 is slow");

        assertThat(ledger.attempts())
                .containsExactly(
                        new Attempt("r1", "2026-11-22T10:00:00Z", "c", List.of(2, 4), "REJECTED", "node005 is slow"));
    }

    @Test
    void anAttemptThatNeverConcludedIsAborted() {
        Ledger ledger = new Ledger(home);

        ledger.begin("r1", "t", "c", List.of(2));

        assertThat(ledger.attempts()).singleElement().satisfies(a -> {
            assertThat(a.outcome()).isEqualTo(Attempt.ABORTED);
            assertThat(a.reason()).contains("never concluded");
        });
    }

    @Test
    void aSecondConclusionDoesNotHideTheFirst() {
        Ledger ledger = new Ledger(home);
        ledger.begin("r1", "t", "c", List.of(2));
        ledger.conclude("r1", "REJECTED", "slow");

        ledger.conclude("r1", "ACCEPTED", "");

        assertThat(ledger.attempts().get(0).outcome()).isEqualTo("REJECTED, then ACCEPTED");
    }

    @Test
    void beforeShowsEarlierAttemptsAtTheSameClusterOnly() {
        Ledger ledger = new Ledger(home);
        ledger.begin("r1", "t1", "c", List.of(2));
        ledger.begin("other", "t2", "d", List.of(2));
        ledger.begin("r2", "t3", "c", List.of(2));
        ledger.begin("r3", "t4", "c", List.of(2));

        assertThat(ledger.before("r2", "c")).extracting(Attempt::runId).containsExactly("r1");
        assertThat(ledger.before("unknown", "c")).extracting(Attempt::runId).containsExactly("r1", "r2", "r3");
    }

    @Test
    void tornAtAnyByteItKeepsWhatWasWholeAndGoesOn() throws IOException {
        Ledger ledger = new Ledger(home);
        Path file = home.resolve("ledger.ndjson");
        ledger.begin("r1", "t1", "c", List.of(2));
        ledger.conclude("r1", "PARTIAL", "two of eight nodes");
        int whole = (int) Files.size(file);
        ledger.begin("r2", "t2", "c", List.of(4));
        byte[] all = Files.readAllBytes(file);

        for (int length = whole; length <= all.length; length++) {
            Files.write(file, Arrays.copyOf(all, length));
            boolean torn = length > whole && length < all.length - 1;

            ledger.begin("r3", "t3", "c", List.of(8));

            assertThat(ledger.attempts())
                    .as("torn at " + length)
                    .extracting(Attempt::runId)
                    .startsWith("r1")
                    .endsWith("r3");
            assertThat(ledger.attempts().get(0).outcome()).isEqualTo("PARTIAL");
            assertThat(ledger.troubles()).as("torn at " + length).hasSize(torn ? 1 : 0);
        }
    }

    @Test
    void concurrentRunsLoseNoLine() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 20; i++) {
            String run = "r" + i;
            threads.execute(() -> {
                Ledger ledger = new Ledger(home);
                ledger.begin(run, "t", "c", List.of(1));
                ledger.conclude(run, "ACCEPTED", "");
            });
        }
        threads.shutdown();

        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(new Ledger(home).attempts())
                .hasSize(20)
                .allMatch(a -> a.outcome().equals("ACCEPTED"));
        assertThat(new Ledger(home).troubles()).isEmpty();
    }
}
