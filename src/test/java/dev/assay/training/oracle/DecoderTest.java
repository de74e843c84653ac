package dev.assay.training.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.training.MicroBatch;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.ParameterLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DecoderTest {
    private final long seed = System.nanoTime();

    @ParameterizedTest
    @MethodSource("dev.assay.training.oracle.Tiny#shapes")
    void aLaterTokenChangesNoEarlierPosition(ModelShape shape) {
        Decoder decoder = new Decoder(Tiny.rough(shape, seed));
        MicroBatch batch = Tiny.batch(shape, seed, 2, 7);
        int[] tokens = batch.tokens();
        int changed = 7 + 4;
        tokens[changed] = (tokens[changed] + 1) % shape.vocabulary();

        double[] before = decoder.logits(batch);
        double[] after = decoder.logits(new MicroBatch(2, 7, tokens, batch.targets()));

        int from = changed * shape.vocabulary();
        assertThat(Arrays.copyOf(after, from)).as("seed %d", seed).containsExactly(Arrays.copyOf(before, from));
        for (int i = from; i < after.length; i++) {
            assertThat(after[i]).as("seed %d, logit %d", seed, i).isNotEqualTo(before[i]);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.assay.training.oracle.Tiny#shapes")
    void theLossIsThatOfTheLogits(ModelShape shape) {
        Decoder decoder = new Decoder(Tiny.rough(shape, seed));
        MicroBatch batch = Tiny.batch(shape, seed, 2, 7);
        double[] logits = decoder.logits(batch);

        double[] losses = decoder.losses(batch);

        for (int row = 0; row < batch.size(); row++) {
            int from = row * shape.vocabulary();
            double sum = Arrays.stream(logits, from, from + shape.vocabulary())
                    .map(Math::exp)
                    .sum();
            double probability = Math.exp(logits[from + batch.targets()[row]]) / sum;
            assertThat(losses[row]).as("seed %d, row %d", seed, row).isCloseTo(-Math.log(probability), within(1e-12));
        }
    }

    @Test
    void equalSequencesHaveEqualLosses() {
        MicroBatch one = Tiny.batch(Tiny.LLAMA, seed, 1, 7);
        MicroBatch two = new MicroBatch(2, 7, twice(one.tokens()), twice(one.targets()));
        Decoder decoder = new Decoder(Tiny.rough(Tiny.LLAMA, seed));

        double[] losses = decoder.losses(one);

        double[] both = decoder.losses(two);
        assertThat(Arrays.copyOf(both, 7)).containsExactly(losses);
        assertThat(Arrays.copyOfRange(both, 7, 14)).containsExactly(losses);
    }

    private static int[] twice(int[] ids) {
        int[] both = Arrays.copyOf(ids, 2 * ids.length);
        System.arraycopy(ids, 0, both, ids.length, ids.length);
        return both;
    }

    @Test
    void aSequenceLongerThanTheLearnedPositionsIsRefused() {
        Decoder decoder = new Decoder(Tiny.initial(Tiny.GPT, seed));

        assertThatThrownBy(() -> decoder.losses(Tiny.batch(Tiny.GPT, seed, 1, 10)))
                .hasMessageContaining("at most as long as its 9 learned positions, got 10");
        assertThat(decoder.losses(Tiny.batch(Tiny.GPT, seed, 1, 9))).hasSize(9);
    }

    /** Rotary positions need no table. */
    @Test
    void llamaGoesBeyondItsPositions() {
        Decoder decoder = new Decoder(Tiny.initial(Tiny.LLAMA, seed));

        assertThat(decoder.losses(Tiny.batch(Tiny.LLAMA, seed, 1, 10))).hasSize(10);
    }

    @Test
    void tokensOutsideTheVocabularyAreRefused() {
        Decoder decoder = new Decoder(Tiny.initial(Tiny.LLAMA, seed));

        assertThatThrownBy(() -> decoder.losses(new MicroBatch(1, 2, new int[] {0, 31}, new int[] {0, 0})))
                .hasMessageContaining("every token must be in 0..30")
                .hasMessageContaining("got 31 in row 1");
        assertThatThrownBy(() -> decoder.logits(new MicroBatch(1, 2, new int[] {-1, 0}, new int[] {0, 0})))
                .hasMessageContaining("got -1 in row 0");
        assertThatThrownBy(() -> decoder.losses(new MicroBatch(1, 2, new int[] {0, 30}, new int[] {0, 31})))
                .hasMessageContaining("every target must be in 0..30")
                .hasMessageContaining("got 31 in row 1");
    }

    @Test
    void aModelTooLargeForPlainJavaIsRefused() {
        ModelShape large = new ModelShape(ModelFamily.LLAMA, 1, 4096, 32, 32, 128, 11008, 32000, 2048);

        assertThatThrownBy(() -> ParameterValues.zeros(ParameterLayout.of(large)))
                .hasMessageContaining("take a smaller shape");
    }

    @Test
    void anOddHeadCannotBeTurned() {
        ModelShape odd = new ModelShape(ModelFamily.LLAMA, 1, 6, 2, 2, 3, 8, 11, 4);

        assertThatThrownBy(() -> new Decoder(Tiny.initial(odd, seed)).losses(Tiny.batch(odd, seed, 1, 2)))
                .hasMessageContaining("even headSize to pair, got 3");
    }
}
