package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Limit;
import dev.assay.measurement.Unit;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void aMissedLimitNeverReadsAsMet() {
        assertThat(Words.number(94.98, Unit.PERCENT, List.of(95.0))).isEqualTo("94.98");
        assertThat(Words.number(94.99996, Unit.PERCENT, List.of(95.0))).isEqualTo("94.99996");
        assertThat(Words.number(95.0, Unit.PERCENT, List.of(95.0))).isEqualTo("95.0");
        assertThat(Words.number(0.4, Unit.WATT, List.of(0.0))).isEqualTo("0.4");
    }

    @Test
    void numbersHaveTheDecimalsOfTheirUnit() {
        assertThat(Words.number(612.36, Unit.TFLOPS)).isEqualTo("612.4");
        assertThat(Words.number(1326.4, Unit.MEGAHERTZ)).isEqualTo("1326");
        assertThat(Words.number(0.8931, Unit.RATIO)).isEqualTo("0.893");
        assertThat(Words.number(3, Unit.COUNT)).isEqualTo("3");
        assertThat(Words.number(-1234567, Unit.BYTES)).isEqualTo("−1\u00a0234\u00a0567");
    }

    @Test
    void whatIsNoNumberSaysSo() {
        assertThat(Words.number(Double.NaN, Unit.PERCENT)).isEqualTo("not a number");
        assertThat(Words.exact(Double.POSITIVE_INFINITY)).isEqualTo("not a number");
    }

    @Test
    void limitsReadAsWritten() {
        assertThat(Words.limit(new Limit.AtLeast(90), Unit.PERCENT)).isEqualTo("≥\u00a090\u00a0%");
        assertThat(Words.limit(new Limit.AtMost(0), Unit.COUNT)).isEqualTo("≤\u00a00");
        assertThat(Words.limit(new Limit.Within(0.84, 0.96), Unit.RATIO)).isEqualTo("0.84 … 0.96");
        assertThat(Words.limit(new Limit.AtMostOfMedian(1.5), Unit.MICROSECOND)).isEqualTo("≤\u00a01.5\u00a0× median");
        assertThat(Words.limit(new Limit.OfMedian(0.97), Unit.TFLOPS)).isEqualTo("≥\u00a097\u00a0% of median");
        assertThat(Words.limit(new Limit.Uniform(), Unit.COUNT)).isEqualTo("all equal");
        assertThat(Words.exact(143771)).isEqualTo("143\u00a0771");
    }
}
