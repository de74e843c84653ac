package dev.assay.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.workload.Gemm;
import dev.assay.workload.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreivaldsBoundTest {
    @Test
    void theBoundIsEightStandardDeviationsOfRounding() {
        assertThat(FreivaldsBound.ofRow(3, 0, 1)).isCloseTo(8, within(1e-12));
        assertThat(FreivaldsBound.ofRow(3, 4, 0.5)).isCloseTo(8 * Math.sqrt(2), within(1e-12));
        assertThat(FreivaldsBound.ofElement(0.25, 16, 0.5)).isEqualTo(2.25);
    }

    @Test
    void everyPrecisionAccumulatesItsOwnError() {
        assertThat(accumulation(Precision.BF16)).isEqualTo(8224 * 0x1p-23);
        assertThat(accumulation(Precision.FP16)).isEqualTo(accumulation(Precision.BF16));
        assertThat(accumulation(Precision.TF32)).isEqualTo(accumulation(Precision.BF16));
        assertThat(accumulation(Precision.FP32)).isEqualTo(8224 * 0x1p-24);
        assertThat(accumulation(Precision.FP8_E4M3)).isEqualTo(288 * 0x1p-13);
        assertThat(accumulation(Precision.FP64)).isLessThan(1e-11).isPositive();
        assertThat(accumulation(Precision.INT8)).isZero();
        assertThat(FreivaldsBound.elementAccumulation(cube(Precision.FP8_E5M2)))
                .isEqualTo(4 * accumulation(Precision.FP8_E5M2));
        assertThat(FreivaldsBound.elementAccumulation(cube(Precision.FP64))).isEqualTo(accumulation(Precision.FP64));
    }

    /** Fast FP8 accumulation as Hopper's is described: 32 products and the sum aligned to the largest, cut towards zero. */
    @ParameterizedTest
    @CsvSource({"64, 14", "64, 13", "4096, 14", "4096, 13", "16384, 14", "16384, 13"})
    void sumsCutToFewBitsStayWithinTheBoundOfFp8(int k, int bits) {
        Gemm gemm = new Gemm(16, 16, k, Precision.FP8_E4M3);
        int elements = 100;
        double squares = 0;
        for (int element = 0; element < elements; element++) {
            double units = errorOfCutSum(k, bits, element);

            assertThat(Math.abs(units)).isLessThan(FreivaldsBound.elementAccumulation(gemm));
            squares += units * units;
        }
        assertThat(Math.sqrt(squares / elements)).isLessThan(FreivaldsBound.accumulation(gemm) / 2);
    }

    /** In units of √Σ(ab)². */
    private static double errorOfCutSum(int k, int bits, long seed) {
        double exact = 0;
        double squares = 0;
        double sum = 0;
        double[] terms = new double[33];
        for (int p = 0; p < k; p++) {
            double product = e4m3(seed, p) * e4m3(~seed, p);
            terms[p % 32] = product;
            exact += product;
            squares += product * product;
            if (p % 32 == 31) {
                terms[32] = sum;
                sum = cutSum(terms, bits);
            }
        }
        return (sum - exact) / Math.sqrt(squares);
    }

    private static double cutSum(double[] terms, int bits) {
        int exponent = Double.MIN_EXPONENT;
        for (double term : terms) {
            exponent = Math.max(exponent, Math.getExponent(term));
        }
        double sum = 0;
        for (double term : terms) {
            long cut = (long) Math.scalb(term, bits - 1 - exponent);
            sum += Math.scalb((double) cut, exponent - bits + 1);
        }
        return sum;
    }

    private static double e4m3(long seed, int index) {
        return SmallFloat.E4M3.toFloat(SmallFloat.E4M3.of(Counter.normal(seed, index)));
    }

    @Test
    void whatIsNotANumberIsHugeAndFinite() {
        assertThat(FreivaldsBound.units(Double.NaN, 1)).isEqualTo(Double.MAX_VALUE);
        assertThat(FreivaldsBound.units(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY))
                .isEqualTo(Double.MAX_VALUE);
        assertThat(FreivaldsBound.units(1, Double.NaN)).isEqualTo(Double.MAX_VALUE);
        assertThat(FreivaldsBound.units(1, 0)).isEqualTo(Double.MAX_VALUE);
        assertThat(FreivaldsBound.units(1e300, Double.POSITIVE_INFINITY)).isEqualTo(Double.MAX_VALUE);
        assertThat(FreivaldsBound.units(0, 0)).isZero();
        assertThat(FreivaldsBound.units(-1, 2)).isEqualTo(0.5);
    }

    private static double accumulation(Precision precision) {
        return FreivaldsBound.accumulation(cube(precision));
    }

    private static Gemm cube(Precision precision) {
        return new Gemm(8192, 8192, 8192, precision);
    }
}
