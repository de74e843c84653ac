package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Header;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Plan;
import dev.assay.plan.Planner;
import dev.assay.plan.Row;
import dev.assay.summary.Chart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartChartsTest {
    private static final Cluster CLUSTER = ClusterFile.read("spectrumx-h200");
    private static final Plan PLAN = Planner.plan(
            CLUSTER, GpuModels.get("h200-sxm"), CriteriaFile.read("h200-sxm", Optional.empty()), List.of(1, 3), 60);

    @Test
    void linksAreAMatrixOfTheConditionsThatTheRowNames() {
        List<Chart> charts = PartCharts.chart(row("peer-ce-write"), List.of(launch(4)), "x");

        assertThat(charts).hasSize(1);
        assertThat(charts.get(0).title()).startsWith("Peer copy bandwidth, one way ≥ 375 GB/s");
        assertThat(charts.get(0).svg())
                .as("the median of each link's samples, and of no other condition")
                .contains(">390<", ">392<", "misses ≥ 375")
                .doesNotContain(">99<", ">780<");
    }

    @Test
    void pairsOfNodesAreAMatrixOfAllTheirGpusTogetherOrOfTheWorst() {
        List<LaunchResult> launches = List.of(pairs());

        String together =
                PartCharts.chart(row("pair-bandwidth"), launches, "x").get(0).svg();
        String worst = PartCharts.chart(row("pair-bandwidth-fleet"), launches, "x")
                .get(0)
                .svg();

        assertThat(together).contains("node001", "node003", ">100<", ">88.0<", "misses ≥ ");
        assertThat(worst).contains(">11.0<", ">2.00<").doesNotContain("misses");
    }

    /** Three nodes of eight GPUs at 11 to 14 GB/s, of two of them one pair of GPUs slow. */
    private static LaunchResult pairs() {
        List<String> nodes = List.of("node001", "node002", "node003");
        List<RankResult> ranks =
                IntStream.range(0, 24).mapToObj(rank -> pairRank(rank, nodes)).toList();
        return new LaunchResult("load-3", LaunchRole.LOAD, 0, nodes, 8, ranks, List.of(), Optional.empty());
    }

    private static RankResult pairRank(int rank, List<String> nodes) {
        int local = rank % 8;
        String self = nodes.get(rank / 8);
        RankResult one = rank(rank, 0);
        Header header = new Header(
                Header.SCHEMA,
                "run-1",
                "plan-1",
                "node-pair",
                "load-3",
                rank,
                24,
                self,
                local,
                "host",
                "boot",
                1,
                List.of());
        List<Measurement> measurements = nodes.stream()
                .filter(other -> !other.equals(self))
                .map(other -> Measurement.of(
                        Metric.PAIR_BANDWIDTH,
                        List.of(
                                local == 3 && !self.equals("node002") && !other.equals("node002")
                                        ? 2.0
                                        : 11.0 + local % 4),
                        Map.of("to", other, "round", "0")))
                .toList();
        return new RankResult(header, one.device(), measurements, List.of(), List.of(), Optional.empty());
    }

    @Test
    void oneValueAGpuIsADotEach() {
        List<Chart> charts = PartCharts.chart(row("host-h2d"), List.of(launch(4)), "x");

        assertThat(charts).hasSize(1);
        assertThat(charts.get(0).svg()).contains("unit, in the order of nodes and local ranks");
    }

    @Test
    void whatNobodyRecordedHasNoPicture() {
        assertThat(PartCharts.chart(row("peer-correct"), List.of(launch(4)), "x"))
                .isEmpty();
        assertThat(PartCharts.chart(row("peer-ce-write"), List.of(), "x")).isEmpty();
    }

    private static Row row(String criterion) {
        return PLAN.rows().stream()
                .filter(row -> row.criterion().id().equals(criterion))
                .findFirst()
                .orElseThrow();
    }

    private static LaunchResult launch(int gpus) {
        List<RankResult> ranks =
                IntStream.range(0, gpus).mapToObj(rank -> rank(rank, gpus)).toList();
        return new LaunchResult(
                "load-1", LaunchRole.LOAD, 0, List.of("node001"), gpus, ranks, List.of(), Optional.empty());
    }

    private static RankResult rank(int rank, int gpus) {
        List<Measurement> measurements = new ArrayList<>();
        measurements.add(Measurement.of(
                Metric.HOST_BANDWIDTH,
                List.of(55.0 + rank),
                Map.of("direction", "h2d", "load", "alone", "place", "near")));
        for (int other = 0; other < gpus; other++) {
            if (other != rank) {
                measurements.add(link(other, "one", List.of(99.0, 390.0 + rank, 391.0 + other)));
                measurements.add(link(other, "both", List.of(780.0)));
            }
        }
        Header header = new Header(
                Header.SCHEMA,
                "run-1",
                "plan-1",
                "peer",
                "load-1",
                rank,
                gpus,
                "node001",
                rank,
                "host",
                "boot",
                1,
                IntStream.range(0, gpus).boxed().toList());
        DeviceIdentity device = new DeviceIdentity(
                "cuda", "NVIDIA H200", "GPU-" + rank, "s", "d", 1, 132, "9.0", 1980, List.of(), Map.of());
        return new RankResult(header, device, measurements, List.of(), List.of(), Optional.empty());
    }

    private static Measurement link(int to, String direction, List<Double> samples) {
        return Measurement.of(
                Metric.PEER_BANDWIDTH,
                samples,
                Map.of("to", "GPU " + to, "method", "ce", "access", "write", "direction", direction));
    }
}
