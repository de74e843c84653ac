package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Four nodes of eight GPUs and two NICs of 50 GB/s, five launches; every node sends 400 GB in 10 s by rings. */
class NicEvidenceTest {
    private static final double RING = 400e9;
    private static final double TREE = 400e9 * 1.5 / 1.9375;
    private static final double[] EFFICIENCIES = {0.981, 0.983, 0.979, 0.982, 0.980};

    private static final Criterion BYTES =
            Fleet.criterion("nic-bytes", "coupled", Metric.NIC_BYTES_RATIO, Statistic.MEAN, new Limit.Within(0.9, 1.1));
    private static final Criterion SHARE =
            Fleet.criterion("nic-share", "coupled", Metric.NIC_SHARE, Statistic.MEAN, new Limit.AtLeast(0.5));
    private static final Criterion LINK_DOWN = atMostZero("nic-link-down", Metric.NIC_LINK_DOWN);
    private static final Criterion ERRORS = atMostZero("nic-errors", Metric.NIC_ERRORS);
    private static final Criterion RETRANSMITS = atMostZero("nic-retransmits", Metric.NIC_RETRANSMITS);

    private final Fleet healthy = fleet(rank -> true, Node.healthy());

    @Test
    void aHealthyFabricPassesAll() {
        assertThat(judge(healthy, BYTES).state()).isEqualTo(State.PASS);
        assertThat(judge(healthy, BYTES).value()).hasValue(1);
        assertThat(judge(healthy, BYTES).coverage()).isEqualTo(new Coverage(40, 40, "sums of a node's NICs"));
        assertThat(judge(healthy, SHARE).state()).isEqualTo(State.PASS);
        assertThat(judge(healthy, SHARE).coverage()).isEqualTo(new Coverage(40, 40, "NICs"));
        for (Criterion quiet : List.of(LINK_DOWN, ERRORS, RETRANSMITS)) {
            assertThat(judge(healthy, quiet).state()).isEqualTo(State.PASS);
            assertThat(judge(healthy, quiet).coverage()).isEqualTo(new Coverage(80, 80, "NICs"));
        }
    }

    @Test
    void signsOfCongestionStandBesideTheRetransmits() {
        assertThat(judge(healthy, RETRANSMITS).details())
                .anyMatch(line -> line.contains("Pause frames are in ethtool's statistics alone"))
                .anyMatch(line -> line.startsWith("mlx5_0/1 of node001")
                        && line.contains("congestion notifications not told")
                        && line.contains("packets with a congestion mark")
                        && line.contains("packets out of sequence")
                        && line.contains("ticks of waiting"));
        assertThat(judge(healthy, ERRORS).details()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.9, PASS", "0.8999, INVALID", "1.1, PASS", "1.1001, INVALID", "0, INVALID"})
    void theBytesOfOneNodeMustLieWithinTenPercent(double ratio, State state) {
        double each = ratio * RING / 2;

        assertThat(judge(node(3, Node.of(nic("mlx5_0/1", each, RING / 2), nic("mlx5_1/1", each, RING / 2))), BYTES)
                        .state())
                .isEqualTo(state);
        assertThat(judge(node(3, Node.of(nic("mlx5_0/1", RING / 2, each), nic("mlx5_1/1", RING / 2, each))), BYTES)
                        .state())
                .isEqualTo(state);
    }

    @Test
    void moreThanTheWorkSendsIsForeignTrafficOnANamedNode() {
        Fleet foreign = node(2, Node.of(nic("mlx5_0/1", 200e9, 260e9), nic("mlx5_1/1", 200e9, 200e9)));

        Verdict verdict = judge(foreign, BYTES);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence())
                .contains("worst 1.150 on received by node003 in launch scaled-4-r0")
                .contains("foreign traffic: more crossed these NICs than the work sends");
    }

    @Test
    void lessThanTheWorkSendsWentAnotherWay() {
        Verdict verdict =
                judge(fleet(rank -> true, Node.of(nic("mlx5_0/1", 1e6, 1e6), nic("mlx5_1/1", 1e6, 1e6))), BYTES);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("an unused NIC, or not over these NICs");
    }

    @ParameterizedTest
    @CsvSource({"0.5, PASS", "0.49, INVALID", "0, INVALID"})
    void aNicWithLessThanHalfOfTheMeanIsUnused(double share, State state) {
        Fleet uneven = node(
                1,
                Node.of(
                        nic("mlx5_0/1", (2 - share) * 200e9, (2 - share) * 200e9),
                        nic("mlx5_1/1", share * 200e9, share * 200e9)));

        Verdict verdict = judge(uneven, SHARE);

        assertThat(verdict.state()).isEqualTo(state);
        if (state == State.INVALID) {
            assertThat(verdict.sentence()).contains("mlx5_1/1 of node002").contains("an unused NIC");
            assertThat(judge(uneven, BYTES).state()).isEqualTo(State.PASS);
        }
    }

    @Test
    void aNicThatIsDownFailsItsLinkAndLeavesAShareOfNothing() {
        Fleet down = node(
                0, Node.of(nic("mlx5_0/1", RING, RING), nic("mlx5_1/1", 0, 0).state("1: DOWN")));

        assertThat(judge(down, LINK_DOWN).state()).isEqualTo(State.FAIL);
        assertThat(judge(down, LINK_DOWN).sentence()).contains("a promised NIC of node001");
        assertThat(judge(down, SHARE).state()).isEqualTo(State.INVALID);
        assertThat(judge(down, ERRORS).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(judge(down, ERRORS).sentence()).contains("1 of 2 NICs of 50 GB/s are active");
    }

    @Test
    void aNicOfHalfItsRateIsNotTheOnePromised() {
        Fleet slow = node(
                0,
                Node.of(
                        nic("mlx5_0/1", 200e9, 200e9),
                        nic("mlx5_1/1", 200e9, 200e9).rate(25)));

        assertThat(judge(slow, LINK_DOWN).state()).isEqualTo(State.FAIL);
        assertThat(judge(slow, BYTES).state()).isEqualTo(State.INVALID);
    }

    @Test
    void aPromisedNicThatIsNotThereAtAllMayBePartOfABond() {
        Fleet bond = fleet(rank -> true, Node.of(nic("mlx5_bond_0/1", RING, RING)));

        assertThat(judge(bond, LINK_DOWN).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(judge(bond, LINK_DOWN).sentence())
                .contains("the node has 1 RDMA ports in all; NICs in a bond show as one port");
        assertThat(judge(bond, SHARE).state()).isEqualTo(State.INVALID);
    }

    @Test
    void aStorageNicOfTheSameRateMayStandIdleAndOneOfAnotherMayCarryWhatItLikes() {
        Fleet more = fleet(
                rank -> true,
                Node.of(
                        nic("mlx5_0/1", 200e9, 200e9),
                        nic("mlx5_1/1", 200e9, 200e9),
                        nic("mlx5_2/1", 0, 0),
                        nic("mlx5_3/1", 9e9, 9e9).rate(12.5)));

        assertThat(judge(more, SHARE).state()).isEqualTo(State.PASS);
        assertThat(judge(more, BYTES).state()).isEqualTo(State.PASS);
    }

    @Test
    void oneEventOnOneNicFailsWithItsName() {
        Fleet errors = node(
                3,
                Node.of(
                        nic("mlx5_0/1", 200e9, 200e9),
                        nic("mlx5_1/1", 200e9, 200e9).events(1)));

        for (Criterion criterion : List.of(LINK_DOWN, ERRORS, RETRANSMITS)) {
            Verdict verdict = judge(errors, criterion);

            assertThat(verdict.state()).isEqualTo(State.FAIL);
            assertThat(verdict.worstUnit())
                    .hasValueSatisfying(unit -> assertThat(unit).startsWith("mlx5_1/1 of node004"));
        }
    }

    @Test
    void aLinkThatFellDuringTheBaselineCountsToo() {
        Fleet fell = healthy.ranksOf(
                launch -> launch.role() == LaunchRole.BASELINE,
                rank -> rank.header().rank() == 8
                        ? with(rank, Node.of(nic("mlx5_0/1", 0, 0).events(1), nic("mlx5_1/1", 0, 0)))
                        : rank);

        assertThat(judge(fell, LINK_DOWN).state()).isEqualTo(State.FAIL);
        assertThat(judge(fell, BYTES).state()).isEqualTo(State.PASS);
    }

    @Test
    void whatWentByTreesIsJudgedOnTheMeanOfAllNodes() {
        Fleet trees = fleet(rank -> rank.header().node().compareTo("node002") <= 0, Node.sending(0.75 * TREE))
                .ranks(rank ->
                        rank.header().node().compareTo("node002") > 0 ? with(rank, Node.sending(1.25 * TREE)) : rank);

        Verdict verdict = judge(trees, BYTES);

        assertThat(verdict.state()).isEqualTo(State.PASS);
        assertThat(verdict.coverage()).isEqualTo(new Coverage(10, 10, "sums of a node's NICs"));
        assertThat(verdict.details()).anyMatch(line -> line.contains("launch scaled-4-r0: predicted by tree"));
    }

    @Test
    void betweenAllPredictionsNothingPasses() {
        Fleet two =
                fleet(Fleet.cuda(2, 8), rank -> true, Node.sending(0.75 * RING).predicting(RING, RING * 1 / 1.875));

        assertThat(two.coupled(BYTES, EFFICIENCIES).state()).isEqualTo(State.INVALID);
    }

    @Test
    void withoutRdmaNothingCanBeTold() {
        Fleet plain = healthy.ranks(rank -> with(rank, Node.of().none("no RDMA device in /sys/class/infiniband")));

        for (Criterion criterion : List.of(BYTES, SHARE, LINK_DOWN, ERRORS, RETRANSMITS)) {
            Verdict verdict = judge(plain, criterion);

            assertThat(verdict.state()).as(criterion.id()).isEqualTo(State.INCONCLUSIVE);
            assertThat(verdict.sentence())
                    .contains("no RDMA device in /sys/class/infiniband")
                    .contains("the cluster file says 2 NICs");
        }
    }

    @Test
    void aNodeWithoutRdmaAmongOthersIsNeverAPass() {
        Fleet mixed = node(1, Node.of().none("no RDMA device"));

        for (Criterion criterion : List.of(BYTES, SHARE, LINK_DOWN, ERRORS, RETRANSMITS)) {
            assertThat(judge(mixed, criterion).state()).as(criterion.id()).isEqualTo(State.INCONCLUSIVE);
        }
    }

    @Test
    void aCounterThatTheHostCouldNotReadIsInconclusiveWithItsReason() {
        Fleet reset = node(
                1,
                Node.healthy()
                        .without("mlx5_1/1", Metric.NIC_BYTES_SENT, "counters/port_xmit_data fell from 9 to 1")
                        .without("mlx5_1/1", Metric.NIC_ERRORS, "counters/symbol_error cannot be read"));

        assertThat(judge(reset, BYTES).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(judge(reset, BYTES).sentence())
                .contains("mlx5_1/1 of node002")
                .contains("counters/port_xmit_data fell from 9 to 1");
        assertThat(judge(reset, SHARE).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(judge(reset, ERRORS).sentence()).contains("counters/symbol_error cannot be read");
        assertThat(judge(reset, LINK_DOWN).state()).isEqualTo(State.PASS);
    }

    @Test
    void aNicOfUnknownRateMayBeThePromisedOne() {
        Fleet unknown = node(1, Node.healthy().without("mlx5_1/1", Metric.NIC_RATE, "rate is empty"));

        for (Criterion criterion : List.of(BYTES, SHARE, LINK_DOWN, ERRORS, RETRANSMITS)) {
            assertThat(judge(unknown, criterion).state()).as(criterion.id()).isEqualTo(State.INCONCLUSIVE);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {
                "NIC_COUNT",
                "NIC_WINDOW",
                "NIC_RATE",
                "NIC_BYTES_SENT",
                "NIC_BYTES_RECEIVED",
                "NIC_BYTES_PREDICTED"
            })
    void whatNobodyWroteNeverPasses(Metric metric) {
        assertThat(judge(healthy.missing(metric), BYTES).state()).isIn(State.INCONCLUSIVE, State.INVALID);
        assertThat(judge(healthy.rank(8, rank -> Fleet.without(rank, metric)), BYTES)
                        .state())
                .isIn(State.INCONCLUSIVE, State.INVALID);
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"NIC_COUNT", "NIC_RATE", "NIC_ERRORS"})
    void eventsNobodyCountedNeverPass(Metric metric) {
        assertThat(judge(healthy.missing(metric), ERRORS).state()).isIn(State.INCONCLUSIVE, State.INVALID);
        assertThat(judge(healthy.rank(8, rank -> Fleet.without(rank, metric)), ERRORS)
                        .state())
                .isIn(State.INCONCLUSIVE, State.INVALID);
    }

    @Test
    void moreThanTheLineCarriesIsABrokenTest() {
        Fleet absurd = node(1, Node.of(nic("mlx5_0/1", 526e9, 0), nic("mlx5_1/1", 0, 400e9)));

        Verdict verdict = judge(absurd, BYTES);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("the test is broken").contains("mlx5_0/1 of node002");
    }

    @Test
    void negativeCountsAreNoCounts() {
        assertThat(judge(node(1, Node.of(nic("mlx5_0/1", -1, 0), nic("mlx5_1/1", 0, 0))), BYTES)
                        .state())
                .isIn(State.INCONCLUSIVE, State.INVALID);
        assertThat(judge(node(1, Node.of(nic("mlx5_0/1", 2e11, 2e11).events(-1), nic("mlx5_1/1", 2e11, 2e11))), ERRORS)
                        .state())
                .isIn(State.INCONCLUSIVE, State.INVALID);
    }

    @Test
    void evidenceWithoutALimitCannotBeACriterion() {
        Criterion count =
                Fleet.criterion("nic-count", "coupled", Metric.NIC_COUNT, Statistic.MEAN, new Limit.AtLeast(1));

        assertThat(judge(healthy, count).state()).isEqualTo(State.INCONCLUSIVE);
    }

    private static Criterion atMostZero(String id, Metric metric) {
        return Fleet.criterion(id, "coupled", metric, Statistic.MAXIMUM, new Limit.AtMost(0));
    }

    private static Verdict judge(Fleet fleet, Criterion criterion) {
        return fleet.coupled(criterion, EFFICIENCIES);
    }

    private static Fleet fleet(Predicate<RankResult> where, Node node) {
        return fleet(Fleet.cuda(4, 8), where, node);
    }

    private static Fleet fleet(Fleet fleet, Predicate<RankResult> where, Node node) {
        return fleet.ranks(rank -> where.test(rank) ? with(rank, node) : rank);
    }

    /** Another account of one node. */
    private Fleet node(int number, Node node) {
        return healthy.rank(8 * number, rank -> with(rank, node));
    }

    /** The first rank of a node tells what its NICs counted; the others know nothing. */
    private static RankResult with(RankResult rank, Node node) {
        List<Measurement> others = rank.measurements().stream()
                .filter(each -> !each.metric().ofNics())
                .toList();
        return rank.header().localRank() == 0
                ? Fleet.withMeasurements(
                        rank, Stream.concat(others.stream(), node.lines()).toList())
                : rank;
    }

    private static Nic nic(String name, double sent, double received) {
        return new Nic(name, "4: ACTIVE", 50, sent, received, 0);
    }

    private record Nic(String name, String state, double rate, double sent, double received, double events) {
        Nic state(String other) {
            return new Nic(name, other, rate, sent, received, events);
        }

        Nic rate(double other) {
            return new Nic(name, state, other, sent, received, events);
        }

        Nic events(double count) {
            return new Nic(name, state, rate, sent, received, count);
        }

        Stream<Measurement> lines() {
            Map<String, String> conditions = Map.of("nic", name, "state", state);
            return Map.of(
                            Metric.NIC_RATE, rate,
                            Metric.NIC_BYTES_SENT, sent,
                            Metric.NIC_BYTES_RECEIVED, received,
                            Metric.NIC_LINK_DOWN, events,
                            Metric.NIC_ERRORS, events,
                            Metric.NIC_RETRANSMITS, events)
                    .entrySet()
                    .stream()
                    .map(each -> Measurement.of(each.getKey(), List.of(each.getValue()), conditions));
        }
    }

    /** What the first rank of a node writes. */
    private record Node(
            Map<String, String> count,
            UnaryOperator<List<Measurement>> spoil,
            double ring,
            double tree,
            List<Nic> nics) {
        static Node of(Nic... nics) {
            return new Node(Map.of("kind", "rdma"), lines -> lines, RING, TREE, List.of(nics));
        }

        static Node healthy() {
            return sending(RING);
        }

        static Node sending(double bytes) {
            return of(nic("mlx5_0/1", bytes / 2, bytes / 2), nic("mlx5_1/1", bytes / 2, bytes / 2));
        }

        Node none(String why) {
            return new Node(Map.of("kind", "interface", "none", why), spoil, ring, tree, nics);
        }

        Node predicting(double byRings, double byTrees) {
            return new Node(count, spoil, byRings, byTrees, nics);
        }

        Node without(String nic, Metric metric, String why) {
            Map<String, String> reasons = new java.util.HashMap<>(count);
            reasons.put(nic + " " + metric.key(), why);
            return new Node(
                    reasons,
                    lines -> spoil.apply(lines).stream()
                            .filter(each -> each.metric() != metric
                                    || !nic.equals(each.conditions().get("nic")))
                            .toList(),
                    ring,
                    tree,
                    nics);
        }

        Stream<Measurement> lines() {
            List<Measurement> lines = new ArrayList<>();
            lines.add(Measurement.of(Metric.NIC_COUNT, List.of((double) nics.size()), count));
            lines.add(Measurement.of(Metric.NIC_WINDOW, 10_000));
            nics.forEach(nic -> nic.lines().forEach(lines::add));
            lines.add(predicted("ring", "node", ring));
            lines.add(predicted("tree", "mean", tree));
            return spoil.apply(lines).stream();
        }

        private static Measurement predicted(String algorithm, String per, double bytes) {
            return Measurement.of(
                    Metric.NIC_BYTES_PREDICTED, List.of(bytes), Map.of("algorithm", algorithm, "per", per));
        }
    }
}
