package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path folder;

    private Path file = Path.of("/unset");

    @BeforeEach
    void writeThree() {
        file = folder.resolve("journal.ndjson");
        Journal journal = new Journal(file);
        journal.append("INTENT", Map.of("tag", "a", "arguments", "--x\n--y=\"1\""));
        journal.append("SUBMITTED", Map.of("tag", "a", "job", "7"));
        journal.append("ENDED", Map.of("crc", "deadbeef", "who", "größer"));
    }

    @Test
    void givesBackWhatWasWritten() {
        List<Journal.Entry> entries = Journal.read(file);

        assertThat(entries).extracting(Journal.Entry::event).containsExactly("INTENT", "SUBMITTED", "ENDED");
        assertThat(entries.get(0).detail("arguments")).contains("--x\n--y=\"1\"");
        assertThat(entries.get(2).detail("who")).contains("größer");
    }

    @Test
    void tornAtAnyByteLosesNothingBeforeTheTear() throws IOException {
        byte[] whole = Files.readAllBytes(file);

        for (int length = 0; length <= whole.length; length++) {
            byte[] torn = Arrays.copyOf(whole, length);
            long lines = new String(torn, StandardCharsets.UTF_8)
                    .chars()
                    .filter(c -> c == '\n')
                    .count();
            Path copy = folder.resolve("torn");
            Files.write(copy, torn);

            assertThat(Journal.read(copy)).hasSize((int) lines);

            if (length % 9 == 0) {
                new Journal(copy).append("RESUMED", Map.of());
                assertThat(Journal.read(copy)).hasSize((int) lines + 1);
                assertThat(Journal.read(copy).get((int) lines).event()).isEqualTo("RESUMED");
            }
        }
    }

    @Test
    void anyFlippedByteIsFoundOut() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        List<Journal.Entry> truth = Journal.read(file);

        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 1;
            Path copy = folder.resolve("flipped");
            Files.write(copy, flipped);
            boolean lastByte = at == whole.length - 1;

            if (lastByte) {
                assertThat(Journal.read(copy)).isEqualTo(truth.subList(0, 2));
            } else {
                assertThatThrownBy(() -> Journal.read(copy)).isInstanceOf(JobException.class);
            }
        }
    }

    @Test
    void isEmptyBeforeItsFirstEntry() {
        assertThat(Journal.read(folder.resolve("none"))).isEmpty();
    }
}
