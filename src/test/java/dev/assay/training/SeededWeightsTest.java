package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.device.Bf16;
import dev.assay.device.Counter;
import org.junit.jupiter.api.Test;

class SeededWeightsTest {
    private static final ParameterLayout LLAMA = ParameterLayout.of(ModelPreset.LLAMA2_7B.shape());
    private static final ParameterLayout GPT = ParameterLayout.of(ModelPreset.GPT3_175B.shape());

    /** The device fills with its own generator; the two must be one. */
    @Test
    void theGeneratorIsTheDevices() {
        long start = System.nanoTime();
        for (long i = start; i < start + 20_000; i++) {
            long seed = Counter.hash(start, i);

            assertThat(SeededDraw.hash(seed, i))
                    .as("seed %d, index %d", seed, i)
                    .isEqualTo(Counter.hash(seed, i));
            assertThat(SeededDraw.normal(seed, i))
                    .as("seed %d, index %d", seed, i)
                    .isEqualTo(Counter.fineNormal(seed, i));
            float value = (float) SeededDraw.normal(seed, i);
            assertThat(SeededDraw.bf16(value)).as("bf16 of %s", value).isEqualTo(Bf16.toFloat(Bf16.of(value)));
        }
    }

    @Test
    void aWeightIsWhatTheCommentSays() {
        Parameter down = GPT.of("layers.95.feedforward.down");
        long seed = System.nanoTime();
        long key = seed ^ Counter.hash(0x77656967687473L, down.index());
        SeededWeights weights = new SeededWeights(GPT, seed);

        for (long index : new long[] {0, 1, 4_294_967_311L % down.size(), down.size() - 1}) {
            float expected = (float) (Counter.fineNormal(key, index) * (0.02 / Math.sqrt(192)));
            assertThat(weights.value(down, index))
                    .as("seed %d, index %d", seed, index)
                    .isEqualTo(Bf16.toFloat(Bf16.of(expected)));
        }
    }

    @Test
    void everyMatrixHasItsDeviation() {
        long seed = System.nanoTime();

        assertDeviation(LLAMA, "embedding", seed, 0.02);
        assertDeviation(LLAMA, "layers.31.attention.output", seed, 0.02);
        assertDeviation(LLAMA, "head", seed, 0.02);
        assertDeviation(GPT, "positions", seed, 0.02);
        assertDeviation(GPT, "layers.0.attention.query", seed, 0.02);
        assertDeviation(GPT, "layers.0.attention.output", seed, 0.02 / Math.sqrt(2 * 96));
    }

    private static void assertDeviation(ParameterLayout layout, String name, long seed, double deviation) {
        SeededWeights weights = new SeededWeights(layout, seed);
        Parameter parameter = layout.of(name);
        int count = 40_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double value = weights.value(parameter, i) / deviation;
            sum += value;
            squares += value * value;
        }

        assertThat(sum / count).as("%s, seed %d", name, seed).isCloseTo(0, within(0.03));
        assertThat(squares / count).as("%s, seed %d", name, seed).isCloseTo(1, within(0.05));
    }

    @Test
    void normsAreOneAndBiasesZero() {
        SeededWeights weights = new SeededWeights(GPT, 7);

        assertThat(weights.value(GPT.of("norm"), 5)).isEqualTo(1);
        assertThat(weights.value(GPT.of("layers.3.attention.norm.bias"), 5)).isEqualTo(0);
        assertThat(weights.value(GPT.of("layers.3.feedforward.up.bias"), 49_151))
                .isEqualTo(0);
    }

    @Test
    void tensorsAndSeedsDiffer() {
        Parameter gate = LLAMA.of("layers.0.feedforward.gate");
        Parameter up = LLAMA.of("layers.0.feedforward.up");
        SeededWeights weights = new SeededWeights(LLAMA, 7);
        SeededWeights others = new SeededWeights(LLAMA, 8);

        int equal = 0;
        for (int i = 0; i < 1000; i++) {
            equal += weights.value(gate, i) == weights.value(up, i) ? 1 : 0;
            equal += weights.value(gate, i) == others.value(gate, i) ? 1 : 0;
        }

        assertThat(equal).isLessThan(40);
    }

    @Test
    void anIndexBeyondTheTensorIsRefused() {
        Parameter norm = LLAMA.of("norm");

        assertThatThrownBy(() -> new SeededWeights(LLAMA, 7).value(norm, 4096))
                .hasMessage("initial weight of norm: index must be in 0..4095, got 4096");
    }
}
