package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.summary.Took;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobClockTest {
    private static final Instant BEGAN = Instant.parse("2026-11-23T01:00:00Z");
    private static final Instant ENDED = BEGAN.plusSeconds(100);

    @TempDir
    private Path folder;

    @Test
    void withoutAQueueAllOfItCounts() {
        assertThat(JobClock.seconds(folder, BEGAN, ENDED)).isEqualTo(100);
        assertThat(JobClock.seconds(folder.resolve("none"), BEGAN, ENDED)).isEqualTo(100);
    }

    @Test
    void whatWaitedInTheQueueDoesNotCount() throws IOException {
        started(BEGAN.plusSeconds(60));

        assertThat(JobClock.seconds(folder, BEGAN, ENDED)).isEqualTo(40);
    }

    @Test
    void aMarkerOfAnotherClockIsNotBelieved() throws IOException {
        started(ENDED.plusSeconds(5));

        assertThat(JobClock.seconds(folder, BEGAN, ENDED)).isEqualTo(100);
    }

    @Test
    void saysByHowMuchThePredictionWasOff() {
        assertThat(new Took(39.7, 41).words()).isEqualTo("took 39.7 s, predicted 41.0 s (-3 %)");
        assertThat(Took.of(List.of(new Took(10, 8), new Took(12, 12))).words())
                .isEqualTo("took 22.0 s, predicted 20.0 s (+10 %)");
    }

    private void started(Instant time) throws IOException {
        Path marker = Files.writeString(folder.resolve("assay-run-burn-a1.started"), "1");
        Files.setLastModifiedTime(marker, FileTime.from(time));
    }
}
