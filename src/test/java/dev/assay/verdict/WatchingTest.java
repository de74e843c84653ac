package dev.assay.verdict;

import static dev.assay.verdict.Fleet.criterion;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of launches of 12 s, watched from the first to the last. */
class WatchingTest {
    private static final Criterion THROTTLE =
            criterion("throttle", "burn", Metric.THROTTLE_THERMAL, Statistic.MAXIMUM, new Limit.AtMost(0));

    /** Five ticks a second but for the time that the watch was held up. */
    @ParameterizedTest
    @CsvSource({
        "launch, 0, 0, PASS",
        "launch, 4, 4, PASS",
        "launch, 4, 3.5, PASS",
        "launch, 4, 3.3, PASS",
        "launch, 4, 2.4, INVALID",
        "launch, 4, 0, INVALID",
        "launch, 0.7, 0, PASS",
        "launch, 8, 8, INVALID",
        "launch, 12, 12, INVALID",
        "work, 4, 4, INVALID",
        "work, 0.5, 0.5, PASS"
    })
    void aStartThatHoldsTheWatchUpIsNoUnseenWork(String window, double heldUp, double idle, State state) {
        Verdict verdict = watched(window, heldUp, Double.toString(idle)).burn(THROTTLE);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
        if (heldUp > 0) {
            String hole = "nobody looked for " + heldUp + " s from second 0.400";
            assertThat(state == State.PASS ? String.join("\n", verdict.details()) : verdict.sentence())
                    .contains(hole);
        }
    }

    @Test
    void whatIsNoNumberExcusesNothing() {
        assertThat(watched("launch", 4, "much").burn(THROTTLE).state()).isEqualTo(State.INVALID);
        assertThat(watched("launch", 4, "-1").burn(THROTTLE).state()).isEqualTo(State.INVALID);
        assertThat(watched("launch", 4, "99").burn(THROTTLE).state()).isEqualTo(State.INVALID);
    }

    /** A window that covers itself need not cover the work that was declared. */
    @Test
    void theLeastCoverageThatIsToldCounts() {
        Fleet half = Fleet.cuda(2, 2).rank(1, rank -> with(rank, Measurement.of(Metric.TELEMETRY_COVERAGE, 50)));

        Verdict verdict = half.burn(THROTTLE);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("must cover 95 % of the duration", "found 50.0 %");
    }

    private static Fleet watched(String window, double heldUp, String idle) {
        Map<String, String> conditions = new TreeMap<>(Map.of("window", window));
        if (heldUp > 0) {
            conditions.putAll(Map.of(
                    "seconds",
                    "12.000",
                    "heldUp",
                    Double.toString(heldUp),
                    "idle",
                    idle,
                    "longest",
                    heldUp + " s from second 0.400, SM-active unknown"));
        }
        double rate = 5 * (12 - heldUp) / 12;
        return Fleet.cuda(2, 2)
                .ranks(rank -> Fleet.replace(rank, Measurement.of(Metric.TELEMETRY_RATE, List.of(rate), conditions)));
    }

    private static RankResult with(RankResult rank, Measurement more) {
        List<Measurement> all = new ArrayList<>(rank.measurements());
        all.add(more);
        return Fleet.withMeasurements(rank, all);
    }
}
