package dev.assay.training.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.training.AdamW;
import dev.assay.training.ParameterLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AdamWStateTest {
    private static final ParameterLayout LAYOUT = ParameterLayout.of(Tiny.GPT);

    /**
     * With a constant gradient g both corrected moments are g and g² in every step, so each step takes w to
     * w · (1 − lr · decay) − lr · g / (|g| + ε), whose closed form is a geometric series.
     */
    @Test
    void aConstantGradientHasAClosedForm() {
        AdamW settings = new AdamW(0.01, 0.9, 0.95, 1e-3, 0.1);
        double g = -0.02;
        ParameterValues weights = filled(3);
        AdamWState state = new AdamWState(LAYOUT);

        for (int step = 1; step <= 10; step++) {
            state.update(settings, weights, filled(g));

            double keep = 1 - 0.01 * 0.1;
            double change = 0.01 * g / (0.02 + 1e-3);
            double expected = 3 * Math.pow(keep, step) - change * (1 - Math.pow(keep, step)) / (1 - keep);
            assertAll("weight after step " + step, weights, expected);
        }
        assertThat(state.steps()).isEqualTo(10);
        assertAll("m", state.first(), g * (1 - Math.pow(0.9, 10)));
        assertAll("v", state.second(), g * g * (1 - Math.pow(0.95, 10)));
    }

    private static void assertAll(String what, ParameterValues values, double expected) {
        assertThat(values.flat()).as(what).containsExactly(filled(expected).flat(), within(1e-14));
    }

    /** Two steps of changing gradients, worked out in the comments. */
    @Test
    void changingGradients() {
        AdamW settings = new AdamW(0.1, 0.5, 0.75, 0.5, 0);
        ParameterValues weights = filled(1);
        AdamWState state = new AdamWState(LAYOUT);

        state.update(settings, weights, filled(2)); // m 1 → 2; v 1 → 4; change 2 / (2 + 0.5)
        assertThat(weights.of("norm")[0]).isCloseTo(1 - 0.08, within(1e-15));

        state.update(settings, weights, filled(-1)); // m 0 → 0; v 1 → 16/7; change 0
        assertThat(weights.of("norm")[0]).isCloseTo(0.92, within(1e-15));

        state.update(settings, weights, filled(4)); // m 2 → 16/7; v 4.75 → 4.75 · 64/37
        double change = 16 / 7.0 / (Math.sqrt(4.75 * 64 / 37) + 0.5);
        assertThat(weights.of("norm")[0]).isCloseTo(0.92 - 0.1 * change, within(1e-15));
    }

    /** Weight decay apart from the gradient: without a gradient, weights still shrink, norms and biases too. */
    @Test
    void decayFallsOnEveryParameter() {
        ParameterValues weights = filled(2);

        new AdamWState(LAYOUT).update(new AdamW(0.1, 0.9, 0.999, 1e-8, 0.5), weights, filled(0));

        assertThat(weights.flat()).containsOnly(2 - 0.1 * 0.5 * 2);
    }

    @Test
    void absurdSettingsAreRefused() {
        assertThatThrownBy(() -> new AdamW(-1, 0.9, 0.999, 1e-8, 0)).hasMessageContaining("learning rate must be >= 0");
        assertThatThrownBy(() -> new AdamW(1, 1, 0.999, 1e-8, 0)).hasMessageContaining("beta1 must be in [0, 1)");
        assertThatThrownBy(() -> new AdamW(1, 0.9, Double.NaN, 1e-8, 0)).hasMessageContaining("beta2");
        assertThatThrownBy(() -> new AdamW(1, 0.9, 0.999, 0, 0)).hasMessageContaining("epsilon must be > 0, got 0");
        assertThatThrownBy(() -> new AdamW(1, 0.9, 0.999, 1e-8, Double.POSITIVE_INFINITY))
                .hasMessageContaining("weight decay");
    }

    private static ParameterValues filled(double value) {
        ParameterValues values = ParameterValues.zeros(LAYOUT);
        LAYOUT.parameters().forEach(parameter -> Arrays.fill(values.of(parameter), value));
        return values;
    }
}
