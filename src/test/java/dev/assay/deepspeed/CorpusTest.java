package dev.assay.deepspeed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files such as people keep, each with what is expected of it in the comments at its head. */
class CorpusTest {
    private static final Path CORPUS = Path.of("src/test/resources/dev/assay/deepspeed/corpus");

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(CORPUS)) {
            return files.sorted().toList().stream();
        }
    }

    @Test
    void holdsAtLeastTwentyFiles() throws IOException {
        assertThat(files()).hasSizeGreaterThanOrEqualTo(20);
    }

    @ParameterizedTest
    @MethodSource("files")
    void isReadAsItsHeadSays(Path file) throws IOException {
        List<String> head = Files.readAllLines(file).stream()
                .takeWhile(line -> line.startsWith("// "))
                .map(line -> line.substring(3))
                .toList();

        assertThat(head).as("expectations").hasSizeGreaterThanOrEqualTo(2);
        if (head.get(0).startsWith("accepted")) {
            expectAccepted(file, ranks(head.get(0)), head.subList(1, head.size()));
        } else {
            assertThat(head.get(0)).startsWith("refused");
            expectRefused(file, head);
        }
    }

    private static void expectAccepted(Path file, int ranks, List<String> expectations) {
        DeepSpeedConfig config = DeepSpeedFile.read(file).resolve(ranks);

        for (String expectation : expectations) {
            String rest = expectation.substring(expectation.indexOf(' ') + 1);
            switch (expectation.substring(0, expectation.indexOf(' '))) {
                case "is" ->
                    assertThat(config.resolved())
                            .extracting(value -> value.key() + " = " + value.value() + " (" + value.origin() + ")")
                            .containsOnlyOnce(rest);
                case "says" -> expectNote(config.notes(), rest);
                case "scales" -> assertThat(config.scaling()).isEqualTo(Scaling.valueOf(rest));
                default -> throw new AssertionError("unknown expectation: " + expectation);
            }
        }
    }

    private static void expectNote(List<Note> notes, String expected) {
        String head = expected.substring(0, expected.indexOf(": ") + 2);
        String words = expected.substring(head.length());
        assertThat(notes)
                .extracting(note -> note.kind() + " " + note)
                .anySatisfy(note -> assertThat(note).startsWith(head).contains(words));
    }

    private static void expectRefused(Path file, List<String> head) {
        String[] reasons = head.stream()
                .skip(1)
                .map(line -> line.substring("because ".length()))
                .toArray(String[]::new);

        assertThatThrownBy(() -> {
                    DeepSpeedFile read = DeepSpeedFile.read(file);
                    if (head.get(0).contains("ranks")) {
                        read.resolve(ranks(head.get(0)));
                    }
                })
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContainingAll(reasons);
    }

    private static int ranks(String line) {
        return Integer.parseInt(line.replaceAll("[^0-9]", ""));
    }
}
