package dev.assay.training.oracle;

import static dev.assay.training.oracle.Slope.dot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.training.MicroBatch;
import dev.assay.training.ModelShape;
import dev.assay.training.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole model's gradients against finite differences of its loss. */
class DecoderGradientTest {
    private static final int ELEMENTS = 6;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @ParameterizedTest
    @MethodSource("dev.assay.training.oracle.Tiny#shapes")
    void ofEveryTensor(ModelShape shape) {
        ParameterValues weights = Tiny.rough(shape, seed);
        MicroBatch batch = Tiny.batch(shape, seed, 2, 7);
        DoubleSupplier loss = () ->
                Arrays.stream(new Decoder(weights).losses(batch)).average().orElseThrow();

        Step step = Training.gradients(weights, List.of(batch));

        assertThat(step.loss()).isEqualTo(loss.getAsDouble(), within(1e-13));
        for (Parameter parameter : weights.layout().parameters()) {
            assertTensor(parameter, weights.of(parameter), step.gradients().of(parameter), loss);
        }
    }

    /** All elements at once along a random direction, and some one by one. */
    private void assertTensor(Parameter parameter, double[] weight, double[] gradient, DoubleSupplier loss) {
        double[] direction = Slope.normals(random, weight.length, 1 / Math.sqrt(weight.length));
        Slope.assertEqual(
                parameter.name() + " along a direction",
                seed,
                dot(gradient, direction),
                Slope.along(loss, weight, direction));
        for (int i = 0; i < ELEMENTS; i++) {
            int index = random.nextInt(weight.length);
            Slope.assertEqual(
                    parameter.name() + "[" + index + "]", seed, gradient[index], Slope.of(loss, weight, index));
        }
    }
}
