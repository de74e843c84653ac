package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.Nics;
import dev.assay.criteria.CriteriaFile;
import dev.assay.criteria.Limit;
import dev.assay.workload.Collective;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveScope;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.Reduction;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CollectivePlanTest {
    @Test
    void oneGpuAloneHasNoCollectives() {
        Plan plan = plan(PlannerTest.h200(1, 1, new Nics(1, 400), false));

        assertThat(plan.experiments()).extracting(Experiment::id).doesNotContain("collective");
        assertThat(rows(plan)).isEmpty();
    }

    @Test
    void aNodeOfTwoIsJudgedByTheFigureOfTwo() {
        Plan plan = plan(PlannerTest.h200(1, 2, new Nics(1, 400), false));

        assertThat(collective(plan).scopes()).containsExactly(CollectiveScope.NODE);
        assertThat(rows(plan))
                .contains("all-reduce-node-of-2@1", "collective-correct@1")
                .doesNotContain("all-reduce-node-of-8@1", "all-reduce-cluster@1", "all-reduce-node-spread@1");
    }

    @Test
    void twoNodesThatShareAHostAreJudgedByNvlinkNeverByTheNics() {
        Plan plan = plan(PlannerTest.h200(2, 1, new Nics(0, 400), true));

        assertThat(collective(plan).scopes()).containsExactly(CollectiveScope.CLUSTER);
        assertThat(rows(plan))
                .contains("all-reduce-host-of-2@2", "all-reduce-latency-host-graph@2")
                .doesNotContain("all-reduce-cluster@2", "all-reduce-node-of-2@2", "all-reduce-rail@2");
    }

    @Test
    void aClusterIsJudgedByItsNicsAtTheMostNodesOnly() {
        Plan plan = plan(PlannerTest.h200(4, 8, new Nics(8, 400), false));

        assertThat(collective(plan).scopes())
                .containsExactly(CollectiveScope.NODE, CollectiveScope.RAIL, CollectiveScope.CLUSTER);
        assertThat(rows(plan))
                .contains(
                        "all-reduce-node-of-8@4",
                        "all-reduce-cluster@4",
                        "all-reduce-rail@4",
                        "all-reduce-node-spread@4")
                .doesNotContain("all-reduce-node-of-2@4", "all-reduce-host-of-2@4", "all-reduce-cluster@2");
        assertThat(plan.rows())
                .filteredOn(row -> row.key().equals("all-reduce-cluster@4"))
                .extracting(row -> row.criterion().limit())
                .containsExactly(new Limit.AtLeast(0.875 * 400));
    }

    @Test
    void everyCriterionIsOfACaseThatRuns() {
        Plan plan = plan(PlannerTest.h200(4, 8, new Nics(8, 400), false));

        assertThat(plan.rows())
                .filteredOn(row -> row.criterion().conditions().containsKey("operation"))
                .hasSizeGreaterThan(10)
                .allSatisfy(row -> assertThat(collective(plan).cases())
                        .filteredOn(each -> row.criterion().conditions().entrySet().stream()
                                .filter(condition -> each.conditions().containsKey(condition.getKey()))
                                .allMatch(condition -> condition
                                        .getValue()
                                        .equals(each.conditions().get(condition.getKey()))))
                        .hasSize(1));
    }

    @Test
    void theLargestBuffersLeaveMemoryForTheRest() {
        Collective collective = collective(plan(PlannerTest.h200(2, 8, new Nics(8, 400), false)));

        assertThat(collective.mostBytes()).isEqualTo(16L << 30);
    }

    @Test
    void theFamilyTakesMinutesOfAnHourAndAHalf() {
        Cluster slow = PlannerTest.h200(8, 8, new Nics(2, 400), false);

        assertThat(plan(slow).experiment("collective").launches().get(0).measuredSeconds())
                .isBetween(120.0, 900.0);
    }

    @ParameterizedTest
    @EnumSource(CollectiveOperation.class)
    void everyOperationIsMeasuredFromTheSmallestToTheLargestByLaunchesAndByGraphs(CollectiveOperation operation) {
        List<CollectiveCase> cases = collective(plan(PlannerTest.h200(1, 8, new Nics(8, 400), false))).cases().stream()
                .filter(each -> each.operation() == operation)
                .toList();

        long smallest = operation.shares() ? 1024 : 8;
        for (boolean graph : List.of(false, true)) {
            assertThat(cases)
                    .filteredOn(each -> each.graph() == graph && each.usual())
                    .extracting(CollectiveCase::bytes)
                    .contains(smallest, 32L << 10, 256L << 10, 1L << 20, 64L << 20);
        }
        assertThat(cases)
                .filteredOn(each -> !each.graph() && each.usual())
                .extracting(CollectiveCase::bytes)
                .contains(1L << 30, 8L << 30, 16L << 30);
        assertThat(cases)
                .filteredOn(each -> !each.graph() && !each.inPlace() && each.reduction() == Reduction.SUM)
                .extracting(CollectiveCase::type)
                .contains(CollectiveType.values());
        assertThat(cases.stream().anyMatch(CollectiveCase::inPlace)).isEqualTo(operation.inPlace());
        assertThat(cases.stream().anyMatch(each -> each.reduction() == Reduction.MAX))
                .isEqualTo(operation.reduces());
    }

    /** A share of nothing could not be sent. */
    @ParameterizedTest
    @CsvSource({"1, 2", "1, 8", "8, 8", "64, 8"})
    void everyRankHasAShareOfEveryCase(int nodes, int gpus) {
        Cluster cluster = PlannerTest.h200(nodes, gpus, new Nics(8, 400), false);
        Collective collective = CollectiveSizes.of(cluster, GpuModels.get("h200-sxm"), nodes, Suite.FULL)
                .orElseThrow();

        assertThat(collective.cases())
                .allMatch(each -> each.elements(nodes * gpus) > 0)
                .anyMatch(each -> each.bytes() == 8);
    }

    @Test
    void aSmallerGpuHasSmallerBuffers() {
        GpuModel model = GpuModels.get("h200-sxm");
        GpuModel small = new GpuModel(
                model.key(),
                model.name(),
                model.multiprocessors(),
                8_000,
                model.bf16DenseTflops(),
                model.bf16AtMhz(),
                model.bf16FlopPerClockPerSm(),
                model.sustainedBf16Tflops(),
                model.powerLimitWatts(),
                model.nvlinkAllReduceGBps(),
                model.precisions(),
                model.source(),
                model.memoryGBps());
        Collective collective = CollectiveSizes.of(
                        PlannerTest.h200(1, 8, new Nics(8, 400), false), small, 1, Suite.STANDARD)
                .orElseThrow();

        assertThat(collective.mostBytes()).isEqualTo(1L << 30);
    }

    @Test
    void aScreeningHasThreeCases() {
        Collective collective = CollectiveSizes.of(
                        PlannerTest.h200(8, 8, new Nics(8, 400), false), GpuModels.get("h200-sxm"), 8, Suite.QUICK)
                .orElseThrow();

        assertThat(collective.cases()).hasSize(3);
    }

    private static Plan plan(Cluster cluster) {
        return Planner.plan(
                cluster, GpuModels.get("h200-sxm"), CriteriaFile.read("h200-sxm", Optional.empty()), List.of(), 10);
    }

    private static Collective collective(Plan plan) {
        return (Collective) plan.experiment("collective").workload();
    }

    private static List<String> rows(Plan plan) {
        return plan.rows().stream()
                .filter(row -> row.experiment().equals("collective"))
                .map(Row::key)
                .toList();
    }
}
