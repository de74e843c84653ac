package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Limit;
import dev.assay.measurement.Unit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LimitsTest {
    /** Limit; units just inside, exactly at it, just outside. */
    static List<Arguments> borders() {
        return List.of(
                Arguments.of(new Limit.AtLeast(90), List.of(90.1, 95.0), List.of(90.0, 95.0), List.of(89.999, 95.0)),
                Arguments.of(new Limit.AtMost(5), List.of(4.999, 0.0), List.of(5.0, 0.0), List.of(5.001, 0.0)),
                Arguments.of(
                        new Limit.Equal(700), List.of(700 * (1 + 1e-10)), List.of(700.0), List.of(700.0, 700.00001)),
                Arguments.of(new Limit.Within(0.84, 0.96), List.of(0.841, 0.959), List.of(0.84, 0.96), List.of(0.961)),
                Arguments.of(
                        new Limit.OfMedian(0.97),
                        List.of(100.0, 100.0, 97.1),
                        List.of(100.0, 100.0, 97.0),
                        List.of(100.0, 100.0, 96.999)),
                Arguments.of(
                        new Limit.AtMostOfMedian(1.5),
                        List.of(10.0, 10.0, 14.9),
                        List.of(10.0, 10.0, 15.0),
                        List.of(10.0, 10.0, 15.001)),
                Arguments.of(
                        new Limit.Uniform(), List.of(5.0, 5.0), List.of(5.0), List.of(5.0, 5.0, Math.nextUp(5.0))));
    }

    @ParameterizedTest
    @MethodSource("borders")
    void meetsInsideAndAtTheBorderOnly(Limit limit, List<Double> inside, List<Double> at, List<Double> outside) {
        assertThat(met(limit, inside)).isTrue();
        assertThat(met(limit, at)).isTrue();
        assertThat(met(limit, outside)).isFalse();
    }

    @Test
    void everyKindOfLimitHasItsBorderTest() {
        Set<Class<?>> tested =
                borders().stream().map(each -> each.get()[0].getClass()).collect(Collectors.toSet());

        assertThat(tested).containsExactlyInAnyOrderElementsOf(Arrays.asList(Limit.class.getPermittedSubclasses()));
    }

    @Test
    void namesTheWorstUnitAndCountsThoseThatMiss() {
        Limits.Meeting meeting = Limits.meet(new Limit.AtLeast(90), units(91, 80, 85), Unit.PERCENT);

        assertThat(meeting.worst()).isEqualTo(new UnitValue("unit 1", 80));
        assertThat(meeting.margin()).isEqualTo(-10);
        assertThat(meeting.missed()).isEqualTo(2);
    }

    @Test
    void judgesTwoGpusAgainstTheirMean() {
        assertThat(met(new Limit.OfMedian(0.97), List.of(100.0, 94.0))).isFalse();
        assertThat(met(new Limit.OfMedian(0.97), List.of(100.0, 95.0))).isTrue();
    }

    @Test
    void uniformTellsZeroFromMinusZero() {
        assertThat(met(new Limit.Uniform(), List.of(0.0, 0.0, -0.0))).isFalse();
    }

    @Test
    void notANumberMeetsNothing() {
        for (Arguments each : borders()) {
            Limit limit = (Limit) each.get()[0];
            boolean alone = limit instanceof Limit.Uniform;
            assertThat(!alone && met(limit, List.of(Double.NaN)))
                    .as(limit.toString())
                    .isFalse();
        }
    }

    @Test
    void knowsLimitsThatJudgeNothing() {
        assertThat(Limits.sane(new Limit.AtLeast(Double.NEGATIVE_INFINITY))).isFalse();
        assertThat(Limits.sane(new Limit.AtMost(Double.POSITIVE_INFINITY))).isFalse();
        assertThat(Limits.sane(new Limit.Equal(Double.NaN))).isFalse();
        assertThat(Limits.sane(new Limit.Within(2, 1))).isFalse();
        assertThat(Limits.sane(new Limit.OfMedian(0))).isFalse();
        assertThat(Limits.sane(new Limit.AtMostOfMedian(0.9))).isFalse();
        assertThat(Limits.sane(new Limit.AtMostOfMedian(Double.POSITIVE_INFINITY)))
                .isFalse();
        assertThat(Limits.sane(new Limit.AtMostOfMedian(1))).isTrue();
        assertThat(Limits.sane(new Limit.Within(1, 2))).isTrue();
        assertThat(Limits.sane(new Limit.Uniform())).isTrue();
    }

    private static boolean met(Limit limit, List<Double> values) {
        double[] array = values.stream().mapToDouble(Double::doubleValue).toArray();
        return Limits.meet(limit, units(array), Unit.PERCENT).met();
    }

    static List<UnitValue> units(double... values) {
        return IntStream.range(0, values.length)
                .mapToObj(index -> new UnitValue("unit " + index, values[index]))
                .toList();
    }
}
