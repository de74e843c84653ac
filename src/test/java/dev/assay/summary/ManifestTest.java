package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    Path folder;

    @BeforeEach
    void aRunFolder() throws IOException {
        Files.createDirectories(folder.resolve("experiments/burn/load-2"));
        Files.writeString(folder.resolve("experiments/burn/load-2/rank-0.ndjson"), "");
        Files.writeString(folder.resolve("verdict.json"), "{}\n");
        Files.writeString(folder.resolve("secret"), "s3cret");
    }

    @Test
    void listsEveryRegularFileSortedButNotTheSecret() throws IOException {
        Manifest.write(folder);

        assertThat(Files.readString(folder.resolve(Manifest.NAME)))
                .startsWith(EMPTY + "  experiments/burn/load-2/rank-0.ndjson\n")
                .endsWith("  verdict.json\n")
                .doesNotContain("secret")
                .doesNotContain(Manifest.NAME);
        assertThat(Manifest.verify(folder)).isEmpty();
    }

    @Test
    void writtenTwiceItIsTheSame() throws IOException {
        Manifest.write(folder);
        String first = Files.readString(folder.resolve(Manifest.NAME));

        Manifest.write(folder);

        assertThat(Files.readString(folder.resolve(Manifest.NAME))).isEqualTo(first);
    }

    @Test
    void noticesAChangedByte() throws IOException {
        Manifest.write(folder);
        Files.writeString(folder.resolve("verdict.json"), "{}");

        assertThat(Manifest.verify(folder)).singleElement().asString().startsWith("verdict.json has changed");
    }

    @Test
    void noticesAMissingAndALaterFile() throws IOException {
        Manifest.write(folder);
        Files.move(folder.resolve("verdict.json"), folder.resolve("verdict-2.json"));

        assertThat(Manifest.verify(folder))
                .hasSize(2)
                .anyMatch(p -> p.startsWith("verdict.json is listed"))
                .anyMatch(p -> p.startsWith("verdict-2.json is not listed"));
    }

    @Test
    void noticesAMissingDamagedOrDoubledManifest() throws IOException {
        assertThat(Manifest.verify(folder)).contains("there is no " + Manifest.NAME);

        Manifest.write(folder);
        String text = Files.readString(folder.resolve(Manifest.NAME));
        Files.writeString(folder.resolve(Manifest.NAME), text.substring(0, text.length() - 9));
        assertThat(Manifest.verify(folder)).isNotEmpty();

        Files.writeString(folder.resolve(Manifest.NAME), text + text);
        assertThat(Manifest.verify(folder)).contains("verdict.json is listed twice");

        Files.writeString(folder.resolve(Manifest.NAME), text + "nonsense\n");
        assertThat(Manifest.verify(folder)).singleElement().asString().contains("nonsense");
    }

    @Test
    void followsNoLink() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), Path.of("secret"));
        Files.createSymbolicLink(folder.resolve("loop"), Path.of("."));

        Manifest.write(folder);

        assertThat(Files.readString(folder.resolve(Manifest.NAME)))
                .doesNotContain("link")
                .doesNotContain("loop");

        Files.move(folder.resolve("verdict.json"), folder.resolve("../elsewhere-" + folder.getFileName()));
        Files.createSymbolicLink(
                folder.resolve("verdict.json"), folder.resolve("../elsewhere-" + folder.getFileName()));
        assertThat(Manifest.verify(folder))
                .singleElement()
                .asString()
                .startsWith("verdict.json is listed, but no regular");
        Files.delete(folder.resolve("../elsewhere-" + folder.getFileName()));
    }

    @Test
    void coreutilsAcceptsItOddNamesIncluded() throws IOException, InterruptedException {
        assumeThat(Path.of("/usr/bin/sha256sum")).exists();
        Files.writeString(folder.resolve("a line\nbreak and a back\\slash é"), "x");
        Manifest.write(folder);
        assertThat(Manifest.verify(folder)).isEmpty();

        assertThat(sha256sum()).isZero();

        Files.writeString(folder.resolve("verdict.json"), "tampered");
        assertThat(sha256sum()).isNotZero();
    }

    @Test
    void theDigestTellsTheChosenFilesOnly() throws IOException {
        String before = Manifest.digest(folder, path -> path.startsWith("experiments"));

        Files.writeString(folder.resolve("verdict.json"), "other");
        assertThat(Manifest.digest(folder, path -> path.startsWith("experiments")))
                .isEqualTo(before)
                .hasSize(64);

        Files.writeString(folder.resolve("experiments/burn/load-2/rank-0.ndjson"), "other");
        assertThat(Manifest.digest(folder, path -> path.startsWith("experiments")))
                .isNotEqualTo(before);
    }

    private int sha256sum() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("/usr/bin/sha256sum", "--strict", "-c", Manifest.NAME)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(said).isTrue();
        return process.exitValue();
    }
}
