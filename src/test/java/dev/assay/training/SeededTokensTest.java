package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.Counter;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SeededTokensTest {
    @Test
    void aTokenIsWhatTheCommentSays() {
        long seed = System.nanoTime();
        SeededTokens tokens = new SeededTokens(32_000, seed);

        for (int i = 0; i < 1000; i++) {
            long key = seed ^ Counter.hash(0x746F6B656E73L, 1_000_000_007L * i);
            assertThat(tokens.token(1_000_000_007L * i, i))
                    .as("seed %d", seed)
                    .isEqualTo((int) ((Counter.hash(key, i) >>> 33) % 32_000))
                    .isBetween(0, 31_999);
        }
    }

    @Test
    void targetsAreTheTokensThatFollow() {
        SeededTokens tokens = new SeededTokens(31, 5);

        MicroBatch batch = tokens.microBatch(10, 3, 7);

        assertThat(batch.size()).isEqualTo(21);
        for (int row = 0; row < 21; row++) {
            assertThat(batch.tokens()[row]).isEqualTo(tokens.token(10 + row / 7, row % 7));
            assertThat(batch.targets()[row]).isEqualTo(tokens.token(10 + row / 7, row % 7 + 1));
        }
    }

    @Test
    void everyTokenOfASmallVocabularyComesAboutEquallyOften() {
        MicroBatch batch = new SeededTokens(10, 3).microBatch(0, 100, 100);

        int[] counts = new int[10];
        Arrays.stream(batch.tokens()).forEach(token -> counts[token]++);

        assertThat(Arrays.stream(counts)).allMatch(count -> count > 850 && count < 1150);
    }

    @Test
    void aMicroBatchOfTheWrongSizeIsRefused() {
        assertThatThrownBy(() -> new MicroBatch(2, 3, new int[6], new int[5]))
                .hasMessage("micro-batch of 2 × 3 must have 6 tokens and as many targets, got 6 and 5");
        assertThatThrownBy(() -> new MicroBatch(0, 3, new int[0], new int[0])).hasMessageContaining("got 0 sequences");
        assertThatThrownBy(() -> new SeededTokens(0, 3)).hasMessageContaining("vocabulary must be > 0, got 0");
    }
}
