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
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartChartsTest {
    private static final Cluster CLUSTER = ClusterFile.read("spectrumx-h200");
    private static final Plan PLAN = Planner.plan(
            CLUSTER, GpuModels.get("h200-sxm"), CriteriaFile.read("h200-sxm", Optional.empty()), List.of(1, 3), 60);

    private static final Plan PLAN_OF_FOUR = Planner.plan(
            CLUSTER, GpuModels.get("h200-sxm"), CriteriaFile.read("h200-sxm", Optional.empty()), List.of(4), 60);

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

    @Test
    void nodesThatExchangeInTurnsAreAMatrixOfTheWorseEnd() {
        for (String pattern : List.of("bisection", "cross-rail")) {
            List<LaunchResult> launches = List.of(exchanged(pattern));

            Chart nodes =
                    PartCharts.chart(row("fabric-" + pattern), launches, "x").get(0);
            Chart gpus = PartCharts.chart(row("fabric-" + pattern + "-fleet"), launches, "x")
                    .get(0);

            assertThat(csv(nodes).lines().skip(1)).containsExactly("node001,node002,88.0", "node001,node003,96.0");
            assertThat(nodes.svg()).contains("node001", "node003", "of a pair the worst end or way: x");
            assertThat(csv(gpus).lines().skip(1)).containsExactly("node001,node002,4.0", "node001,node003,12.0");
        }
    }

    @Test
    void receiversOfAnIncastAndNodesByNicsAloneAreADotEach() {
        LaunchResult incast = fabric((rank, node) -> node == rank / 8
                ? List.of(Measurement.of(
                        Metric.FABRIC_BANDWIDTH,
                        List.of(11.0 + node),
                        fabricOf("default", "incast", Map.of("round", Integer.toString(node)))))
                : List.of());
        LaunchResult alone = fabric((rank, node) -> node > 0
                ? List.of()
                : List.of(Measurement.of(
                        Metric.FABRIC_BUSBW,
                        List.of(rank < 8 ? 12.0 : 10.0),
                        fabricOf("nic-only", "all-reduce", Map.of("round", "0")))));

        assertThat(csv(PartCharts.chart(row("fabric-incast"), List.of(incast), "x")
                        .get(0)))
                .contains("node001 in round 0,88", "node002 in round 1,96", "node003 in round 2,104");
        assertThat(csv(PartCharts.chart(row("fabric-nic-only"), List.of(alone), "x")
                        .get(0)))
                .contains("node001 in round 0,96", "node002 in round 0,80");
    }

    @Test
    void whatIsLeftOfAVictimIsADotAGpu() {
        LaunchResult victims = fabric((rank, node) -> node == 0 && rank < 8
                ? List.of(victim(12.0, "alone"), victim(rank == 3 ? 6.0 : 12.0, "all-to-all"))
                : List.of());

        Chart chart = PartCharts.chart(row("fabric-victim-all-to-all", PLAN_OF_FOUR), List.of(victims), "x")
                .get(0);

        assertThat(csv(chart)).contains("node001 GPU 3 to node003 in round 0,0.5", "GPU 2 to node003 in round 0,1");
        assertThat(chart.svg()).contains("over that alone: x");
    }

    @Test
    void nicsThatWriteToEachOtherAreAMatrixOfTheWorstWay() {
        LaunchResult writes = fabric((rank, node) -> rank % 4 == 0 && node != rank / 8
                ? List.of(Measurement.of(
                        Metric.RDMA_BANDWIDTH,
                        List.of(rank == 20 && node == 0 ? 31.0 : 48.0 + node),
                        Map.of("to", node(node), "rail", Integer.toString(rank % 8 / 4), "device", "mlx5_0")))
                : List.of());

        assertThat(csv(PartCharts.chart(row("rdma-bandwidth"), List.of(writes), "x")
                                .get(0))
                        .lines()
                        .skip(1))
                .containsExactly("node001,node002,48.0", "node001,node003,31.0", "node002,node003,49.0");
    }

    @Test
    void thePageHasAPictureOfEveryPatternOverTheFabric() {
        List<Row> rows = PLAN_OF_FOUR.rows().stream()
                .filter(row -> row.experiment().equals("fabric"))
                .toList();

        assertThat(PartCharts.drawn(rows, row -> false))
                .extracting(row -> row.criterion().id())
                .contains(
                        "fabric-bisection",
                        "fabric-cross-rail",
                        "fabric-incast",
                        "fabric-victim-all-to-all",
                        "fabric-nic-only")
                .doesNotHaveDuplicates();
    }

    private static String csv(Chart chart) {
        return chart.csv().replace("\"", "");
    }

    private interface Told {
        List<Measurement> of(int rank, int node);
    }

    /** Three nodes of eight GPUs; each tells what it has to of every node. */
    private static LaunchResult fabric(Told told) {
        return Launches.of(
                List.of(node(0), node(1), node(2)),
                8,
                IntStream.range(0, 24)
                        .mapToObj(rank -> IntStream.range(0, 3)
                                .boxed()
                                .flatMap(node -> told.of(rank, node).stream())
                                .toList())
                        .toList());
    }

    private static String node(int number) {
        return "node00" + (number + 1);
    }

    /** The first node exchanges with each other in turn; one GPU of the second receives less. */
    private static LaunchResult exchanged(String pattern) {
        String gpu = pattern.equals("cross-rail") ? " GPU 4" : "";
        return fabric((rank, node) -> node == rank / 8 || (node > 0 && rank / 8 > 0)
                ? List.of()
                : List.of(Measurement.of(
                        Metric.FABRIC_BANDWIDTH,
                        List.of(rank == 11 ? 4.0 : 12.0),
                        fabricOf(
                                pattern.equals("cross-rail") ? "cross-rail" : "default",
                                pattern,
                                Map.of("to", node(node) + gpu, "round", Integer.toString(node + rank / 8))))));
    }

    private static Measurement victim(double value, String load) {
        return Measurement.of(
                Metric.FABRIC_BANDWIDTH,
                List.of(value),
                fabricOf("default", "victim", Map.of("to", "node003", "round", "0", "load", load)));
    }

    private static Map<String, String> fabricOf(String variant, String pattern, Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(more);
        all.putAll(Map.of("variant", variant, "pattern", pattern, "over", "network"));
        return all;
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
        return row(criterion, PLAN);
    }

    private static Row row(String criterion, Plan plan) {
        return plan.rows().stream()
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
