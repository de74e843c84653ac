package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.plan.Plan;
import dev.assay.plan.Row;
import dev.assay.verdict.Coverage;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class NotCertifiedTest {
    private static final Plan PLAN = Plans.h200(4);

    @Test
    void aFamilyThatCouldNotRunIsNamedWithItsReasonBeforeWhatThePlanLeavesOut() {
        List<String> lines = NotCertified.of(PLAN, verdicts("rdma"));

        long rows = PLAN.rows().stream()
                .filter(row -> row.criterion().workload().equals("rdma")
                        && row.criterion().judged())
                .count();
        assertThat(rows).isGreaterThan(1);
        assertThat(lines.get(0))
                .isEqualTo("What rdma measures: " + rows + " of " + rows
                        + " verdicts are NOT_RUN, so nothing is accepted; node001: no perftest");
        assertThat(lines.subList(1, lines.size())).isEqualTo(PLAN.omits());
    }

    @Test
    void whereAllRanOnlyThePlanSpeaks() {
        assertThat(NotCertified.of(PLAN, verdicts("none"))).isEqualTo(PLAN.omits());
    }

    private static List<Verdict> verdicts(String notRun) {
        return PLAN.rows().stream()
                .map(row -> verdict(row, row.criterion().workload().equals(notRun) ? State.NOT_RUN : State.PASS))
                .toList();
    }

    private static Verdict verdict(Row row, State state) {
        return new Verdict(
                row.key(),
                row.criterion(),
                row.nodes(),
                row.gpusPerNode(),
                row.title(),
                state,
                row.criterion().title() + ": node001: no perftest",
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                new Coverage(0, 1, "GPUs"),
                List.of());
    }
}
