package dev.assay.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SmallFloatTest {
    @ParameterizedTest
    @CsvSource({
        "FP16, 1.0, 3C00",
        "FP16, -2.0, C000",
        "FP16, 65504, 7BFF",
        "FP16, 65519.996, 7BFF",
        "FP16, 65520, 7C00",
        "FP16, Infinity, 7C00",
        "FP16, NaN, 7E00",
        "FP16, 6.1035156e-5, 0400", // the smallest normal
        "FP16, 5.9604645e-8, 0001", // the smallest subnormal
        "FP16, 2.9802322e-8, 0000", // half of it: to even, down
        "FP16, 2.9802326e-8, 0001",
        "FP16, 8.940697e-8, 0002", // one and a half: to even, up
        "FP16, 0.33325195, 3555",
        "FP16, 2049, 6800", // half a unit: to even, down
        "FP16, 2051, 6802", // to even, up
        "E4M3, 1.0, 38",
        "E4M3, -0.0, 80",
        "E4M3, 448, 7E",
        "E4M3, 464, 7E",
        "E4M3, 1e30, 7E",
        "E4M3, -Infinity, FE",
        "E4M3, NaN, 7F",
        "E4M3, 0.015625, 08", // the smallest normal
        "E4M3, 0.001953125, 01", // the smallest subnormal
        "E4M3, 0.0009765625, 00", // half of it: to even, down
        "E4M3, 0.0009765626, 01",
        "E4M3, 1.0625, 38", // half a unit above 1: to even, down
        "E4M3, 1.1875, 3A", // to even, up
        "E4M3, 1.9999, 40",
        "E5M2, 1.0, 3C",
        "E5M2, 57344, 7B",
        "E5M2, 61440, 7B",
        "E5M2, Infinity, 7B",
        "E5M2, NaN, 7F",
        "E5M2, 1.125, 3C",
        "E5M2, 1.375, 3E",
        "E5M2, 1.52587890625e-5, 01",
        "E5M2, 7.62939453125e-6, 00"
    })
    void roundsToNearestEven(SmallFloat format, float value, String bits) {
        assertThat(Integer.toHexString(format.of(value))).isEqualToIgnoringCase(bits.replaceFirst("^0+(?=.)", ""));
    }

    @ParameterizedTest
    @EnumSource
    void everyNumberSurvives(SmallFloat format) {
        for (int bits = 0; bits < (format == SmallFloat.FP16 ? 1 << 16 : 1 << 8); bits++) {
            float value = format.toFloat(bits);

            if (Float.isFinite(value)) {
                assertThat(format.of(value)).as("bits %x", bits).isEqualTo(bits);
                assertThat(format.halfUlp(bits)).isPositive().isFinite();
            } else {
                assertThat(format.halfUlp(bits)).isInfinite();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void noNumberIsNearer(SmallFloat format) {
        Random random = new Random();
        for (int i = 0; i < 20_000; i++) {
            float value = (float) (random.nextGaussian() * Math.scalb(1.0, random.nextInt(24) - 18));
            int bits = format.of(value);
            double error = Math.abs((double) format.toFloat(bits) - value);

            assertThat(error).as("%s", value).isLessThanOrEqualTo(format.halfUlp(bits));
            for (int neighbour : new int[] {bits - 1, bits + 1}) {
                double other = format.toFloat(neighbour & 0xFFFF);
                assertThat(Math.abs(other - value) >= error || Double.isNaN(other))
                        .as("%s is nearer to %s", value, other)
                        .isTrue();
            }
        }
    }

    @Test
    void halfAUnitInTheLastPlace() {
        assertThat(SmallFloat.FP16.halfUlp(0x3C00)).isEqualTo(0x1p-11);
        assertThat(SmallFloat.FP16.halfUlp(0)).isEqualTo(0x1p-25);
        assertThat(SmallFloat.E4M3.halfUlp(0x38)).isEqualTo(0x1p-4);
        assertThat(SmallFloat.E5M2.halfUlp(0x3C)).isEqualTo(0x1p-3);
    }
}
