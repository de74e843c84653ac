package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Metric;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryCapacityTest {
    @Test
    void everyGpuIsJudgedAndTheWholeFleetIsShown() {
        Fleet fleet = Fleet.cuda(2, 4);
        Criterion criterion = Fleet.criterion(
                "memory-capacity", "burn", Metric.MEMORY_CAPACITY, Statistic.MINIMUM, new Limit.AtLeast(100_000));

        Verdict verdict =
                Judge.judge(List.of(fleet.question(criterion)), fleet.burn()).get(0);

        assertThat(verdict.state()).isEqualTo(State.PASS);
        double each = verdict.value().getAsDouble();
        assertThat(verdict.details())
                .anyMatch(line -> line.startsWith("in all: " + Math.round(8 * each) + " MiB on 8 of 8"));
    }
}
