package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pairs of eight nodes of eight GPUs that share two NICs of 50 GB/s: 12.5 GB/s a GPU at best. */
class PairReadingsTest {
    private static final int NODES = 8;
    private static final int GPUS = 8;
    private static final double USUAL = 11.8;
    private static final Criterion TOGETHER = criterion(Metric.PAIR_NODE_BANDWIDTH, new Limit.AtLeast(78.75));
    private static final Criterion FLEET = criterion(Metric.PAIR_BANDWIDTH, new Limit.OfMedian(0.9));

    /** How much of the usual value a meeting reaches; nodes from 0. */
    private interface Share {
        double of(int a, int b, int localRank);
    }

    @Test
    void aHealthyFleetPassesAndNamesNobody() {
        Fleet fleet = fleet((a, b, local) -> 1);

        Verdict together = verdict(fleet, TOGETHER);
        Verdict links = verdict(fleet, FLEET);

        assertThat(together.state()).isEqualTo(State.PASS);
        assertThat(together.coverage()).isEqualTo(new Coverage(28, 28, "pairs of nodes"));
        assertThat(together.value().orElseThrow()).isBetween(8 * 11.0, 8 * 12.5);
        assertThat(links.state()).isEqualTo(State.PASS);
        assertThat(links.coverage()).isEqualTo(new Coverage(448, 448, "links"));
        assertThat(together.details()).noneMatch(line -> line.startsWith("accused"));
    }

    @Test
    void aLameNicIsSuspectByTheGpusThatShareIt() {
        Fleet fleet = fleet((a, b, local) -> (a == 2 || b == 2) && local >= 4 ? 0.5 : 1);

        for (Criterion criterion : List.of(TOGETHER, FLEET)) {
            Verdict verdict = verdict(fleet, criterion);

            assertThat(verdict.state()).isEqualTo(State.FAIL);
            assertThat(verdict.sentence())
                    .contains("; missed by ", ": suspect, not measured again: " + node(2) + " NIC 1: ");
            assertThat(verdict.details())
                    .as("what made it suspect accuses nobody")
                    .noneMatch(line -> line.startsWith("accused: "))
                    .filteredOn(line -> line.contains(node(2) + " NIC 1: "))
                    .singleElement()
                    .asString()
                    .contains("in 7 of 7 meetings");
        }
    }

    @Test
    void aSlowNodeIsSuspect() {
        Verdict verdict = verdict(fleet((a, b, local) -> a == 5 || b == 5 ? 0.8 : 1), FLEET);

        assertThat(verdict.sentence()).contains("suspect, not measured again: node " + node(5) + ": ");
    }

    @Test
    void aSlowLinkThatMetOnceIsSuspect() {
        Verdict verdict = verdict(fleet((a, b, local) -> a == 1 && b == 6 ? 0.5 : 1), FLEET);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.details()).noneMatch(line -> line.startsWith("accused"));
        assertThat(verdict.sentence())
                .contains("suspect, not measured again: the network between " + node(1) + " and " + node(6));
    }

    @Test
    void aPairThatOneEndDidNotMeasureHasNoValue() {
        Fleet fleet = fleet((a, b, local) -> 1)
                .rank(0, rank -> with(rank, rank.measurements().subList(0, 6)));

        assertThat(verdict(fleet, TOGETHER).state()).isEqualTo(State.INVALID);
        assertThat(verdict(fleet, TOGETHER).coverage().measured()).isEqualTo(27);
        assertThat(verdict(fleet, FLEET).state()).isEqualTo(State.INVALID);
        assertThat(verdict(fleet, FLEET).sentence()).contains("6 values of pair.bandwidth where 7 must be");
    }

    @ParameterizedTest
    @CsvSource({"NET/Socket, over sockets", "P2P/CUMEM, no network transport", "unknown, did not report"})
    void pairsThatFellBackAreInvalidWithTheReason(String transport, String words) {
        Verdict verdict = verdict(fleet((a, b, local) -> 1, transport), TOGETHER);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains(words);
    }

    @Test
    void withoutAnyValueNothingIsPassed() {
        Fleet fleet = fleet((a, b, local) -> 1).ranks(rank -> with(rank, List.of()));

        assertThat(verdict(fleet, TOGETHER).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict(fleet, FLEET).state()).isEqualTo(State.INCONCLUSIVE);
    }

    private static Verdict verdict(Fleet fleet, Criterion criterion) {
        Question one = fleet.question(criterion);
        Question question = QuestionFields.with(one, q -> {
            q.criterion = criterion;
            q.nodes = NODES;
            q.gpusPerNode = GPUS;
            q.valuesPerRank = criterion.metric() == Metric.PAIR_BANDWIDTH ? NODES - 1 : 1;
        });
        return Judge.judge(List.of(question), fleet.burn()).get(0);
    }

    private static Fleet fleet(Share share) {
        return fleet(share, "NET/IB");
    }

    private static Fleet fleet(Share share, String transport) {
        return Fleet.cuda(NODES, GPUS).ranks(rank -> {
            int self = rank.header().rank() / GPUS;
            List<Measurement> measurements = new ArrayList<>();
            for (int other = 0; other < NODES; other++) {
                if (other != self) {
                    measurements.add(met(Math.min(self, other), Math.max(self, other), other, rank, share, transport));
                }
            }
            return with(rank, measurements);
        });
    }

    /** Both ends of a meeting see the same value, give or take 1 %. */
    private static Measurement met(int a, int b, int other, RankResult rank, Share share, String transport) {
        int local = rank.header().localRank();
        int round = (a + b) % (NODES - 1);
        double noise = 1 + 0.01 * new Random(1000L * a + 10L * b + local).nextGaussian();
        return Measurement.of(
                Metric.PAIR_BANDWIDTH,
                List.of(USUAL * noise * share.of(a, b, local)),
                Map.of(
                        "to",
                        node(other),
                        "round",
                        Integer.toString(round),
                        "over",
                        "network",
                        "transport",
                        transport,
                        "nics",
                        "mlx5_0:1/RoCE mlx5_1:1/RoCE",
                        "gdr",
                        "4 of 4 connections"));
    }

    private static RankResult with(RankResult rank, List<Measurement> measurements) {
        return new RankResult(
                rank.header(),
                rank.device(),
                measurements,
                List.of(new Check("node-pair.sum", 8, 0, 0, "exact")),
                rank.digests(),
                rank.failure());
    }

    private static String node(int number) {
        return Fleet.cuda(NODES, GPUS).burn().launches().get(0).nodes().get(number);
    }

    private static Criterion criterion(Metric metric, Limit limit) {
        return Fleet.criterion("pairs", "node-pair", metric, Statistic.MEDIAN, limit);
    }
}
