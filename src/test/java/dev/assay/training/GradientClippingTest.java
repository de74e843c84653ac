package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradientClippingTest {
    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "0.5, 1",
        "0.999999, 1", // the sum with 10⁻⁶ is the threshold itself
        "0.9999995, 0.9999995000002500", // below the threshold, yet scaled: the 10⁻⁶ does it
        "1, 0.9999990000010000",
        "1.000001, 0.999998000004",
        "4, 0.2499999375000156"
    })
    void aroundAThresholdOfOne(double norm, double factor) {
        assertThat(new GradientClipping(1).factor(norm)).isCloseTo(factor, within(1e-15));
    }

    @Test
    void noneLeavesEveryNorm() {
        assertThat(GradientClipping.none().factor(1e300)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void aNormThatIsNoNumberIsRefused(double norm) {
        assertThatThrownBy(() -> new GradientClipping(1).factor(norm))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("must be finite, got " + norm);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN})
    void aThresholdMustBePositive(double maxNorm) {
        assertThatThrownBy(() -> new GradientClipping(maxNorm)).hasMessageContaining("must be > 0, got " + maxNorm);
    }
}
