package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.RankBinding;
import dev.assay.criteria.CriteriaFile;
import dev.assay.measurement.LaunchRole;
import dev.assay.plan.PairRetest.Round;
import dev.assay.plan.PairRounds.Pair;
import dev.assay.workload.NodePair;
import dev.assay.workload.NodePairRetest;
import dev.assay.workload.NodePairRetest.Meeting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairRetestsTest {
    private static final Round STRAIGHT = new Round(7, List.of(new Pair("node001", "node002")), false);
    private static final Round CROSSED = new Round(8, List.of(new Pair("node001", "node003")), true);

    @TempDir
    private Path folder;

    @Test
    void eachWiringIsAJobOfItsOwn() {
        Plan plan = plan(ClusterFile.read("spectrumx-h200"), 4);
        Experiment first = PairRetests.first(plan).orElseThrow();

        List<Experiment> jobs = PairRetests.judging(plan, first, List.of(STRAIGHT, CROSSED));

        assertThat(jobs).extracting(Experiment::id).containsExactly("node-pair-judging", "node-pair-judging-crossed");
        assertThat(PairRetests.ids(first))
                .containsAll(jobs.stream().map(Experiment::id).toList());
        assertThat(jobs).allSatisfy(job -> {
            assertThat(job.nodes()).isEqualTo(first.nodes());
            assertThat(job.launches()).singleElement().satisfies(launch -> {
                assertThat(launch.role()).isEqualTo(LaunchRole.JUDGING);
                assertThat(launch.measuredSeconds())
                        .isEqualTo(first.launches().get(0).measuredSeconds() / PairRounds.count(4));
            });
        });
        NodePairRetest crossed = (NodePairRetest) jobs.get(1).workload();
        assertThat(crossed.crossed()).isTrue();
        assertThat(crossed.sizes()).isEqualTo(first.workload());
        assertThat(crossed.rounds())
                .containsExactly(new NodePairRetest.Round(8, List.of(new Meeting("node001", "node003"))));
    }

    @Test
    void thePlanTellsWhatItMayTake() {
        Plan four = plan(ClusterFile.read("spectrumx-h200"), 4);
        Plan two = plan(ClusterFile.read("spectrumx-h200"), 2);

        assertThat(PlanText.of(four))
                .contains("node-pair-sifting ", "node-pair-judging ", "only if somebody's pairs look slow");
        assertThat(PairRetests.likely(four))
                .extracting(job -> ((NodePairRetest) job.workload()).rounds().size())
                .containsExactly(PairRetests.SIFTING_ROUNDS);
        assertThat(PairRetests.unlikely(four))
                .extracting(job -> ((NodePairRetest) job.workload()).rounds().size())
                .containsExactly(PairRetests.JUDGING_ROUNDS);
        assertThat(PlanText.inTotal(four))
                .as("what runs on most healthy fleets, and no more")
                .containsAll(four.experiments())
                .containsAll(PairRetests.likely(four))
                .doesNotContainAnyElementsOf(PairRetests.unlikely(four))
                .hasSize(four.experiments().size() + 1);
        assertThat(four.experiments()).noneMatch(experiment -> experiment.workload() instanceof NodePairRetest);
        assertThat(PairRetests.first(two)).as("two nodes").isEmpty();
        assertThat(PlanText.of(two)).doesNotContain("node-pair-sifting");
        assertThat(PlanText.inTotal(two)).isEqualTo(two.experiments());
    }

    @Test
    void gpusUseTheirNeighboursNicsWhereEachIsBoundToOne() throws IOException {
        Cluster unbound = ClusterFile.read("spectrumx-h200");
        Cluster bound = bound(8);
        Plan plan = plan(bound, 3);
        Experiment first = PairRetests.first(plan).orElseThrow();
        List<Experiment> jobs = PairRetests.judging(plan, first, List.of(STRAIGHT, CROSSED));

        assertThat(PairRetests.crosses(unbound)).isFalse();
        assertThat(PairRetests.crosses(bound(4))).as("two GPUs share a NIC").isFalse();
        assertThat(PairRetests.crosses(bound)).isTrue();
        assertThat(PairRetests.bindings(bound, first)).isEqualTo(bound.bindings());
        assertThat(PairRetests.bindings(bound, jobs.get(0))).isEqualTo(bound.bindings());
        assertThat(PairRetests.bindings(bound, jobs.get(1)))
                .extracting(RankBinding::gpu, binding -> binding.nic().orElse(""))
                .startsWith(tuple(0, "=mlx5_1"))
                .endsWith(tuple(7, "=mlx5_0"))
                .hasSize(8);
    }

    @Test
    void absurdRetestsAreRefused() {
        NodePair sizes = new NodePair(16, 1, 1, 1);
        assertThatThrownBy(() -> new NodePairRetest(sizes, List.of(), false)).hasMessageContaining("≥ 1 round");
        NodePairRetest.Round round = new NodePairRetest.Round(1, List.of());
        assertThatThrownBy(() -> new NodePairRetest(sizes, List.of(round, round), false))
                .hasMessageContaining("a number of its own");
        assertThatThrownBy(() -> new NodePairRetest.Round(1, List.of(new Meeting("a", "b"), new Meeting("b", "c"))))
                .hasMessageContaining("one other at a time");
        assertThatThrownBy(() -> new Round(-1, List.of(), false)).hasMessageContaining("≥ 0, got -1");
    }

    private static Plan plan(Cluster cluster, int nodes) {
        return Planner.plan(
                cluster,
                GpuModels.get("h200-sxm"),
                CriteriaFile.read("h200-sxm", Optional.empty()),
                List.of(nodes),
                60);
    }

    /** Eight GPUs a node on so many NICs. */
    private Cluster bound(int nics) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode cluster = (ObjectNode) mapper.readTree(ClusterFile.text("spectrumx-h200"));
        cluster.withObject("/nics").put("count", nics);
        ArrayNode bindings = cluster.putArray("bindings");
        for (int gpu = 0; gpu < 8; gpu++) {
            bindings.addObject().put("gpu", gpu).put("nic", "=mlx5_" + gpu * nics / 8);
        }
        Path file = folder.resolve("bound-" + nics + ".json");
        Files.writeString(file, mapper.writeValueAsString(cluster));
        return ClusterFile.read(file.toString());
    }
}
