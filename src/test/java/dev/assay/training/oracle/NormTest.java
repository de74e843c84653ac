package dev.assay.training.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Worked by hand, because a gradient check sees no wrong formula whose gradient fits it. */
class NormTest {
    @Test
    void rmsNorm() {
        double[] y = new RmsNorm(2, 2).forward(new double[] {3, 4, 0, 0.001}, new double[] {2, -1});

        double r = 1 / Math.sqrt(12.5 + 1e-5);
        assertThat(y)
                .containsExactly(new double[] {6 * r, -4 * r, 0, -0.001 / Math.sqrt(0.5e-6 + 1e-5)}, within(1e-14));
    }

    @Test
    void layerNorm() {
        double[] y = new LayerNorm(1, 4)
                .forward(new double[] {1, 2, 3, 6}, new double[] {1, 1, 2, 1}, new double[] {0, 0, 5, 0});

        double r = 1 / Math.sqrt(3.5 + 1e-5);
        assertThat(y).containsExactly(new double[] {-2 * r, -r, 5, 3 * r}, within(1e-14));
    }

    /** Of the erf form, GELU(1) is 0.8413447; the tanh form has 0.8411920. */
    @Test
    void geluIsTheTanhForm() {
        assertThat(Gelu.forward(new double[] {1, -1, 0}))
                .containsExactly(new double[] {0.841191990608, -0.158808009392, 0}, within(1e-11));
    }

    @Test
    void swiGluTakesTheLogisticOfTheGate() {
        double[] y = SwiGlu.forward(new double[] {2, -1}, new double[] {3, 5});

        assertThat(y).containsExactly(new double[] {6 / (1 + Math.exp(-2)), -5 / (1 + Math.exp(1))}, within(1e-14));
    }
}
