package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Unit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void statisticsOfSamples() {
        List<Double> samples = List.of(4.0, 1.0, 2.0);

        assertThat(Samples.of(Statistic.MEAN, samples)).isCloseTo(7.0 / 3, within(1e-15));
        assertThat(Samples.of(Statistic.HARMONIC_MEAN, samples)).isEqualTo(3 / 1.75);
        assertThat(Samples.of(Statistic.MEDIAN, samples)).isEqualTo(2);
        assertThat(Samples.of(Statistic.MINIMUM, samples)).isEqualTo(1);
        assertThat(Samples.of(Statistic.MAXIMUM, samples)).isEqualTo(4);
        assertThat(Samples.median(List.of(1.0, 2.0, 3.0, 10.0))).isEqualTo(2.5);
    }

    @Test
    void aPercentileIsASampleWithOneBeyondIt() {
        assertThat(Samples.of(Statistic.P95, countdown(20))).isEqualTo(19);
        assertThat(Samples.of(Statistic.P95, countdown(21))).isEqualTo(20);
        assertThat(Samples.of(Statistic.P95, countdown(200))).isEqualTo(190);
        assertThat(Samples.of(Statistic.P99, countdown(100))).isEqualTo(99);
        assertThat(Samples.of(Statistic.P99, countdown(101))).isEqualTo(100);
        assertThat(Samples.of(Statistic.P99, countdown(200))).isEqualTo(198);
    }

    @Test
    void ofTooFewSamplesThereIsNoPercentile() {
        assertThat(Samples.of(Statistic.P95, countdown(19))).isNaN();
        assertThat(Samples.of(Statistic.P99, countdown(99))).isNaN();
        assertThat(Samples.fewest(95)).isEqualTo(20);
        assertThat(Samples.fewest(99)).isEqualTo(100);
    }

    @Test
    void aGpuWithTooFewSamplesHasNoPercentileAndSaysSo() {
        Criterion criterion =
                Fleet.criterion("tail", "burn", Metric.COLLECTIVE_ITERATION, Statistic.P99, new Limit.AtMost(1000));
        double[] hundred = countdown(100).stream().mapToDouble(each -> each).toArray();
        Fleet fleet = Fleet.cuda(1, 2).reading(Metric.COLLECTIVE_ITERATION, hundred);

        assertThat(fleet.burn(criterion).value()).hasValue(99);
        assertThat(fleet.reading(1, Metric.COLLECTIVE_ITERATION, 1, 2, 3).burn(criterion))
                .satisfies(verdict -> assertThat(verdict.state()).isEqualTo(State.INVALID))
                .satisfies(verdict ->
                        assertThat(verdict.sentence()).contains("a 99th percentile needs 100 samples, found 3"));
    }

    private static List<Double> countdown(int from) {
        return IntStream.range(0, from).mapToObj(i -> (double) (from - i)).toList();
    }

    @Test
    void nothingHasNoStatistic() {
        for (Statistic statistic : Statistic.values()) {
            assertThat(Samples.of(statistic, List.of())).as(statistic.name()).isNaN();
        }
    }

    @Test
    void pieceThatNeverEndedMakesTheRateZeroAndANegativeOneIsNone() {
        assertThat(Samples.harmonicMean(List.of(600.0, 0.0))).isZero();
        assertThat(Samples.harmonicMean(List.of(600.0, -600.0))).isNaN();
    }

    @Test
    void findsTheOutlierByMedianAbsoluteDeviation() {
        List<UnitValue> outliers = Outliers.of(LimitsTest.units(659, 660, 658, 661, 657, 620, 659, 660));

        assertThat(outliers).containsExactly(new UnitValue("unit 5", 620));
    }

    @Test
    void findsTheOutlierAmongEqualUnits() {
        assertThat(Outliers.of(LimitsTest.units(5, 5, 5, 5, 5, 5, 5, 4))).containsExactly(new UnitValue("unit 7", 4));
        assertThat(Outliers.of(LimitsTest.units(5, 5, 5))).isEmpty();
        assertThat(Outliers.of(LimitsTest.units(5, 500))).isEmpty();
    }

    @Test
    void showsAMissedLimitAsMissed() {
        assertThat(Numbers.of(96.14, Unit.PERCENT)).isEqualTo("96.1 %");
        assertThat(Numbers.beside(89.99, 90, Unit.PERCENT)).isEqualTo("89.99 %");
        assertThat(Numbers.beside(90, 90, Unit.PERCENT)).isEqualTo("90.0 %");
        assertThat(Numbers.limit(0.84, Unit.RATIO)).isEqualTo("0.84");
        assertThat(Numbers.limit(7e9, Unit.BYTES)).isEqualTo("7000000000 B");
        assertThat(Numbers.signed(6.1, Unit.PERCENT)).isEqualTo("+6.1");
        assertThat(Numbers.signed(-0.001, Unit.PERCENT)).isEqualTo("−0.001");
        assertThat(Numbers.signed(0, Unit.COUNT)).isEqualTo("+0");
    }
}
