package dev.assay.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.workload.Gemm;
import dev.assay.workload.Precision;
import org.junit.jupiter.api.Test;

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
