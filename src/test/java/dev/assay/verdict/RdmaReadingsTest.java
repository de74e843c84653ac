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
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Eight nodes of eight GPUs and two NICs of 50 GB/s; ranks 0 and 4 of a node drive a NIC each. */
class RdmaReadingsTest {
    private static final int NODES = 8;
    private static final int GPUS = 8;
    private static final int NICS = 2;
    private static final double USUAL = 48.5;
    private static final Criterion FLOOR = criterion(Metric.RDMA_BANDWIDTH, new Limit.AtLeast(45));
    private static final Criterion LATENCY = criterion(Metric.RDMA_LATENCY, new Limit.AtMost(3));

    /** What a way reaches; nodes from 0. */
    private interface Value {
        double of(int from, int to, int rail);
    }

    @Test
    void aHealthyFabricHasAValueEachWayOfEveryNic() {
        Verdict verdict = verdict(fleet((from, to, rail) -> USUAL), FLOOR);

        assertThat(verdict.state()).isEqualTo(State.PASS);
        assertThat(verdict.coverage()).isEqualTo(new Coverage(112, 112, "ways between NICs"));
        assertThat(verdict.details()).contains("memory of 112 ways: gpu").noneMatch(line -> line.startsWith("accused"));
    }

    @Test
    void aLameNicIsNamed() {
        Verdict verdict =
                verdict(fleet((from, to, rail) -> (from == 3 || to == 3) && rail == 1 ? USUAL / 2 : USUAL), FLOOR);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence()).contains("missed by 14", "accused: ", node(3) + " NIC 1");
    }

    @Test
    void latencyIsOfBothWaysAndMeasuredOnce() {
        Fleet fleet = fleet((from, to, rail) -> USUAL);

        assertThat(verdict(fleet, LATENCY).state()).isEqualTo(State.PASS);
        assertThat(verdict(fleet, LATENCY).coverage().measured()).isEqualTo(56);
    }

    @Test
    void moreThanTheLineCarriesIsABrokenTest() {
        Verdict verdict = verdict(fleet((from, to, rail) -> from == 2 && to == 5 ? 50.01 : USUAL), FLOOR);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("the test is broken: 50.01 GB/s from " + node(2) + " NIC 0");
    }

    @Test
    void aWayWithoutAValueBreaksCoverageAndSaysWhyWhereItIsKnown() {
        Fleet silent = fleet((from, to, rail) -> USUAL).rank(4, rank -> with(rank, List.of()));
        assertThat(verdict(silent, FLOOR).state()).isEqualTo(State.INVALID);
        assertThat(verdict(silent, FLOOR).sentence())
                .contains(node(0) + " NIC 1 to " + node(1) + " has no value: no reason");

        Fleet explained = silent.rank(0, rank -> {
            List<Measurement> more = new ArrayList<>(rank.measurements());
            Map<String, String> conditions = new TreeMap<>(Map.of("nics", "2"));
            for (int other = 1; other < NODES; other++) {
                conditions.put("bandwidth of mlx5_1/1, rail 1 to " + node(other), "client said: Failed status 12");
            }
            more.add(Measurement.of(Metric.RDMA_TESTS, List.of(7.0), conditions));
            return with(rank, more);
        });
        assertThat(verdict(explained, FLOOR).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict(explained, FLOOR).sentence()).contains("Failed status 12");
        assertThat(verdict(explained, FLOOR).coverage().measured()).isEqualTo(105);
        assertThat(verdict(explained, LATENCY).sentence())
                .as("a reason of another test is none of this one")
                .doesNotContain("Failed status 12");
    }

    @Test
    void oneWayMeasuredTwiceHasNoValue() {
        Fleet twice = fleet((from, to, rail) -> USUAL).rank(0, rank -> {
            List<Measurement> more = new ArrayList<>(rank.measurements());
            more.add(rank.measurements().get(0));
            return with(rank, more);
        });

        assertThat(verdict(twice, FLOOR).state()).isEqualTo(State.INVALID);
        assertThat(verdict(twice, FLOOR).sentence()).contains("it was measured 2 times");
    }

    @Test
    void nodesThatCouldNotMeasureMakeItNotRunAndWhatIsOnlyShownSaysTheReason() {
        Fleet without = fleet((from, to, rail) -> USUAL)
                .ranks(rank ->
                        new RankResult(rank.header(), rank.device(), List.of(), List.of(), List.of(), rank.failure()))
                .rank(8, rank -> Fleet.refused(rank, Metric.RDMA_BANDWIDTH, "ib_write_bw is not on PATH"));
        Criterion bytes = criterion(Metric.NIC_BYTES_RATIO, new Limit.Within(0.9, 1.1));

        for (Criterion criterion : List.of(FLOOR, LATENCY, bytes)) {
            assertThat(verdict(without, criterion).state()).isEqualTo(State.NOT_RUN);
            assertThat(verdict(without, criterion).sentence()).contains(node(1) + ": ib_write_bw is not on PATH");
        }
        assertThat(verdict(without, Fleet.shown(FLOOR)).state()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(verdict(without, Fleet.shown(FLOOR)).sentence()).contains("ib_write_bw is not on PATH");
    }

    @Test
    void resultsThatSayNothingAtAllAreNeverPassed() {
        Fleet silent = fleet((from, to, rail) -> USUAL).ranks(rank -> with(rank, List.of()));

        assertThat(verdict(silent, FLOOR).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict(silent, criterion(Metric.RDMA_TESTS, new Limit.AtLeast(0)))
                        .state())
                .isNotEqualTo(State.PASS);
    }

    private static Verdict verdict(Fleet fleet, Criterion criterion) {
        return Judge.judge(List.of(fleet.question(criterion)), fleet.burn()).get(0);
    }

    private static Fleet fleet(Value value) {
        return Fleet.cuda(NODES, GPUS).ranks(rank -> {
            int self = rank.header().rank() / GPUS;
            int local = rank.header().localRank();
            List<Measurement> measurements = new ArrayList<>();
            if (local % (GPUS / NICS) == 0) {
                int rail = local / (GPUS / NICS);
                for (int other = 0; other < NODES; other++) {
                    if (other != self) {
                        double noise = 1 + 0.002 * new Random(100L * self + 10L * other + rail).nextGaussian();
                        measurements.add(measured(Metric.RDMA_BANDWIDTH, self, other, rail, value, noise));
                        if (self < other) {
                            measurements.add(measured(Metric.RDMA_LATENCY, self, other, rail, (a, b, c) -> 2, noise));
                        }
                    }
                }
            }
            return with(rank, measurements);
        });
    }

    private static Measurement measured(Metric metric, int from, int to, int rail, Value value, double noise) {
        double exact = value.of(from, to, rail);
        Map<String, String> conditions = Map.of(
                "to",
                node(to),
                "round",
                Integer.toString((from + to) % (NODES - 1)),
                "rail",
                Integer.toString(rail),
                "device",
                "mlx5_" + rail + "/1",
                "toDevice",
                "mlx5_" + rail + "/1",
                "memory",
                "gpu");
        return Measurement.of(metric, List.of(exact > 50 ? exact : exact * noise), conditions);
    }

    private static RankResult with(RankResult rank, List<Measurement> measurements) {
        return new RankResult(
                rank.header(),
                rank.device(),
                measurements,
                List.of(new Check("rdma.reports", 8, 0, 0, "agreed")),
                rank.digests(),
                rank.failure());
    }

    private static String node(int number) {
        return Fleet.cuda(NODES, GPUS).burn().launches().get(0).nodes().get(number);
    }

    private static Criterion criterion(Metric metric, Limit limit) {
        return Fleet.criterion("rdma", "rdma", metric, Statistic.MEDIAN, limit);
    }
}
