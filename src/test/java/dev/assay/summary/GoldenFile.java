package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Text as it is expected, beside this class in the resources; -Dgolden=write in the test JVM writes it anew for a reviewer. */
final class GoldenFile {
    private GoldenFile() {}

    static void assertSame(String name, String text) throws IOException {
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(Path.of("src/test/resources/dev/assay/summary").resolve(name), text);
            throw new AssertionError(
                    name + " is written anew; look at the difference, then run without -Dgolden=write");
        }
        try (InputStream golden = GoldenFile.class.getResourceAsStream(name)) {
            assertThat(golden).as(name).isNotNull();
            assertThat(text).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
