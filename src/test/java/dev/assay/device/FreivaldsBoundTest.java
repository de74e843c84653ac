package dev.assay.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FreivaldsBoundTest {
    @Test
    void theBoundIsEightStandardDeviationsOfRounding() {
        double bound = FreivaldsBound.ofRow(3 * 65536.0, 0);

        assertThat(bound).isCloseTo(8, within(1e-12));
        assertThat(FreivaldsBound.ofRow(3 * 65536.0, 65536)).isCloseTo(8 * Math.sqrt(2), within(1e-9));
    }

    @Test
    void whatIsNotANumberIsHugeAndFinite() {
        assertThat(FreivaldsBound.units(Double.NaN, 1)).isEqualTo(Double.MAX_VALUE);
        assertThat(FreivaldsBound.units(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY))
                .isEqualTo(Double.MAX_VALUE);
        assertThat(FreivaldsBound.units(1, Double.NaN)).isEqualTo(Double.MAX_VALUE);
        assertThat(FreivaldsBound.units(1, 0)).isEqualTo(Double.MAX_VALUE);
        assertThat(FreivaldsBound.units(0, 0)).isZero();
        assertThat(FreivaldsBound.units(-1, 2)).isEqualTo(0.5);
    }
}
