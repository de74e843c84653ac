package dev.assay.training.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.training.AdamW;
import dev.assay.training.GradientClipping;
import dev.assay.training.MicroBatch;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.Parameter;
import dev.assay.training.SeededTokens;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Against PyTorch 1.13 in double precision: {@code torch-peer.py} beside the figures writes model, generator and training a
 * second time, with PyTorch's own operations, differentiation, clipping and AdamW. Finite differences see no wrong formula
 * whose gradient fits it; this does.
 */
class TorchPeerTest {
    private static final long SEED = 20_251_123;
    /** Exponentials differ in their last bits between Javas, and ten steps carry that on. */
    private static final double RELATIVE = 1e-10;

    /** A bias of keys moves every score of a query alike, so its gradient is rounding alone, which Adam divides by itself. */
    private static final double OF_ROUNDING = 1e-9;

    @ParameterizedTest
    @EnumSource
    void tenStepsAreTheSame(ModelFamily family) throws IOException {
        Map<String, double[]> peer = read(family);
        ModelShape shape = family == ModelFamily.LLAMA ? Tiny.LLAMA : Tiny.GPT;
        SeededTokens tokens = new SeededTokens(shape.vocabulary(), SEED);
        List<MicroBatch> batches = List.of(tokens.microBatch(0, 2, 7), tokens.microBatch(2, 2, 7));

        assertLike(
                peer,
                "initial-loss",
                Training.gradients(Tiny.initial(shape, SEED), batches).loss());

        AdamW settings = new AdamW(3e-3, 0.9, 0.95, 1e-8, 0.1);
        Training training = new Training(Tiny.rough(shape, SEED), settings, new GradientClipping(1));
        for (int i = 0; i < 10; i++) {
            Step step = training.step(batches);
            if (i == 0) {
                assertTensors(peer, "gradient", step.gradients());
            }
            assertLike(peer, "step " + i, step.loss(), step.gradientNorm());
        }
        assertTensors(peer, "weight", training.weights());
        assertThat(peer).as("figures of the peer that nothing was held against").isEmpty();
    }

    private static void assertTensors(Map<String, double[]> peer, String what, ParameterValues values) {
        for (Parameter parameter : values.layout().parameters()) {
            double[] tensor = values.of(parameter);
            double sum = 0;
            for (int i = 0; i < tensor.length; i++) {
                sum += tensor[i] * Math.cos(i);
            }
            assertLike(peer, what + " " + parameter.name(), sum);
        }
    }

    private static void assertLike(Map<String, double[]> peer, String what, double... values) {
        double[] expected = Objects.requireNonNull(peer.remove(what), what);
        assertThat(values).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i])
                    .as(what)
                    .isCloseTo(expected[i], within(tolerance(what) * Math.max(1, Math.abs(expected[i]))));
        }
    }

    private static double tolerance(String what) {
        return what.endsWith("key.bias") ? OF_ROUNDING : RELATIVE;
    }

    /** From "step 3" to what follows; a name ends where numbers begin. */
    private static Map<String, double[]> read(ModelFamily family) throws IOException {
        Map<String, double[]> figures = new HashMap<>();
        try (InputStream file = Objects.requireNonNull(TorchPeerTest.class.getResourceAsStream("torch-peer.txt"))) {
            for (String line : new String(file.readAllBytes(), UTF_8).split("\n", -1)) {
                String[] words = line.split(" ", -1);
                if (!words[0].equals(family.name())) {
                    continue;
                }
                int named = words[1].equals("initial-loss") ? 2 : 3;
                double[] values = Arrays.stream(words, named, words.length)
                        .mapToDouble(Double::parseDouble)
                        .toArray();
                figures.put(String.join(" ", Arrays.copyOfRange(words, 1, named)), values);
            }
        }
        return figures;
    }
}
