package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
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
        return Launches.of(
                nodes,
                8,
                IntStream.range(0, 24)
                        .mapToObj(rank -> paired(nodes.get(rank / 8), rank % 8, nodes))
                        .toList());
    }

    private static List<Measurement> paired(String self, int local, List<String> nodes) {
        return nodes.stream()
                .filter(other -> !other.equals(self))
                .map(other -> Measurement.of(
                        Metric.PAIR_BANDWIDTH,
                        List.of(
                                local == 3 && !self.equals("node002") && !other.equals("node002")
                                        ? 2.0
                                        : 11.0 + local % 4),
                        Map.of("to", other, "round", "0")))
                .toList();
    }

    @Test
    void oneValueAGpuIsADotEach() {
        List<Chart> charts = PartCharts.chart(row("host-h2d"), List.of(launch(4)), "x");

        assertThat(charts).hasSize(1);
        assertThat(charts.get(0).svg()).contains("unit, in the order of nodes and local ranks");
    }

    @Test
    void whatIsTheSameEverywhereNeedsNoPicture() {
        assertThat(PartCharts.chart(row("host-d2h"), List.of(launch(4)), "x")).isEmpty();
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
        return Launches.of(
                IntStream.range(0, gpus).mapToObj(rank -> gpu(rank, gpus)).toList());
    }

    private static List<Measurement> gpu(int rank, int gpus) {
        List<Measurement> measurements = new ArrayList<>();
        measurements.add(Measurement.of(
                Metric.HOST_BANDWIDTH,
                List.of(55.0 + rank),
                Map.of("direction", "h2d", "load", "alone", "place", "near")));
        measurements.add(Measurement.of(
                Metric.HOST_BANDWIDTH, List.of(55.0), Map.of("direction", "d2h", "load", "alone", "place", "near")));
        for (int other = 0; other < gpus; other++) {
            if (other != rank) {
                measurements.add(link(other, "one", List.of(99.0, 390.0 + rank, 391.0 + other)));
                measurements.add(link(other, "both", List.of(780.0)));
            }
        }
        return measurements;
    }

    private static Measurement link(int to, String direction, List<Double> samples) {
        return Measurement.of(
                Metric.PEER_BANDWIDTH,
                samples,
                Map.of("to", "GPU " + to, "method", "ce", "access", "write", "direction", direction));
    }
}
