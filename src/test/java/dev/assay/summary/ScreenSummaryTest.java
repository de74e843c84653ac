package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ScreenSummaryTest {
    @Test
    void theEmbeddedDefaultReadsAsExpected() throws IOException {
        GoldenFile.assertSame("embedded.txt", ScreenSummary.text(Samples.embeddedOk()));
    }

    @Test
    void aRejectedClusterReadsAsExpected() throws IOException {
        GoldenFile.assertSame("h200-rejected.txt", ScreenSummary.text(Samples.h200Rejected()));
    }

    @Test
    void noLineIsWiderThanTheScreen() {
        String rejected = ScreenSummary.text(Samples.h200Rejected());
        String hostile = ScreenSummary.text(Samples.hostile("a long name ".repeat(40) + "x".repeat(300)));

        assertThat((rejected + hostile).lines()).allMatch(line -> Clean.width(line) <= ScreenSummary.WIDTH);
    }

    @Test
    void nothingFromOutsideReachesTheTerminalAsControl() {
        String text = ScreenSummary.text(Samples.hostile("node\u001b[2J\u202E001\u0007"));

        assertThat(text.codePoints().filter(c -> c != '\n'))
                .noneMatch(c -> Character.getType(c) == Character.CONTROL || Character.getType(c) == Character.FORMAT);
    }

    @Test
    void colourComesOnlyWhereAsked() {
        assertThat(ScreenSummary.text(Samples.h200Rejected())).doesNotContain("\u001b");
        assertThat(ScreenSummary.text(Samples.h200Rejected(), true)).contains("\u001b[31mREJECTED");
    }

    @Test
    void aWordLongerThanTheScreenIsCut() {
        assertThat(ScreenSummary.wrap("ab " + "x".repeat(25), 10))
                .containsExactly("ab", "xxxxxxxxxx", "xxxxxxxxxx", "xxxxx");
    }
}
