package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.assay.device.Bf16;
import dev.assay.training.AdamW;
import dev.assay.training.MicroBatch;
import dev.assay.training.Parameter;
import dev.assay.training.oracle.AdamWState;
import dev.assay.training.oracle.ParameterValues;
import dev.assay.training.oracle.Step;
import dev.assay.training.oracle.Training;
import java.util.List;

/**
 * A trainer held against the fp64 oracle.
 *
 * <p>The bounds. A rounding to bf16 errs by at most 2⁻⁹, by 0.0011 in the root mean square. Errors of different roundings are
 * independent, and between loss and the embedding of two layers lie about 40 of them, forward and backward: 0.0011 · √40 =
 * 0.7 %. Gradients of queries and keys go through differences (dp − Σ p dp) that are smaller than what they are made of: up to
 * twice that. {@link #GRADIENT} is twice the larger. What is wrong by a factor, a sign, a missing term or a shifted row is
 * beyond it.
 */
final class OracleRun {
    /** Of a gradient tensor, by norm. */
    static final double GRADIENT = 0.03;

    /** The same where the layers multiply in FP8: twice what was found of matrices, 0.09 to 0.15. */
    static final double FP8_GRADIENT = 0.3;

    /** What bf16 alone does not reach ({@link #GRADIENT}); FP8 errs by more, or it was not FP8. */
    static final double FP8_LEAST = 0.04;

    /** Of the gradients' norm: errors of single elements cancel in it. */
    static final double NORM = 0.01;

    /** In nats: a logit errs by 2⁻⁹ of its size, about 0.3, and a mean over rows by less. */
    static final double LOSS = 2e-3;

    /** A bias of the keys shifts all scores of a row alike: softmax does not see it, its gradient is 0 and only rounding is left. */
    private static final String KEY_BIAS = "attention.key.bias";

    private final ParameterValues weights;
    private final Training training;

    OracleRun(TrainerSetup setup) {
        weights = ParameterValues.initial(setup.weights());
        training = new Training(weights, setup.optimizer(), setup.clipping());
    }

    Step step(List<MicroBatch> batches) {
        return training.step(batches);
    }

    ParameterValues weights() {
        return weights;
    }

    static void assertSameStep(StepResult found, Step right) {
        assertThat(Math.abs(found.loss() - right.loss()))
                .as("loss of step %d: %s, oracle %s", found.number(), found.loss(), right.loss())
                .isLessThan(LOSS);
        assertThat(Math.abs(found.gradientNorm() / right.gradientNorm() - 1))
                .as("gradient norm %s, oracle %s", found.gradientNorm(), right.gradientNorm())
                .isLessThan(NORM);
    }

    static void assertGradients(Trainer trainer, ParameterValues right) {
        assertGradients(trainer, right, GRADIENT);
    }

    static void assertGradients(Trainer trainer, ParameterValues right, double bound) {
        for (Parameter parameter : right.layout().parameters()) {
            double[] expected = right.of(parameter);
            double error = distance(trainer.read(StateKind.GRADIENT, parameter), expected);
            double size = parameter.name().endsWith(KEY_BIAS)
                    ? norm(right.of(parameter.name().replace("key", "query")))
                    : norm(expected);
            assertThat(error)
                    .as("gradient of %s, of norm %s", parameter.name(), size)
                    .isLessThan(bound * size);
        }
    }

    /** That the gradient of a layer's matrix is further off than bf16 would leave it: its operands were FP8. */
    static void assertRounded(Trainer trainer, ParameterValues right) {
        for (Parameter parameter : right.layout().parameters()) {
            if (parameter.name().startsWith("layers.") && Math.min(parameter.rows(), parameter.columns()) > 1) {
                double[] expected = right.of(parameter);
                double error = distance(trainer.read(StateKind.GRADIENT, parameter), expected) / norm(expected);
                assertThat(error)
                        .as("error of the gradient of %s in FP8", parameter.name())
                        .isGreaterThan(FP8_LEAST);
            }
        }
    }

    static double distance(float[] found, double[] right) {
        double squares = 0;
        for (int i = 0; i < right.length; i++) {
            squares += (found[i] - right[i]) * (found[i] - right[i]);
        }
        return Math.sqrt(squares);
    }

    static double norm(double[] values) {
        return distance(new float[values.length], values);
    }

    static ParameterValues read(Trainer trainer, StateKind kind, TrainerSetup setup) {
        ParameterValues values = ParameterValues.zeros(setup.layout());
        for (Parameter parameter : setup.layout().parameters()) {
            float[] found = trainer.read(kind, parameter);
            double[] to = values.of(parameter);
            for (int i = 0; i < to.length; i++) {
                to[i] = found[i];
            }
        }
        return values;
    }

    /**
     * AdamW alone: fp64 steps on the gradients that the trainer itself found, so the optimizer is judged to fp32 rounding, not
     * to that of bf16 gradients.
     */
    static final class Optimizer {
        private final TrainerSetup setup;
        private final ParameterValues weights;
        private final AdamWState state;

        Optimizer(TrainerSetup setup) {
            this.setup = setup;
            weights = ParameterValues.initial(setup.weights());
            state = new AdamWState(setup.layout());
        }

        void follow(Trainer trainer, StepResult result) {
            AdamW settings = setup.optimizer();
            ParameterValues gradients = read(trainer, StateKind.GRADIENT, setup);
            assertThat(gradients.norm()).isCloseTo(result.gradientNorm(), withPercentage(1e-3));
            assertThat(result.clipping()).isCloseTo(setup.clipping().factor(gradients.norm()), withPercentage(1e-3));
            state.update(settings, weights, gradients.times(setup.clipping().factor(gradients.norm())));
            for (Parameter parameter : setup.layout().parameters()) {
                double[] right = weights.of(parameter);
                float[] master = trainer.read(StateKind.MASTER, parameter);
                float[] weight = trainer.read(StateKind.WEIGHT, parameter);
                double bound = 2e-3 * settings.learningRate() * result.number();
                for (int i = 0; i < right.length; i++) {
                    if (!(Math.abs(master[i] - right[i]) <= bound + 1e-6 * Math.abs(right[i]))
                            || weight[i] != Bf16.toFloat(Bf16.of(master[i]))) {
                        throw new AssertionError(parameter.name() + "[" + i + "] must be " + right[i] + " after step "
                                + result.number() + ", got " + master[i] + " and in bf16 " + weight[i]);
                    }
                }
            }
        }
    }
}
