package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.workload.Collective;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveScope;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.Reduction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CollectiveRunnerTest {
    @TempDir
    private Path folder;

    @Test
    void everyCaseOfEveryScopeIsTimedAndCheckedOnEveryRank() throws Exception {
        Collective collective = collective(CollectiveScope.values());
        Ranks ranks = Ranks.of(folder, collective, LaunchRole.LOAD, 2, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            for (CollectiveScope scope : CollectiveScope.values()) {
                Map<String, String> conditions = Map.of(
                        "scope", scope.key(), "ranks", scope == CollectiveScope.CLUSTER ? "4" : "2", "over", "host");
                assertThat(result.measurements(Metric.COLLECTIVE_TIME, conditions))
                        .hasSameSizeAs(collective.cases())
                        .allMatch(each -> each.samples().size() == 2);
                assertThat(result.measurements(Metric.COLLECTIVE_ITERATION, conditions))
                        .hasSize((int) collective.cases().stream()
                                .filter(CollectiveCase::usual)
                                .count())
                        .allMatch(each -> each.samples().size() == 20)
                        .noneMatch(each -> each.conditions().containsKey("batch"));
            }
            EnqueuingTest.assertBeside(result, Metric.COLLECTIVE_BUSBW);
            assertThat(result.checks())
                    .hasSize(3 * collective.cases().size())
                    .allMatch(check -> check.wrong() == 0 && check.checked() > 0);
        }
    }

    @Test
    void theNicsOfEveryNodeAreReadAroundAllOfIt() throws Exception {
        Ranks ranks = Ranks.of(folder, collective(CollectiveScope.CLUSTER), LaunchRole.LOAD, 2, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            boolean first = result.header().localRank() == 0;
            assertThat(result.measurement(Metric.NIC_COUNT).isPresent()).isEqualTo(first);
            assertThat(result.measurement(Metric.NIC_BYTES_SENT).isPresent()).isEqualTo(first);
            assertThat(result.measurement(Metric.NIC_BYTES_PREDICTED)).isEmpty();
        }
    }

    @Test
    void everyOperationCanBeReplayedAsAGraph() throws Exception {
        List<CollectiveCase> cases = Arrays.stream(CollectiveOperation.values())
                .map(operation -> what(operation, CollectiveType.FLOAT, Reduction.SUM, false, true))
                .toList();
        Collective collective = new Collective(List.of(CollectiveScope.CLUSTER), cases, 1, 20);
        Ranks ranks = Ranks.of(folder, collective, LaunchRole.LOAD, 2, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        assertThat(ranks.results()).allSatisfy(result -> {
            assertThat(result.checks()).hasSameSizeAs(cases).allMatch(check -> check.wrong() == 0);
            assertThat(result.measurements(Metric.COLLECTIVE_TIME, Map.of("mode", "graph")))
                    .hasSameSizeAs(cases);
        });
    }

    @Test
    void everyRankMakesTheChecksThatThePlanCounts() throws Exception {
        Collective collective = collective(CollectiveScope.values());
        Ranks ranks = Ranks.of(folder, collective, LaunchRole.LOAD, 2, 2);

        ranks.run(Ranks.reference());

        assertThat(Planned.counted(ranks.results())).isEqualTo(Planned.checks(collective, ranks.launch()));
    }

    /** However fast the small one is, a hundred thousand of 8 MiB take minutes. */
    @Test
    void aCaseThatThereIsNoTimeForIsToldByEveryRank() throws Exception {
        CollectiveOperation all = CollectiveOperation.ALL_REDUCE;
        CollectiveCase large =
                new CollectiveCase(all, 8 << 20, CollectiveType.FLOAT, Reduction.SUM, false, false, 1_000_000, 2, 1);
        CollectiveCase small = new CollectiveCase(all, 8, CollectiveType.FLOAT, Reduction.SUM, false, false, 2, 2, 1);
        Collective collective = new Collective(List.of(CollectiveScope.CLUSTER), List.of(small, large), 1, 0);
        Ranks ranks = Ranks.of(folder, collective, LaunchRole.LOAD, 2, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        assertThat(ranks.results())
                .allSatisfy(result -> assertThat(result.measurement(Metric.LEFT_OUT))
                        .hasValueSatisfying(left -> assertThat(left.conditions())
                                .containsEntry("what", large.name() + ", cluster of 2 ranks")
                                .hasEntrySatisfying(
                                        "why", why -> assertThat(why).contains("more expected", "s is the most"))));
        assertThat(Planned.counted(ranks.results())).isEqualTo(Map.of("collective.all-reduce", 2));
        assertThat(Planned.checks(collective, ranks.launch())).isEqualTo(Map.of("collective.all-reduce", 4));
    }

    @Test
    void theBusBandwidthIsThatOfTheSlowestRank() throws Exception {
        Ranks ranks = Ranks.of(folder, collective(CollectiveScope.CLUSTER), LaunchRole.LOAD, 2, 1);
        Map<String, String> conditions = Map.of("operation", "broadcast");

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        double slowest = ranks.results().stream()
                .mapToDouble(result -> only(result, Metric.COLLECTIVE_TIME, conditions))
                .max()
                .orElseThrow();
        assertThat(ranks.results())
                .extracting(result -> only(result, Metric.COLLECTIVE_BUSBW, conditions))
                .containsOnly(960 / slowest / 1e3);
    }

    @Test
    void wrongElementsAreFoundInEveryOperation() throws Exception {
        Ranks ranks = Ranks.of(folder, collective(CollectiveScope.CLUSTER), LaunchRole.LOAD, 3, 1);

        ranks.run(Ranks.faulty(1, FaultyDevice.Fault.WRONG_ELEMENTS));

        assertThat(ranks.result(1).checks()).isNotEmpty().allMatch(check -> check.wrong() > 0);
        assertThat(ranks.result(0).checks()).isNotEmpty().allMatch(check -> check.wrong() == 0);
    }

    @Test
    void aScopeThatTheLaunchLacksIsAnError() throws Exception {
        Ranks ranks = Ranks.of(folder, collective(CollectiveScope.RAIL), LaunchRole.LOAD, 2, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.FAILED);

        assertThat(ranks.result(0).failure().orElseThrow().message()).contains("every rail", "leave the scope out");
    }

    /** The first of two samples. */
    private static double only(RankResult result, Metric metric, Map<String, String> conditions) {
        List<Measurement> found = result.measurements(metric, conditions).stream()
                .filter(each -> "out".equals(each.conditions().get("place")))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0).samples().get(0);
    }

    private static Collective collective(CollectiveScope... scopes) {
        List<CollectiveCase> cases = new ArrayList<>();
        for (CollectiveOperation operation : CollectiveOperation.values()) {
            cases.add(what(operation, CollectiveType.FLOAT, Reduction.SUM, false, false));
            if (operation.inPlace()) {
                cases.add(what(operation, CollectiveType.FLOAT, Reduction.SUM, true, false));
            }
        }
        for (CollectiveType type : List.of(CollectiveType.BFLOAT16, CollectiveType.HALF, CollectiveType.INT32)) {
            cases.add(what(CollectiveOperation.REDUCE_SCATTER, type, Reduction.SUM, false, false));
            cases.add(what(CollectiveOperation.ALL_REDUCE, type, Reduction.MAX, false, true));
        }
        return new Collective(Arrays.asList(scopes), cases, 1, 20);
    }

    /** 960 bytes: four shares and three are multiples of 16 bytes. */
    private static CollectiveCase what(
            CollectiveOperation operation, CollectiveType type, Reduction reduction, boolean inPlace, boolean graph) {
        return new CollectiveCase(operation, 960, type, reduction, inPlace, graph, 2, 2, 1);
    }
}
