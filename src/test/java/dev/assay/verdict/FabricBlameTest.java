package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.workload.Fabric;
import dev.assay.workload.FabricPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whom the slow ones of a pattern have in common, by the pairings of a real plan; each node has two GPUs. */
class FabricBlameTest {
    private static final int GPUS = 2;
    private static final Fabric FABRIC = new Fabric(List.of(FabricPattern.values()), 1 << 20, 1 << 20, 3, 1, 8, 2, 8);

    /** How much of the usual value two GPUs reach; nodes from 0. */
    private interface Share {
        double of(int a, int b, int localA, int localB);
    }

    @Test
    void aSlowNodeIsWhatItsPairsHaveInCommon() {
        Verdict verdict = bisection(12, (a, b, localA, localB) -> a == 2 || b == 2 ? 0.7 : 1);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence())
                .contains("missed by ", ": accused: node " + node(2) + ": ", "in 6 of 6 meetings");
        assertThat(verdict.details().get(0)).startsWith("accused: node " + node(2));
        assertThat(verdict.details())
                .filteredOn(line -> line.startsWith("accused: "))
                .hasSize(1);
    }

    @Test
    void aSlowRailIsItsGpuOrItsNicAndNotMore() {
        Verdict verdict = bisection(12, (a, b, localA, localB) -> (a == 2 || b == 2) && localA == 1 ? 0.7 : 1);

        assertThat(verdict.details().get(0))
                .contains(node(2) + " GPU 1, " + node(2) + " NIC 1")
                .contains("cannot tell apart: {");
    }

    @Test
    void acrossRailsTheGpuOfItsOwnRailIsNamed() {
        Verdict verdict = verdict(
                12,
                "cross-rail",
                (a, b, localA, localB) -> (a == 2 && localA == 1) || (b == 2 && localB == 1) ? 0.7 : 1,
                new Limit.AtLeast(90),
                Metric.FABRIC_NODE_BANDWIDTH);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence()).contains(node(2) + " GPU 1, " + node(2) + " NIC 1");
    }

    @Test
    void aHealthyFabricNamesNobody() {
        assertThat(bisection(12, (a, b, localA, localB) -> 1).details())
                .noneMatch(line -> line.startsWith("accused") || line.startsWith("suspect"));
    }

    @Test
    void ofFewNodesNobodyIsTold() {
        Verdict four = bisection(4, (a, b, localA, localB) -> a == 1 || b == 1 ? 0.7 : 1);
        Verdict two = bisection(2, (a, b, localA, localB) -> localA == 1 ? 0.7 : 1);

        assertThat(four.state()).isEqualTo(State.FAIL);
        assertThat(four.sentence())
                .contains("each node met at most 2 others in this pattern, too few to tell it from them");
        assertThat(two.sentence()).contains("of two nodes neither is known to be good");
    }

    @Test
    void oneEndAloneIsNoMeeting() {
        Fleet fleet = fleet(12, "bisection", (a, b, localA, localB) -> a == 2 || b == 2 ? 0.7 : 1)
                .ranks(rank -> rank.header().rank() / GPUS == 2 ? Fleet.withMeasurements(rank, List.of()) : rank);

        assertThat(judge(fleet, 12, "bisection", new Limit.OfMedian(0.9), Metric.FABRIC_BANDWIDTH)
                        .details())
                .noneMatch(line -> line.startsWith("accused"));
    }

    @Test
    void ofAnIncastTheSlowestReceiverIsNamedAndNoSender() {
        Verdict one = incast(3);
        Verdict all = incast(0, 1, 2, 3, 4, 5, 6, 7);

        assertThat(one.sentence())
                .contains("the slowest is " + node(3) + " in round 3, beyond the limit by 20.0 GB/s and 30.0 % off the"
                        + " median of the 8 receivers, apart from all others; all others send to it at once, so no sender"
                        + " can be told from another; look at");
        assertThat(all.sentence()).contains("8 of 8 receivers miss it, the slowest ", "and no single one of them");
    }

    private static Verdict incast(Integer... slow) {
        Fleet fleet = Fleet.cuda(8, GPUS).ranks(rank -> {
            int node = rank.header().rank() / GPUS;
            return with(rank, List.of(value("incast", node, "", List.of(slow).contains(node) ? 35 : 50 + 0.01 * node)));
        });
        return judge(fleet, 8, "incast", new Limit.AtLeast(90), Metric.FABRIC_NODE_BANDWIDTH);
    }

    private static Verdict bisection(int nodes, Share share) {
        return verdict(nodes, "bisection", share, new Limit.AtLeast(45), Metric.FABRIC_BANDWIDTH);
    }

    private static Verdict verdict(int nodes, String pattern, Share share, Limit limit, Metric metric) {
        return judge(fleet(nodes, pattern, share), nodes, pattern, limit, metric);
    }

    private static Fleet fleet(int nodes, String pattern, Share share) {
        int step = pattern.equals("cross-rail") ? 1 : 0;
        return Fleet.cuda(nodes, GPUS).ranks(rank -> {
            int self = rank.header().rank() / GPUS;
            int local = rank.header().localRank();
            List<Measurement> values = new ArrayList<>();
            for (int round = 0; round < FABRIC.rounds(FabricPattern.BISECTION, nodes); round++) {
                for (Fabric.Meeting met : FABRIC.pairing(nodes, round)) {
                    if (met.lower() == self || met.upper() == self) {
                        int lower = met.lower() == self ? local : Math.floorMod(local - step, GPUS);
                        int upper = (lower + step) % GPUS;
                        int other = met.lower() == self ? upper : lower;
                        String to = node(met.lower() == self ? met.upper() : met.lower())
                                + (other == local ? "" : " GPU " + other);
                        double noise = 1
                                + 0.005
                                        * new Random(1_000_003L * met.lower()
                                                        + 1009L * met.upper()
                                                        + 31L * lower
                                                        + round)
                                                .nextGaussian();
                        values.add(value(
                                pattern, round, to, 50 * noise * share.of(met.lower(), met.upper(), lower, upper)));
                    }
                }
            }
            return with(rank, values);
        });
    }

    private static RankResult with(RankResult rank, List<Measurement> values) {
        return Fleet.withMeasurements(Fleet.withChecks(rank, new Check("fabric.any", 1, 0, 0, "all")), values);
    }

    private static Measurement value(String pattern, int round, String to, double value) {
        Map<String, String> conditions = new TreeMap<>(Map.of("pattern", pattern, "round", Integer.toString(round)));
        conditions.putAll(Fleet.OVER_NICS);
        if (!to.isEmpty()) {
            conditions.put("to", to);
        }
        return Measurement.of(Metric.FABRIC_BANDWIDTH, List.of(value, value, value), conditions);
    }

    private static Verdict judge(Fleet fleet, int nodes, String pattern, Limit limit, Metric metric) {
        Criterion any = Fleet.criterion("fabric", "fabric", metric, Statistic.MEDIAN, limit);
        Criterion criterion = new Criterion(
                any.id(),
                any.title(),
                any.workload(),
                any.metric(),
                Map.of("pattern", pattern),
                any.statistic(),
                any.limit(),
                any.unit(),
                any.ceiling(),
                any.source(),
                any.requires(),
                true,
                any.siteLimit());
        Question of = fleet.question(criterion);
        int rounds = FABRIC.rounds(pattern.equals("incast") ? FabricPattern.INCAST : FabricPattern.BISECTION, nodes);
        Question question = QuestionFields.with(of, q -> q.valuesPerRank = rounds);
        return Judge.judge(List.of(question), fleet.burn()).get(0);
    }

    private static String node(int number) {
        return String.format("node%03d", number + 1);
    }
}
