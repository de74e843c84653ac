package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Metric;
import org.junit.jupiter.api.Test;

/** A GPU that still got hotter has no lasting rate, and has not failed. */
class TemperatureRiseTest {
    private static final Criterion PLATEAU =
            Fleet.criterion("plateau", "burn", Metric.TEMPERATURE_RISE, Statistic.MAXIMUM, new Limit.AtMost(1));

    @Test
    void belowAKelvinAMinuteItIsAPlateau() {
        assertThat(Fleet.cuda(1, 2)
                        .reading(Metric.TEMPERATURE_RISE, 0.4)
                        .burn(PLATEAU)
                        .state())
                .isEqualTo(State.PASS);
        assertThat(Fleet.cuda(1, 2)
                        .reading(Metric.TEMPERATURE_RISE, -2)
                        .burn(PLATEAU)
                        .state())
                .isEqualTo(State.PASS);
    }

    @Test
    void aboveItNothingCanBeTold() {
        Verdict verdict = Fleet.cuda(1, 2)
                .reading(Metric.TEMPERATURE_RISE, 0.4)
                .reading(1, Metric.TEMPERATURE_RISE, 2.5)
                .burn(PLATEAU);

        assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence()).contains("still getting hotter");
        assertThat(Fleet.cuda(1, 2).burn(PLATEAU).state()).isEqualTo(State.INCONCLUSIVE);
    }
}
