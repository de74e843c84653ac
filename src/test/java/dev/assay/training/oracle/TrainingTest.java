package dev.assay.training.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.training.AdamW;
import dev.assay.training.GradientClipping;
import dev.assay.training.MicroBatch;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.SeededTokens;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingTest {
    private static final AdamW ADAM_W = new AdamW(3e-3, 0.9, 0.95, 1e-8, 0.1);

    private final long seed = System.nanoTime();

    private static ModelShape small(ModelFamily family) {
        return new ModelShape(family, 2, 64, 4, family == ModelFamily.LLAMA ? 2 : 4, 16, 96, 509, 32);
    }

    /**
     * A normed row has the square sum of hidden, so random logits have the variance s² = hidden · 0.02² and the loss begins
     * at ln V + s²/2. A tied head prefers the token that it sees, which at this width moves the loss by 0.003 only.
     */
    @ParameterizedTest
    @EnumSource
    void theLossBeginsAtThatOfAGuess(ModelFamily family) {
        ModelShape shape = small(family);

        Step step = Training.gradients(Tiny.initial(shape, seed), List.of(Tiny.batch(shape, seed, 4, 32)));

        double expected = Math.log(509) + 64 * 0.02 * 0.02 / 2;
        double noise = 4 * Math.sqrt(64 * 0.02 * 0.02 / 128); // of the mean of 128 targets' logits
        assertThat(step.loss()).as("seed %d", seed).isCloseTo(expected, within(noise));
    }

    @ParameterizedTest
    @EnumSource
    void theLossFallsOnRepeatedData(ModelFamily family) {
        ModelShape shape = small(family);
        List<MicroBatch> repeated = List.of(Tiny.batch(shape, seed, 2, 16));
        Training training = new Training(Tiny.initial(shape, seed), ADAM_W, new GradientClipping(1));

        double first = training.step(repeated).loss();
        double before = first;
        for (int step = 1; step < 15; step++) {
            double loss = training.step(repeated).loss();
            assertThat(loss).as("seed %d, step %d", seed, step).isLessThan(before);
            before = loss;
        }

        assertThat(before).as("seed %d", seed).isLessThan(first - 2);
    }

    @ParameterizedTest
    @MethodSource("dev.assay.training.oracle.Tiny#shapes")
    void halfTheMicroBatchTwiceIsTheSameStep(ModelShape shape) {
        SeededTokens tokens = new SeededTokens(shape.vocabulary(), seed);
        Training whole = new Training(Tiny.rough(shape, seed), ADAM_W, new GradientClipping(0.5));
        Training halves = new Training(Tiny.rough(shape, seed), ADAM_W, new GradientClipping(0.5));

        for (int i = 0; i < 3; i++) {
            Step one = whole.step(List.of(tokens.microBatch(4L * i, 4, 7)));
            Step two = halves.step(List.of(tokens.microBatch(4L * i, 2, 7), tokens.microBatch(4L * i + 2, 2, 7)));

            assertThat(two.loss()).as("seed %d, step %d", seed, i).isCloseTo(one.loss(), within(1e-12));
            assertThat(two.gradientNorm()).as("seed %d", seed).isCloseTo(one.gradientNorm(), within(1e-12));
            assertThat(two.gradients().flat())
                    .as("seed %d", seed)
                    .containsExactly(one.gradients().flat(), within(1e-12));
        }
    }

    /** Adam forgets a gradient's scale, so look at the moments: clipped gradients are in them. */
    @Test
    void clippedGradientsReachTheOptimizer() {
        List<MicroBatch> batch = List.of(Tiny.batch(Tiny.GPT, seed, 2, 7));
        double norm = Training.gradients(Tiny.rough(Tiny.GPT, seed), batch).gradientNorm();

        for (double maxNorm : new double[] {norm / 2, norm * 0.999, norm * 1.001, norm * 2}) {
            Training training = new Training(Tiny.rough(Tiny.GPT, seed), ADAM_W, new GradientClipping(maxNorm));
            Step step = training.step(batch);

            assertThat(step.gradientNorm()).as("before clipping").isEqualTo(norm);
            double clipped = Math.min(norm, norm * maxNorm / (norm + 1e-6));
            assertThat(training.state().first().norm() / 0.1)
                    .as("seed %d, norm %s, limit %s", seed, norm, maxNorm)
                    .isCloseTo(clipped, within(1e-12 * norm));
        }
    }

    @Test
    void aStepIsRepeatable() {
        List<MicroBatch> batch = List.of(Tiny.batch(Tiny.LLAMA, seed, 2, 7));
        Training one = new Training(Tiny.initial(Tiny.LLAMA, seed), ADAM_W, GradientClipping.none());
        Training two = new Training(Tiny.initial(Tiny.LLAMA, seed), ADAM_W, GradientClipping.none());

        one.step(batch);
        two.step(batch);

        assertThat(two.weights().flat()).containsExactly(one.weights().flat());
    }

    @Test
    void noMicroBatchIsRefused() {
        Training training = new Training(Tiny.initial(Tiny.GPT, seed), ADAM_W, GradientClipping.none());

        assertThatThrownBy(() -> training.step(List.of())).hasMessageContaining("at least 1 micro-batch, got 0");
    }

    /** No number of a broken model may look like a loss. */
    @Test
    void aWeightThatIsNoNumberIsRefused() {
        ParameterValues weights = Tiny.initial(Tiny.GPT, seed);
        weights.of("layers.1.attention.value")[3] = Double.NaN;
        Training training = new Training(weights, ADAM_W, new GradientClipping(1));

        assertThatThrownBy(() -> training.step(List.of(Tiny.batch(Tiny.GPT, seed, 1, 3))))
                .isInstanceOf(ArithmeticException.class);
    }
}
