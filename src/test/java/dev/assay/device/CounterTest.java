package dev.assay.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CounterTest {
    @Test
    void normalsHaveMeanZeroAndVarianceOne() {
        int count = 200_000;
        double sum = 0;
        double squares = 0;
        double products = 0;
        float before = 0;
        for (int i = 0; i < count; i++) {
            float value = Bf16.toFloat(Counter.bf16Normal(42, i));
            sum += value;
            squares += value * value;
            products += value * before;
            before = value;
            assertThat(Math.abs(value)).isLessThan(5);
        }

        assertThat(sum / count).isCloseTo(0, within(0.01));
        assertThat(squares / count).isCloseTo(1, within(0.02));
        assertThat(products / count).isCloseTo(0, within(0.01));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 63, 64, 100, 127, 128, 512})
    void everyPartialSumOfGradientsIsExactInBf16(int ranks) {
        for (int element = 0; element < 300; element++) {
            int sum = 0;
            for (int rank = 0; rank < ranks; rank++) {
                sum += Counter.gradient(7, element, rank, ranks);
                assertThat(Math.abs(sum)).isLessThanOrEqualTo(256);
            }
            assertThat(Bf16.toFloat(Bf16.of(sum))).isEqualTo(sum);
        }
    }

    @Test
    void gradientsDifferBetweenRanksSeedsAndElements() {
        int equalRanks = 0;
        int equalSeeds = 0;
        for (int i = 0; i < 1000; i++) {
            equalRanks += Counter.gradient(7, i, 0, 2) == Counter.gradient(7, i, 1, 2) ? 1 : 0;
            equalSeeds += Counter.gradient(7, i, 0, 2) == Counter.gradient(8, i, 0, 2) ? 1 : 0;
        }

        assertThat(equalRanks).isLessThan(40);
        assertThat(equalSeeds).isLessThan(40);
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, 3F80",
        "-2.0, C000",
        "1.00390625, 3F80", // half a unit above 1: to even, down
        "1.01171875, 3F82", // one and a half units above 1: to even, up
        "1.00390637, 3F81", // just above half a unit
        "3.4028235e38, 7F80", // beyond the largest bf16
        "Infinity, 7F80",
        "-0.0, 8000"
    })
    void roundsToNearestEven(float value, String bits) {
        assertThat(String.format("%04X", Bf16.of(value) & 0xFFFF)).isEqualTo(bits);
    }

    @Test
    void notANumberStaysSo() {
        assertThat(Bf16.toFloat(Bf16.of(Float.NaN))).isNaN();
        assertThat(Bf16.toFloat(Bf16.of(Float.intBitsToFloat(0x7F800001)))).isNaN();
    }
}
