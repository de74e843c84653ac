package dev.assay.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttachableTest {
    @TempDir
    Path folder;

    @Test
    void aSmallFileIsWholeAndTyped() throws IOException {
        Path spec = Files.writeString(folder.resolve("spec.JSON"), "{\"n\": \"µ\"}");

        assertThat(Attachable.of(spec)).isEqualTo(new Attachable("application/json", ".json", "{\"n\": \"µ\"}"));
    }

    @Test
    void exactlyTheLimitIsStillWhole() throws IOException {
        Path log = Files.write(folder.resolve("rank-0.log"), new byte[Attachable.LIMIT_BYTES]);

        assertThat(Attachable.of(log).text()).hasSize(Attachable.LIMIT_BYTES);
    }

    @Test
    void aLongFileKeepsItsTailAndSaysWhatIsMissing() throws IOException {
        String body = "x".repeat(Attachable.LIMIT_BYTES) + "the last words";
        Path raw = Files.write(folder.resolve("raw.json"), body.getBytes(UTF_8));

        Attachable kept = Attachable.of(raw);

        assertThat(kept.type()).isEqualTo("text/plain");
        assertThat(kept.text())
                .startsWith("[the first 14 of 1048590 bytes are left out; all of it: " + raw + "]")
                .endsWith("the last words")
                .hasSizeLessThan(Attachable.LIMIT_BYTES + 500);
    }

    @Test
    void ofALongTableWholeLinesStayAndTheRestIsCounted() {
        String line = "x".repeat(1023) + "\n";

        assertThat(Attachable.wholeLines("head\n" + line)).isEqualTo("head\n" + line);
        assertThat(Attachable.wholeLines("head\n" + line.repeat(1030)))
                .startsWith("head\n" + line)
                .endsWith("\n# 7 more lines: in the run folder\n")
                .hasSizeLessThan(Attachable.LIMIT_BYTES + 100);
    }

    @Test
    void aMissingFileIsSaid() throws IOException {
        assertThat(Attachable.of(folder.resolve("rank-7.log")).text())
                .isEqualTo("There is no such file: " + folder.resolve("rank-7.log"));
    }
}
