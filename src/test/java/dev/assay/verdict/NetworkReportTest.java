package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NCCL's report against a cluster file of two NICs a node. */
class NetworkReportTest {
    private static final Criterion ALL_REDUCE = Fleet.criterion(
            "all-reduce-cluster", "collective", Metric.COLLECTIVE_BUSBW, Statistic.MEDIAN, new Limit.AtLeast(80));
    private static final Criterion PAIRS =
            Fleet.criterion("pair", "node-pair", Metric.PAIR_BANDWIDTH, Statistic.MEDIAN, new Limit.AtLeast(10));
    private static final Criterion TFLOPS = Fleet.criterion(
            "coupled-tflops", "coupled", Metric.STEP_TFLOPS, Statistic.HARMONIC_MEAN, new Limit.AtLeast(560));

    @ParameterizedTest
    @CsvSource({
        "mlx5_0:1/RoCE mlx5_1:1/RoCE, 64 of 64 connections, PASS, ''",
        "mlx5_0:1/RoCE, 64 of 64 connections, INVALID, found 1 (mlx5_0:1/RoCE) where the cluster file has 2 NICs",
        "'', 64 of 64 connections, INVALID, found no NIC",
        "mlx5_bond_0:1/RoCE, 64 of 64 connections, PASS, ''",
        "mlx5_0:1/RoCE mlx5_1:1/RoCE, 0 of 64 connections, INVALID, reports 0 of 64 connections",
        "mlx5_0:1/RoCE mlx5_1:1/RoCE, 63 of 64 connections, INVALID, must carry all",
        "mlx5_0:1/RoCE mlx5_1:1/RoCE, '', INVALID, reports nothing of it"
    })
    void anAllReduceGoesOverAllNicsFromTheGpusOwnMemory(String nics, String gdr, State state, String words) {
        Verdict verdict =
                collective(Fleet.cuda(2, 8).ranks(rank -> said(rank, Metric.COLLECTIVE_BUSBW, nics, gdr, Map.of())));

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
        assertThat(verdict.sentence()).contains(words);
    }

    private static final Criterion CROSS = Fleet.with(
            Fleet.criterion("cross", "fabric", Metric.FABRIC_BANDWIDTH, Statistic.MEDIAN, new Limit.AtLeast(10)),
            c -> c.conditions = Map.of("variant", "cross-rail", "pattern", "cross-rail"));

    @Test
    void ranksThatAreBoundToANicEachFindAllOfThemTogether() {
        Fleet bound = Fleet.cuda(2, 8)
                .ranks(rank -> said(
                        rank,
                        Metric.COLLECTIVE_BUSBW,
                        "mlx5_" + rank.header().localRank() / 4 + ":1/RoCE",
                        "4 of 4 connections",
                        Map.of()));

        assertThat(collective(bound).state()).isEqualTo(State.PASS);
    }

    @Test
    void whatIsSentOneToOneMayBeFarFromANicButNotOnAllGpusOfANode() {
        Fleet near = pairs((local) -> local % 4 == 0 ? "8 of 8 connections" : "0 of 8 connections");
        Fleet nowhere = pairs(local -> "0 of 8 connections");

        assertThat(judge(near, PAIRS).state()).isEqualTo(State.PASS);
        assertThat(judge(nowhere, PAIRS).state()).isEqualTo(State.INVALID);
        assertThat(judge(nowhere, PAIRS).sentence()).contains("the connections of some GPU of its node");
    }

    @Test
    void withANicForEveryGpuEachPairIsDirect() {
        Fleet oneFar = Fleet.cuda(2, 2)
                .ranks(rank -> pair(rank, rank.header().rank() == 1 ? "0 of 8 connections" : "8 of 8 connections"));

        assertThat(judge(oneFar, PAIRS).state()).isEqualTo(State.INVALID);
        assertThat(judge(oneFar, PAIRS).sentence()).contains("GPU 1", "must carry all its connections");
    }

    @Test
    void stepsAreHeldToTheSame() {
        Fleet healthy = Fleet.cuda(2, 8);

        assertThat(healthy.coupled(TFLOPS, 0.98).state()).isEqualTo(State.PASS);
        for (Map<String, String> spoiled : List.of(
                Map.of("nics", "mlx5_0:1/RoCE"),
                Map.of("gdr", "0 of 4 connections"),
                Map.of("transport", "NET/Socket"),
                Map.of("over", "host"))) {
            Fleet fleet =
                    healthy.ranks(rank -> rank.header().launch().startsWith("scaled") ? with(rank, spoiled) : rank);
            assertThat(fleet.coupled(TFLOPS, 0.98).state())
                    .as(spoiled.toString())
                    .isEqualTo(State.INVALID);
        }
    }

    @Test
    void aBaselineThroughHostMemoryIsNoBaseline() {
        Fleet fleet = Fleet.cuda(2, 8)
                .ranks(rank ->
                        rank.header().launch().startsWith("baseline") ? with(rank, Map.of("transport", "SHM")) : rank);

        assertThat(fleet.coupled(TFLOPS, 0.98).sentence()).contains("through host memory");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, PASS, ''",
        "0, 0, INVALID, took NIC 0 at both ends",
        "'0 1', '0 1', INVALID, took NICs 0 1 at the one end and 0 1 at the other",
        "'0 1', '1', INVALID, did not tell of each channel",
        "'0 1 2', '3', PASS, ''",
        "0, bound, INVALID, their numbers do not tell",
        "'', '', INVALID, did not report by which NIC",
        "bound, bound, PASS, ''",
        "bound, reversed, INVALID, took NIC mlx5_0 at both ends"
    })
    void acrossRailsTheEndsHaveOtherNics(String lower, String upper, State state, String words) {
        Verdict verdict = judge(crossing(rank -> crossing(rank, at(rank, lower, upper))), CROSS);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
        assertThat(verdict.sentence()).contains(words);
    }

    /** Each GPU has both NICs equally near: NCCL gives a pair's channels one after the other, from another one on at each GPU. */
    @ParameterizedTest
    @CsvSource({
        "0:0 1:1, 0:1 1:0, PASS, ''",
        "0:0 1:1, 0:0 1:1, INVALID, led 4 of 4 connections by the same NIC at both ends",
        "0:0 1:1, 0:1 1:1, INVALID, led 2 of 4 connections by the same NIC",
        "0:0 1:1, 0:1, INVALID, did not tell of each channel"
    })
    void whereBothEndsTakeBothNicsTheirChannelsTell(String lower, String upper, State state, String words) {
        Fleet fleet = crossing(rank -> crossing(
                rank, "0 1", Map.of("nicSends", at(rank, lower, upper), "nicReceives", at(rank, lower, upper))));

        Verdict verdict = judge(fleet, CROSS);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
        assertThat(verdict.sentence()).contains(words);
    }

    /** What NIC 0 of all nodes sent must have arrived on another; what one rail sends and receives alone stays on it. */
    @ParameterizedTest
    @CsvSource({"50, 50, PASS, ''", "56, 44, INVALID, at most 88.0 %", "98, 2, INVALID, at most 4.0 %"})
    void countersThatBearNoCrossingOutDisproveIt(double first, double second, State state, String words) {
        Fleet fleet = crossing(rank -> counted(
                crossing(rank, at(rank, "0", "1"), Map.of()),
                Map.of("mlx5_0/1", first * 1e9, "mlx5_1/1", second * 1e9)));

        Verdict verdict = judge(fleet, CROSS);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
        assertThat(verdict.sentence()).contains(words);
    }

    private static Fleet crossing(UnaryOperator<RankResult> said) {
        return Fleet.cuda(2, 2).ranks(said).launches(launch -> Fleet.withVariant(launch, LaunchVariant.CROSS_RAIL));
    }

    private static String at(RankResult rank, String lower, String upper) {
        return rank.header().rank() < 2 ? lower : upper;
    }

    private static RankResult counted(RankResult rank, Map<String, Double> bytes) {
        List<Measurement> all = new ArrayList<>(rank.measurements());
        all.add(Measurement.of(Metric.NIC_COUNT, List.of(2.0), Map.of("kind", "rdma")));
        bytes.forEach((nic, each) -> {
            Map<String, String> facts = Map.of("nic", nic, "state", "4: ACTIVE");
            all.add(Measurement.of(Metric.NIC_RATE, List.of(50.0), facts));
            all.add(Measurement.of(Metric.NIC_BYTES_SENT, List.of(each), facts));
            all.add(Measurement.of(Metric.NIC_BYTES_RECEIVED, List.of(each), facts));
        });
        return Fleet.withMeasurements(rank, all);
    }

    private static RankResult crossing(RankResult rank, String used) {
        return crossing(rank, used, Map.of());
    }

    private static RankResult crossing(RankResult rank, String used, Map<String, String> channels) {
        Map<String, String> more =
                new TreeMap<>(Map.of("variant", "cross-rail", "pattern", "cross-rail", "round", "0"));
        more.putAll(channels);
        more.put(
                "to",
                (rank.header().rank() < 2 ? "node002" : "node001") + " GPU "
                        + (1 - rank.header().localRank()));
        boolean bound = used.equals("bound") || used.equals("reversed");
        int local = rank.header().localRank();
        if (!used.isEmpty()) {
            more.put("nicsUsed", bound ? "0" : used);
        }
        return said(
                Fleet.withChecks(rank, new Check("fabric.cross-rail", 1, 0, 0, "all")),
                Metric.FABRIC_BANDWIDTH,
                bound ? "mlx5_" + (used.equals("bound") ? local : 1 - local) : "mlx5_0:1/RoCE mlx5_1:1/RoCE",
                "8 of 8 connections",
                more);
    }

    private interface Direct {
        String of(int local);
    }

    private static Fleet pairs(Direct direct) {
        return Fleet.cuda(2, 8).ranks(rank -> pair(rank, direct.of(rank.header().localRank())));
    }

    private static RankResult pair(RankResult rank, String gdr) {
        boolean first = rank.header().node().equals("node001");
        return said(
                Fleet.withChecks(rank, new Check("node-pair.sum", 1, 0, 0, "all")),
                Metric.PAIR_BANDWIDTH,
                "mlx5_0:1/RoCE mlx5_1:1/RoCE",
                gdr,
                Map.of("to", first ? "node002" : "node001", "round", "0"));
    }

    private static RankResult with(RankResult rank, Map<String, String> spoiled) {
        Measurement bytes = rank.measurement(Metric.STEP_BYTES).orElseThrow();
        Map<String, String> conditions = new TreeMap<>(bytes.conditions());
        conditions.putAll(spoiled);
        return Fleet.replace(rank, Measurement.of(Metric.STEP_BYTES, bytes.samples(), conditions));
    }

    private static RankResult said(RankResult rank, Metric metric, String nics, String gdr, Map<String, String> more) {
        Map<String, String> conditions = new TreeMap<>(Map.of("over", "network", "transport", "NET/IB"));
        conditions.putAll(more);
        if (!nics.isEmpty()) {
            conditions.put("nics", nics);
        }
        if (!gdr.isEmpty()) {
            conditions.put("gdr", gdr);
        }
        return Fleet.replace(rank, Measurement.of(metric, List.of(90.0), conditions));
    }

    private static Verdict collective(Fleet fleet) {
        return judge(
                fleet.ranks(rank -> Fleet.withChecks(rank, new Check("collective.all-reduce", 1, 0, 0, "all"))),
                ALL_REDUCE);
    }

    private static Verdict judge(Fleet fleet, Criterion criterion) {
        return Judge.judge(List.of(fleet.question(criterion)), fleet.burn()).get(0);
    }
}
