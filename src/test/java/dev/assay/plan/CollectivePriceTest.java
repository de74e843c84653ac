package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.assay.cluster.GpuModels;
import dev.assay.cluster.Nics;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveScope;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prices beside what was measured or published, and by hand where nothing was. */
class CollectivePriceTest {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    /** Bus bandwidths of two H200, GB/s, at 1 MiB, 32 MiB and 1 GiB: the table of collectives in native/README.md. */
    private static final Map<CollectiveOperation, double[]> MEASURED = Map.of(
            CollectiveOperation.ALL_REDUCE, new double[] {74.8, 242.3, 329.2},
            CollectiveOperation.ALL_GATHER, new double[] {47.2, 184.5, 267.1},
            CollectiveOperation.REDUCE_SCATTER, new double[] {45.8, 184.5, 276.4},
            CollectiveOperation.BROADCAST, new double[] {88.1, 302.6, 365.3},
            CollectiveOperation.REDUCE, new double[] {93.6, 325.1, 369.8},
            CollectiveOperation.ALL_TO_ALL, new double[] {40.5, 208.6, 331.1},
            CollectiveOperation.SEND_RECEIVE, new double[] {69.0, 238.2, 359.6},
            CollectiveOperation.GATHER, new double[] {50.1, 296.3, 367.3},
            CollectiveOperation.SCATTER, new double[] {48.6, 280.8, 363.4});

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 32", "2, 1024"})
    void twoGpusOfANodeTookWhatIsPriced(int column, long mebibytes) {
        CollectivePrice price = node(2);
        double priced = 0;
        double taken = 0;
        for (Map.Entry<CollectiveOperation, double[]> each : MEASURED.entrySet()) {
            double seconds = price.seconds(each.getKey(), mebibytes * MIB);
            double measured = seconds(each.getKey(), 2, mebibytes * MIB, each.getValue()[column]);

            assertThat(seconds).as(each.getKey().key()).isCloseTo(measured, withinPercentage(30));
            priced += seconds;
            taken += measured;
        }

        assertThat(priced).isCloseTo(taken, withinPercentage(column == 2 ? 2 : 12));
    }

    /** As CUDA graphs, 8 B and 64 KiB: launching is not in it. */
    @ParameterizedTest
    @CsvSource({"8, 5.61", "65536, 6.94", "262144, 8.15"})
    void smallAllReducesOfTwoGpusTookWhatIsPriced(long bytes, double microseconds) {
        assertThat(1e6 * node(2).seconds(CollectiveOperation.ALL_REDUCE, bytes))
                .isCloseTo(microseconds, withinPercentage(40));
    }

    /** 8 nodes of 8 H100 and 8 NICs of 400 Gb/s (coreweave/nccl-tests): bus bandwidth, GB/s. */
    @ParameterizedTest
    @CsvSource({"512, 356", "1024, 366", "2048, 381", "4096, 383", "8192, 386.6"})
    void anAllReduceOfEightNodesTookWhatIsPriced(long mebibytes, double busGBps) {
        assertThat(cluster(8, 8, 8).seconds(CollectiveOperation.ALL_REDUCE, mebibytes * MIB))
                .isCloseTo(seconds(CollectiveOperation.ALL_REDUCE, 64, mebibytes * MIB, busGBps), withinPercentage(5));
    }

    /** Of 16 GiB on 2 and 4 nodes of 8 H200 and 3.2 Tb/s a node (stas00/ml-engineering at 744d01e). */
    @ParameterizedTest
    @CsvSource({"2, 486.8", "4, 369"})
    void anAllReduceOfFewNodesTookWhatIsPriced(int nodes, double busGBps) {
        assertThat(cluster(nodes, 8, 8).seconds(CollectiveOperation.ALL_REDUCE, 16 * GIB))
                .isCloseTo(seconds(CollectiveOperation.ALL_REDUCE, 8 * nodes, 16 * GIB, busGBps), withinPercentage(5));
    }

    /** 47 GB/s of each NIC of 50; eight a node; 16 GiB. */
    @ParameterizedTest
    @CsvSource({
        "ALL_TO_ALL, 0.875, 47", // a GPU sends 7/8 of its buffer to other nodes by its NIC
        "GATHER, 0.875, 47", // all other nodes' shares come in by the root's NIC
        "SCATTER, 0.875, 365", // go out by the receivers' rails, all eight, but first by the root's NVLink
        "SEND_RECEIVE, 1, 47", // one rank of each node sends to the next node
        "ALL_GATHER, 0.984375, 361", // of a ring one crossing a NIC
        "BROADCAST, 1, 365"
    })
    void eachOperationIsPricedByWhatItsBusiestPartCarries(CollectiveOperation operation, double share, double GBps) {
        assertThat(cluster(8, 8, 8).seconds(operation, 16 * GIB))
                .isCloseTo(share * 16 * GIB / (GBps * 1e9), withinPercentage(1));
    }

    /** Two NICs a node are a quarter of that; a root still has one of its own. */
    @Test
    void fewerNicsSlowWhatAllShareAndNotWhatOneCarries() {
        CollectivePrice eight = cluster(8, 8, 8);
        CollectivePrice two = cluster(8, 8, 2);

        assertThat(two.seconds(CollectiveOperation.ALL_TO_ALL, 16 * GIB))
                .isCloseTo(4 * eight.seconds(CollectiveOperation.ALL_TO_ALL, 16 * GIB), withinPercentage(1));
        assertThat(two.seconds(CollectiveOperation.GATHER, 16 * GIB))
                .isEqualTo(eight.seconds(CollectiveOperation.GATHER, 16 * GIB));
    }

    @Test
    void railsShareTheNicsOfTheirNode() {
        assertThat(price(8, 8, 8, CollectiveScope.RAIL).seconds(CollectiveOperation.ALL_REDUCE, GIB))
                .isCloseTo(2 * 7 / 8.0 * GIB / 47e9, withinPercentage(1));
        assertThat(price(8, 8, 2, CollectiveScope.RAIL).seconds(CollectiveOperation.ALL_REDUCE, GIB))
                .isCloseTo(2 * 7 / 8.0 * GIB / (47e9 / 4), withinPercentage(1));
    }

    @Test
    void nodesOfOneHostAreJoinedByNvlink() {
        CollectivePrice host = CollectivePrice.of(
                PlannerTest.h200(2, 1, new Nics(0, 400), true), GpuModels.get("h200-sxm"), CollectiveScope.CLUSTER, 2);

        assertThat(host).isEqualTo(node(2));
    }

    @Test
    void byNicsAloneEveryRankSendsAllThatGoesRound() {
        assertThat(cluster(8, 8, 8).byNicsAlone().seconds(CollectiveOperation.ALL_REDUCE, 8 * GIB))
                .isCloseTo(2 * 63 / 64.0 * 8 * GIB / 47e9, withinPercentage(1));
        assertThat(node(2).byNicsAlone()).isEqualTo(node(2));
    }

    @ParameterizedTest
    @CsvSource({"ALL_REDUCE", "ALL_GATHER", "ALL_TO_ALL"})
    void moreRanksTakeMoreSteps(CollectiveOperation operation) {
        assertThat(cluster(8, 8, 8).seconds(operation, 1024))
                .isGreaterThan(cluster(4, 8, 8).seconds(operation, 1024));
        assertThat(node(8).seconds(operation, 1024)).isGreaterThan(node(2).seconds(operation, 1024));
    }

    @Test
    void everyOperationIsInTheTable() {
        assertThat(MEASURED).containsOnlyKeys(CollectiveOperation.values());
    }

    @Test
    void aRankAloneAndNodesWithoutNicsAreRefused() {
        assertThatThrownBy(() -> new CollectivePrice(1, 1, 0, 0, 1)).hasMessageContaining("two ranks");
        assertThatThrownBy(() -> new CollectivePrice(2, 1, 0, 0, 1)).hasMessageContaining("lineGBps");
    }

    private static double seconds(CollectiveOperation operation, int ranks, long bytes, double busGBps) {
        return bytes * operation.busFactor(ranks) / (busGBps * 1e9);
    }

    private static CollectivePrice node(int gpus) {
        return price(1, gpus, 8, CollectiveScope.NODE);
    }

    private static CollectivePrice cluster(int nodes, int gpus, int nics) {
        return price(nodes, gpus, nics, CollectiveScope.CLUSTER);
    }

    private static CollectivePrice price(int nodes, int gpus, int nics, CollectiveScope scope) {
        return CollectivePrice.of(
                PlannerTest.h200(nodes, gpus, new Nics(nics, 400), false), GpuModels.get("h200-sxm"), scope, nodes);
    }
}
