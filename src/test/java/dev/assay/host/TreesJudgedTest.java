package dev.assay.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.verdict.Fleet;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From recorded sysfs trees to verdicts: reader and judge speak the same words. Two nodes, two NICs of 400 Gbit/s each. */
class TreesJudgedTest {
    private static final Criterion BYTES =
            Fleet.criterion("nic-bytes", "coupled", Metric.NIC_BYTES_RATIO, Statistic.MEAN, new Limit.Within(0.9, 1.1));
    private static final Criterion SHARE =
            Fleet.criterion("nic-share", "coupled", Metric.NIC_SHARE, Statistic.MEAN, new Limit.AtLeast(0.5));
    private static final Criterion LINK_DOWN =
            Fleet.criterion("nic-link-down", "coupled", Metric.NIC_LINK_DOWN, Statistic.MAXIMUM, new Limit.AtMost(0));
    private static final Criterion ERRORS =
            Fleet.criterion("nic-errors", "coupled", Metric.NIC_ERRORS, Statistic.MAXIMUM, new Limit.AtMost(0));

    @TempDir
    Path folder;

    private SysTree before;
    private SysTree after;

    @BeforeEach
    void unpack() {
        before = SysTree.unpack("two-nics-before", folder.resolve("before"));
        after = SysTree.unpack("two-nics-after", folder.resolve("after"));
    }

    @Test
    void healthyTreesPass() {
        for (Criterion criterion : List.of(BYTES, SHARE, LINK_DOWN, ERRORS)) {
            Verdict verdict = judge(criterion);

            assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        }
        assertThat(judge(BYTES).value()).hasValue(1);
    }

    @Test
    void aNicThatIsDownIsFound() {
        before = SysTree.unpack("one-nic-down", folder.resolve("down-before"));
        after = SysTree.unpack("one-nic-down", folder.resolve("down-after"))
                .with("class/infiniband/mlx5_0/ports/1/counters/port_xmit_data", "1270000000000")
                .with("class/infiniband/mlx5_0/ports/1/counters/port_rcv_data", "1270250000000");

        assertThat(judge(BYTES).state()).isEqualTo(State.PASS);
        assertThat(judge(SHARE).state()).isEqualTo(State.INVALID);
        assertThat(judge(LINK_DOWN).state()).isEqualTo(State.FAIL);
    }

    @Test
    void aSymbolErrorFails() {
        after.with("class/infiniband/mlx5_1/ports/1/counters/symbol_error", "1");

        assertThat(judge(ERRORS).state()).isEqualTo(State.FAIL);
        assertThat(judge(ERRORS).sentence()).contains("mlx5_1/1 of node001");
    }

    @Test
    void aCounterThatWasResetIsInconclusive() {
        after.with("class/infiniband/mlx5_1/ports/1/counters/port_rcv_data", "7");

        assertThat(judge(BYTES).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(judge(BYTES).sentence())
                .contains("counters/port_rcv_data fell from")
                .contains("it was reset");
    }

    /** The card's two ports carry what two NICs did: 80 GB in all. */
    @Test
    void aBondCountsAsItsLinks() {
        bond();

        for (Criterion criterion : List.of(BYTES, SHARE, LINK_DOWN, ERRORS)) {
            assertThat(judge(criterion).state()).as(judge(criterion).sentence()).isEqualTo(State.PASS);
        }
        assertThat(judge(BYTES).value()).hasValue(1);
        assertThat(judge(SHARE).value()).hasValue(1);
        assertThat(judge(SHARE).details())
                .anyMatch(line -> line.startsWith("mlx5_bond_0/1 stands for 2 links of a bond"));
    }

    @Test
    void aBondWithALinkDownHasOneNicTooFew() {
        bond();
        after.with("class/net/ens1f1np1/operstate", "down").with("class/net/ens1f1np1/speed", "-1");

        assertThat(judge(LINK_DOWN).state()).isEqualTo(State.FAIL);
        assertThat(judge(LINK_DOWN).sentence()).contains("a promised NIC of node001");
        assertThat(judge(SHARE).state()).isEqualTo(State.INVALID);

        after.with("class/net/ens1f0np0/operstate", "down").with("class/net/ens1f0np0/speed", "-1");
        assertThat(judge(LINK_DOWN).state()).as("no link is no NIC").isEqualTo(State.FAIL);
    }

    @Test
    void aBondWhosePortCountsOneLinkOnlyIsInvalid() {
        bond();
        after.with("class/infiniband/mlx5_bond_0/ports/1/counters/port_xmit_data", "1260000000000");

        assertThat(judge(BYTES).state()).isEqualTo(State.INVALID);
    }

    @Test
    void aBondThatCannotBeMatchedIsInconclusiveWithTheReason() {
        bond();
        after.with("class/net/bond0/bonding/mode", "active-backup 1");

        for (Criterion criterion : List.of(BYTES, SHARE, LINK_DOWN, ERRORS)) {
            assertThat(judge(criterion).state()).as(criterion.id()).isEqualTo(State.INCONCLUSIVE);
            assertThat(judge(criterion).sentence()).contains("bond0 is active-backup");
        }
    }

    private void bond() {
        before = SysTree.unpack("roce-bond", folder.resolve("bond-before"));
        after = SysTree.unpack("roce-bond", folder.resolve("bond-after"))
                .with("class/infiniband/mlx5_bond_0/ports/1/counters/port_xmit_data", "1270000000000")
                .with("class/infiniband/mlx5_bond_0/ports/1/counters/port_rcv_data", "1270250000000");
    }

    @Test
    void withoutRdmaDevicesNothingCanBeTold() {
        before = SysTree.unpack("no-rdma", folder.resolve("none-before"));
        after = SysTree.unpack("no-rdma", folder.resolve("none-after"));

        for (Criterion criterion : List.of(BYTES, SHARE, LINK_DOWN, ERRORS)) {
            assertThat(judge(criterion).state()).isEqualTo(State.INCONCLUSIVE);
            assertThat(judge(criterion).sentence()).contains("no RDMA device");
        }
    }

    /** Every node has read the same trees, 10 s apart, and sends 80 GB by rings. */
    private Verdict judge(Criterion criterion) {
        NicSnapshot then = NicSnapshot.take(before.root(), false);
        List<Measurement> lines =
                new ArrayList<>(NicSnapshot.take(after.root(), false).since(then));
        lines.removeIf(line -> line.metric() == Metric.NIC_WINDOW);
        lines.add(Measurement.of(Metric.NIC_WINDOW, 10_000));
        lines.add(
                Measurement.of(Metric.NIC_BYTES_PREDICTED, List.of(80e9), Map.of("algorithm", "ring", "per", "node")));
        return Fleet.cuda(2, 8).ranks(rank -> with(rank, lines)).coupled(criterion, 0.98, 0.981);
    }

    private static RankResult with(RankResult rank, List<Measurement> lines) {
        return rank.header().localRank() > 0
                ? rank
                : Fleet.withMeasurements(
                        rank,
                        Stream.concat(rank.measurements().stream(), lines.stream())
                                .toList());
    }
}
