package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.verdict.Fleet;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import dev.assay.workload.Rdma;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole launches over two "nodes" with a perftest that is not the real one: real processes, ports and deadlines. */
class RdmaRunnerTest {
    private static final Rdma RDMA = new Rdma(1, 400, 1 << 20, 4, 0.01, 100);

    @TempDir
    private Path folder;

    @Test
    void everyNicWritesToItsLikeBothWaysAndWhoeverDrivesItTells() throws Exception {
        Rdma two = new Rdma(2, 400, 1 << 20, 4, 0.01, 100);
        RdmaHosts hosts = new RdmaHosts(folder, two, 2, 2);
        for (int node = 1; node <= 2; node++) {
            hosts.perftest(node, "good").healthyNic(node, "mlx5_2").healthyNic(node, "mlx5_10");
        }

        LaunchResult launch = hosts.run();

        for (RankResult rank : launch.ranks()) {
            int rail = rank.header().localRank();
            Measurement bandwidth = rank.measurement(Metric.RDMA_BANDWIDTH).orElseThrow();
            assertThat(bandwidth.samples()).containsExactly(391.87 / 8);
            assertThat(bandwidth.conditions())
                    .containsEntry("to", rank.header().node().equals("node1") ? "node2" : "node1")
                    .containsEntry("rail", Integer.toString(rail))
                    .containsEntry("device", rail == 0 ? "mlx5_2/1" : "mlx5_10/1")
                    .containsEntry("iterations", Long.toString(4 * two.iterations()))
                    .containsEntry(
                            "memory",
                            "host, as GPU memory is not to be had: node1: the reference device has no GPU memory"
                                    .replace("node1", rank.header().node()))
                    .containsEntry("perftest", "6.06");
            assertThat(bandwidth.conditions().get("gid")).startsWith("3 (RoCE v2, 0000:0000:0000:0000:0000:ffff:");
            assertThat(rank.measurements(Metric.RDMA_BANDWIDTH, Map.of())).hasSize(1);
            assertThat(rank.checks()).singleElement().satisfies(check -> {
                assertThat(check.name()).isEqualTo("rdma.reports");
                assertThat(check.checked()).isEqualTo(6);
                assertThat(check.wrong()).isZero();
            });
        }
        assertThat(launch.ranks().stream()
                        .flatMap(rank -> rank.measurements(Metric.RDMA_LATENCY, Map.of()).stream())
                        .map(Measurement::samples))
                .containsExactly(List.of(2.14), List.of(2.14));
        assertThat(launch.ranks()
                        .get(0)
                        .measurement(Metric.NIC_BYTES_PREDICTED)
                        .orElseThrow()
                        .samples())
                .containsExactly(2.0 * two.bytesSent());
        Verdict verdict = verdict(launch, two, Metric.RDMA_BANDWIDTH, new Limit.AtLeast(45));
        assertThat(verdict.state()).isEqualTo(State.PASS);
        assertThat(verdict.coverage().measured()).isEqualTo(4);
        assertThat(verdict(launch, two, Metric.RDMA_LATENCY, new Limit.AtMost(3))
                        .coverage()
                        .measured())
                .isEqualTo(2);
    }

    @Test
    void aNodeWithoutPerftestOrWithoutANicIsNotRunWithItsReason() throws Exception {
        RdmaHosts hosts = new RdmaHosts(folder, RDMA, 3, 1);
        hosts.perftest(1, "good").healthyNic(1, "mlx5_0");
        hosts.healthyNic(2, "mlx5_0");
        hosts.perftest(3, "good").nic(3, "mlx5_0", "1: DOWN", "400 Gb/sec (4X NDR)");

        LaunchResult launch = hosts.run();

        assertThat(launch.ranks()).allMatch(rank -> rank.measurements().isEmpty());
        Verdict verdict = verdict(launch, RDMA, Metric.RDMA_BANDWIDTH, new Limit.AtLeast(45));
        assertThat(verdict.state()).isEqualTo(State.NOT_RUN);
        assertThat(verdict.sentence())
                .contains("node2: ib_write_bw is not on the worker's PATH; install perftest on the nodes")
                .contains("the package perftest of Debian, Ubuntu, RHEL", "leaves no criterion out", "-Dit.groups")
                .contains("node3: no RDMA port is active at 400.0 Gb/s: mlx5_0/1 is 1: DOWN")
                .doesNotContain("node1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no-device|server on node2 ended with exit code 1 before it listened|Unable to find the Infiniband/RoCE device",
                "client-fails|client on node1 ended with exit code 1|Failed status 12",
                "garbage|client on node1 printed no table that can be read|and then nothing that anybody could read"
            })
    void aTestThatFailsLeavesItsReasonAndTheOthersTheirValues(String mode, String what, String tail) throws Exception {
        RdmaHosts hosts = new RdmaHosts(folder, RDMA, 2, 1);
        // What it does as a server spoils node2's part, what it does as a client node1's.
        hosts.perftest(1, mode.equals("no-device") ? "good" : mode).healthyNic(1, "mlx5_0");
        hosts.perftest(2, mode.equals("no-device") ? mode : "good").healthyNic(2, "mlx5_0");

        LaunchResult launch = hosts.run();

        RankResult other = launch.ranks().get(1);
        assertThat(other.measurement(Metric.RDMA_BANDWIDTH).orElseThrow().samples())
                .containsExactly(391.87 / 8);
        Verdict verdict = verdict(launch, RDMA, Metric.RDMA_BANDWIDTH, new Limit.AtLeast(45));
        assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence()).contains("node1 NIC 0 to node2 has no value", what, tail);
        assertThat(verdict.coverage().measured()).isEqualTo(1);
    }

    @Test
    void aClientThatHangsIsKilledAtItsDeadline() throws Exception {
        RdmaHosts hosts = new RdmaHosts(folder, RDMA, 2, 1).patience(Duration.ofSeconds(2));
        hosts.perftest(1, "hang").healthyNic(1, "mlx5_0");
        hosts.perftest(2, "good").healthyNic(2, "mlx5_0");

        Verdict verdict = verdict(hosts.run(), RDMA, Metric.RDMA_BANDWIDTH, new Limit.AtLeast(45));

        assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence()).contains("client on node1 did not end within 2.1 s and was killed");
        List<String> pids = Files.readAllLines(folder.resolve("hanging"));
        assertThat(pids).isNotEmpty();
        assertThat(pids)
                .noneMatch(pid -> ProcessHandle.of(Long.parseLong(pid))
                        .filter(ProcessHandle::isAlive)
                        .isPresent());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "good|gpu",
                "no-gpu|host, as GPU memory is not to be had: server on node2 ended with exit code 1 before it listened"
            })
    void bandwidthIsOfGpuMemoryAndWhatFailsThereIsMeasuredInHostMemoryAndSaysSo(String mode, String memory)
            throws Exception {
        RdmaHosts hosts = new RdmaHosts(folder, RDMA, 2, 1).withGpuMemory();
        hosts.perftest(1, "good").healthyNic(1, "mlx5_0");
        hosts.perftest(2, mode).healthyNic(2, "mlx5_0");

        LaunchResult launch = hosts.run();

        Measurement bandwidth =
                launch.ranks().get(0).measurement(Metric.RDMA_BANDWIDTH).orElseThrow();
        assertThat(bandwidth.conditions().get("memory")).startsWith(memory);
        assertThat(bandwidth.samples()).containsExactly(391.87 / 8);
        assertThat(launch.ranks().stream().flatMap(rank -> rank.measurements(Metric.RDMA_LATENCY, Map.of()).stream()))
                .singleElement()
                .satisfies(latency -> assertThat(latency.conditions()).containsEntry("memory", "host"));
    }

    @Test
    void endsThatDisagreeAreAWrongResult() throws Exception {
        RdmaHosts hosts = new RdmaHosts(folder, RDMA, 2, 1);
        hosts.perftest(1, "good").healthyNic(1, "mlx5_0");
        hosts.perftest(2, "liar").healthyNic(2, "mlx5_0");

        LaunchResult launch = hosts.run();

        assertThat(launch.ranks()).allMatch(rank -> rank.checks().get(0).wrong() == 1);
        assertThat(verdict(launch, RDMA, Metric.RDMA_BANDWIDTH, new Limit.AtLeast(45))
                        .state())
                .isEqualTo(State.FAIL);
    }

    @Test
    void aNicLessThanPromisedHasNoValueAndTheReasonWhy() throws Exception {
        Rdma two = new Rdma(2, 400, 1 << 20, 4, 0.01, 100);
        RdmaHosts hosts = new RdmaHosts(folder, two, 2, 1);
        hosts.perftest(1, "good").healthyNic(1, "mlx5_0").healthyNic(1, "mlx5_1");
        hosts.perftest(2, "good").healthyNic(2, "mlx5_0").nic(2, "mlx5_1", "4: ACTIVE", "200 Gb/sec (4X HDR)");

        Verdict verdict = verdict(hosts.run(), two, Metric.RDMA_BANDWIDTH, new Limit.AtLeast(45));

        assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence())
                .contains("NIC 1", "node2 has 1 NICs that can be measured; left out: mlx5_1/1 runs at 200.0 Gb/s");
        assertThat(verdict.coverage().measured()).isEqualTo(2);
    }

    private static Verdict verdict(LaunchResult launch, Rdma rdma, Metric metric, Limit limit) {
        Criterion criterion = Fleet.criterion("rdma-bandwidth", "rdma", metric, Statistic.MEDIAN, limit);
        return Judged.of(launch, criterion, 1, rdma.nics(), 50);
    }
}
