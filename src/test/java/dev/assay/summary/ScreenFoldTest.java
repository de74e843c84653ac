package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Metric;
import dev.assay.verdict.Coverage;
import dev.assay.verdict.Fleet;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScreenFoldTest {
    @Test
    void fewCriteriaAreAllShown() {
        List<Verdict> few = many("hbm", ScreenFold.MOST);

        assertThat(ScreenFold.of(few)).extracting(ScreenFold.Line::verdict).isEqualTo(few);
    }

    @Test
    void ofManyThatPassedTheTightestStandsForAll() {
        List<Verdict> all = new ArrayList<>(many("hbm", ScreenFold.MOST));
        all.add(verdict("hbm", "tight", State.PASS, new Limit.AtLeast(99)));
        all.add(verdict("hbm", "zero", State.PASS, new Limit.AtMost(0)));
        all.add(verdict("burn", "load", State.PASS, new Limit.AtLeast(1)));

        assertThat(ScreenFold.of(all))
                .extracting(ScreenFold.Line::title)
                .containsExactly("hbm, " + (ScreenFold.MOST + 2) + " passed, tightest: tight", "load");
    }

    @Test
    void whateverIsNotGreenIsShown() {
        List<Verdict> all = new ArrayList<>(many("hbm", ScreenFold.MOST));
        for (State state : State.values()) {
            all.add(verdict("hbm", state.name(), state, new Limit.AtLeast(1)));
        }

        assertThat(ScreenFold.of(all))
                .extracting(line -> line.verdict().state())
                .containsExactly(State.PASS, State.FAIL, State.INCONCLUSIVE, State.INVALID, State.NOT_RUN);
    }

    @Test
    void ofAHeadlineTheHealthThatPassedIsOneLine() {
        List<Verdict> all = new ArrayList<>(many("hbm", ScreenFold.MOST));
        all.add(verdict("burn", "load", State.PASS, new Limit.AtLeast(1)));
        all.add(health("Xid", State.PASS));
        all.add(health("ECC", State.PASS));
        all.add(health("rows", State.FAIL));

        assertThat(ScreenFold.of(all))
                .extracting(ScreenFold.Line::title)
                .contains("load", "burn, health, 2 passed, such as: Xid", "rows")
                .doesNotContain("Xid", "ECC");
    }

    private static Verdict health(String title, State state) {
        return verdict("burn", title, state, new Limit.AtMost(0), Metric.XID);
    }

    private static List<Verdict> many(String workload, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> verdict(workload, "easy " + i, State.PASS, new Limit.AtLeast(1)))
                .toList();
    }

    private static Verdict verdict(String workload, String title, State state, Limit limit) {
        return verdict(workload, title, state, limit, Metric.HBM_BANDWIDTH);
    }

    private static Verdict verdict(String workload, String title, State state, Limit limit, Metric metric) {
        Criterion criterion =
                Fleet.with(Fleet.criterion("id", workload, metric, Statistic.MEDIAN, limit), c -> c.title = title);
        double floor = limit instanceof Limit.AtLeast atLeast ? atLeast.floor() : 0;
        return new Verdict(
                "id@1",
                criterion,
                1,
                1,
                title,
                state,
                "",
                OptionalDouble.of(100),
                OptionalDouble.empty(),
                Optional.empty(),
                OptionalDouble.of(100 - floor),
                Optional.empty(),
                new Coverage(1, 1, "GPUs"),
                List.of());
    }
}
