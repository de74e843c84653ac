package dev.assay.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 8000",
        "1, 3c00",
        "-2, c000",
        "65504, 7bff",
        "65519.9, 7bff",
        "65520, 7c00",
        "-Infinity, fc00",
        "NaN, 7e00",
        "0.00006103515625, 400",
        "0.000000059604645, 1",
        "0.00000002980232, 0",
        "2049, 6800",
        "2051, 6802",
        "256, 5c00",
        "0.33333334, 3555"
    })
    void roundsToNearestEven(float value, String bits) {
        assertThat(Integer.toHexString(Half.of(value) & 0xFFFF)).isEqualTo(bits);
    }

    @Test
    void everyNumberComesBackAsItself() {
        for (int bits = 0; bits < 0x10000; bits++) {
            float value = Half.toFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(Half.of(value) & 0xFFFF).isEqualTo(bits);
            }
        }
    }
}
