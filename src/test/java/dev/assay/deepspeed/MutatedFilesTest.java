package dev.assay.deepspeed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever is in a file: it is accepted, or refused with a message. Nothing else comes out. */
class MutatedFilesTest {
    private static final List<String> PIECES = List.of(
            "null",
            "true",
            "\"auto\"",
            "-1",
            "0",
            "0.5",
            "1e400",
            "1e-400",
            "5e8",
            "1e18",
            "\"\"",
            "{}",
            "[]",
            "[[",
            "}",
            "//",
            "/*",
            "#",
            "'",
            ",",
            ":",
            "\\",
            "\u0000",
            "\ud800",
            "\"stage\": 3,",
            "\"enabled\": true,",
            "NaN",
            "99999999999999999999999999",
            "\"cpu\"",
            "{\"enabled\": true}",
            "\"assay\": {},",
            "\"bf16\": null,");

    @Test
    void endAsAFileOrAsAMessage() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int accepted = 0;
        int refused = 0;
        for (String original : originals()) {
            for (int i = 0; i < 60; i++) {
                String text = mutate(original, random);
                try {
                    DeepSpeedFile file = DeepSpeedFile.parse("my.json", text);
                    assertThat(file.resolve(1 << random.nextInt(8)).resolved()).isNotEmpty();
                    accepted++;
                } catch (DeepSpeedException e) {
                    assertThat(e.getMessage()).as(text).contains("found", "valid", "to do");
                    refused++;
                } catch (RuntimeException | StackOverflowError e) {
                    throw new AssertionError("seed " + seed + ", file:\n" + text, e);
                }
            }
        }
        assertThat(accepted).as("files that survived, seed %d", seed).isPositive();
        assertThat(refused).as("files that did not, seed %d", seed).isPositive();
    }

    private static String mutate(String original, Random random) {
        StringBuilder text = new StringBuilder(original);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int from = random.nextInt(text.length());
            int to = Math.min(text.length(), from + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(from, Math.max(to, from + 1));
                case 1 -> text.insert(from, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> text.replace(from, to, PIECES.get(random.nextInt(PIECES.size())));
                case 3 -> replaceValue(text, from, PIECES.get(random.nextInt(PIECES.size())));
                default -> text.insert(random.nextInt(text.length()), text.substring(from, to));
            }
            if (text.length() == 0) {
                return "";
            }
        }
        return random.nextInt(20) == 0 ? text.substring(0, random.nextInt(text.length())) : text.toString();
    }

    /** So that syntax mostly survives and the meaning does not. */
    private static void replaceValue(StringBuilder text, int from, String piece) {
        int start = text.indexOf(":", from);
        int end = start < 0
                ? -1
                : Stream.of(text.indexOf(",", start), text.indexOf("}", start))
                        .filter(index -> index > 0)
                        .min(Integer::compare)
                        .orElse(-1);
        if (end > 0) {
            text.replace(start + 1, end, piece);
        }
    }

    private static List<String> originals() throws IOException {
        List<Path> files = new ArrayList<>(CorpusTest.files().toList());
        files.add(Path.of("ds-configs/ds_config_7b.json"));
        List<String> texts = new ArrayList<>();
        for (Path file : files) {
            texts.add(Files.readString(file));
        }
        return texts;
    }
}
