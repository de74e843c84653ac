package dev.assay.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The trees have the layout and the formats of mlx5 as linux and MLNX_OFED offer it to ConnectX-7 on RoCE; the numbers are made
 * up.
 */
class NicSnapshotTest {
    private static final String PORT_0 = "class/infiniband/mlx5_0/ports/1/";
    private static final String PORT_1 = "class/infiniband/mlx5_1/ports/1/";

    /** Others' traffic over the loopback, other tests' too, only adds; in one of so many windows there is little of it. */
    private static final int ATTEMPTS = 100;

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
    void aHealthyNodeTellsWhatEachNicCounted() {
        List<Measurement> lines = between();

        assertThat(value(lines, "mlx5_0/1", Metric.NIC_BYTES_SENT)).hasValue(40e9);
        assertThat(value(lines, "mlx5_0/1", Metric.NIC_BYTES_RECEIVED)).hasValue(40e9);
        assertThat(value(lines, "mlx5_1/1", Metric.NIC_BYTES_SENT)).hasValue(40e9);
        assertThat(value(lines, "mlx5_0/1", Metric.NIC_RATE)).hasValue(50);
        assertThat(value(lines, "mlx5_0/1", Metric.NIC_CNP)).hasValue(24);
        assertThat(value(lines, "mlx5_1/1", Metric.NIC_ECN)).hasValue(15);
        for (Metric quiet : List.of(
                Metric.NIC_RETRANSMITS,
                Metric.NIC_OUT_OF_SEQUENCE,
                Metric.NIC_LINK_DOWN,
                Metric.NIC_ERRORS,
                Metric.NIC_WAIT)) {
            assertThat(value(lines, "mlx5_1/1", quiet)).as(quiet.key()).hasValue(0);
        }
        assertThat(lines.get(0).samples()).containsExactly(2.0);
        assertThat(lines.get(0).conditions()).isEqualTo(Map.of("kind", "rdma"));
        assertThat(lines.get(1).metric()).isEqualTo(Metric.NIC_WINDOW);
        assertThat(lines.get(1).samples().get(0)).isPositive();
    }

    @Test
    void conditionsNameTheNicAndItsPlace() {
        Measurement rate = line(between(), "mlx5_1/1", Metric.NIC_RATE);

        assertThat(rate.conditions())
                .containsEntry("nic", "mlx5_1/1")
                .containsEntry("state", "4: ACTIVE")
                .containsEntry("physState", "5: LinkUp")
                .containsEntry("link", "Ethernet")
                .containsEntry("netdev", "ens2np0")
                .containsEntry("numa", "1")
                .containsEntry("pause", "not in sysfs; ethtool -S tells it");
    }

    @Test
    void everyCauseOfSendingAgainCounts() {
        after.with(PORT_0 + "hw_counters/packet_seq_err", "3")
                .with(PORT_0 + "hw_counters/local_ack_timeout_err", "2")
                .with(PORT_0 + "hw_counters/rnr_nak_retry_err", "1")
                .with(PORT_0 + "hw_counters/implied_nak_seq_err", "1")
                .with(PORT_0 + "hw_counters/roce_adp_retrans", "5")
                .with(PORT_0 + "hw_counters/out_of_sequence", "4");

        assertThat(value(between(), "mlx5_0/1", Metric.NIC_RETRANSMITS)).hasValue(12);
        assertThat(value(between(), "mlx5_0/1", Metric.NIC_OUT_OF_SEQUENCE)).hasValue(4);
        assertThat(value(between(), "mlx5_1/1", Metric.NIC_RETRANSMITS)).hasValue(0);
    }

    @Test
    void errorsAddUpAndALinkThatFellIsCountedOnce() {
        after.with(PORT_1 + "counters/symbol_error", "1")
                .with(PORT_1 + "counters/port_rcv_errors", "2")
                .with(PORT_1 + "counters/port_xmit_discards", "4")
                .with(PORT_1 + "hw_counters/rx_icrc_encapsulated", "8")
                .with(PORT_1 + "counters/link_downed", "3")
                .with("class/infiniband/mlx5_1/device/net/ens2np0/carrier_down_count", "2");

        assertThat(value(between(), "mlx5_1/1", Metric.NIC_ERRORS)).hasValue(15);
        assertThat(value(between(), "mlx5_1/1", Metric.NIC_LINK_DOWN)).hasValue(1);
    }

    @Test
    void aNicThatIsDownSaysSo() {
        SysTree down = SysTree.unpack("one-nic-down", folder.resolve("down"));

        List<Measurement> lines = between(down, down);

        assertThat(line(lines, "mlx5_1/1", Metric.NIC_BYTES_SENT).conditions())
                .containsEntry("state", "1: DOWN")
                .containsEntry("physState", "3: Disabled");
        assertThat(value(lines, "mlx5_1/1", Metric.NIC_BYTES_SENT)).hasValue(0);
        assertThat(value(lines, "mlx5_1/1", Metric.NIC_RATE)).hasValue(5);
    }

    @Test
    void withoutRdmaTheInterfacesThatAreUpTellTheirBytesAndNoMore() {
        SysTree plain = SysTree.unpack("no-rdma", folder.resolve("plain"));
        SysTree later = SysTree.unpack("no-rdma", folder.resolve("later"))
                .with("class/net/bond0/statistics/tx_bytes", "1000004000")
                .with("class/net/bond0/statistics/rx_errors", "2");

        List<Measurement> lines = between(plain, later);

        assertThat(lines.get(0).conditions())
                .containsEntry("kind", "interface")
                .hasEntrySatisfying("none", why -> assertThat(why).contains("no RDMA device"));
        assertThat(value(lines, "bond0", Metric.NIC_BYTES_SENT)).hasValue(4000);
        assertThat(value(lines, "bond0", Metric.NIC_ERRORS)).hasValue(2);
        assertThat(value(lines, "bond0", Metric.NIC_RATE)).hasValue(3.125);
        assertThat(lines)
                .extracting(each -> each.conditions().getOrDefault("nic", ""))
                .doesNotContain("lo", "eth1");
        assertThat(lines).extracting(Measurement::metric).doesNotContain(Metric.NIC_RETRANSMITS);
    }

    @Test
    void aHostWithoutSysfsHasNothing() {
        List<Measurement> lines =
                NicSnapshot.take(folder.resolve("none"), false).since(NicSnapshot.take(folder.resolve("none"), false));

        assertThat(lines.get(0).samples()).containsExactly(0.0);
        assertThat(lines).extracting(Measurement::metric).containsExactly(Metric.NIC_COUNT, Metric.NIC_WINDOW);
    }

    @Test
    void whatCannotBeReadIsAbsentWithItsReasonAndNeverZero() {
        after.unreadable(PORT_0 + "counters/symbol_error")
                .with(PORT_0 + "counters/port_xmit_data", "N/A (no PMA)")
                .without(PORT_0 + "hw_counters/out_of_sequence")
                .with(PORT_0 + "counters/port_xmit_wait", "")
                .with(PORT_0 + "rate", "unknown");

        List<Measurement> lines = between();

        assertThat(value(lines, "mlx5_0/1", Metric.NIC_ERRORS)).isEmpty();
        assertThat(value(lines, "mlx5_0/1", Metric.NIC_BYTES_SENT)).isEmpty();
        assertThat(value(lines, "mlx5_0/1", Metric.NIC_OUT_OF_SEQUENCE)).isEmpty();
        assertThat(value(lines, "mlx5_0/1", Metric.NIC_BYTES_RECEIVED)).hasValue(40e9);
        assertThat(value(lines, "mlx5_1/1", Metric.NIC_ERRORS)).hasValue(0);
        assertThat(reason(lines, "mlx5_0/1", Metric.NIC_ERRORS)).contains("counters/symbol_error cannot be read");
        assertThat(reason(lines, "mlx5_0/1", Metric.NIC_BYTES_SENT)).contains("N/A (no PMA)");
        assertThat(reason(lines, "mlx5_0/1", Metric.NIC_OUT_OF_SEQUENCE)).contains("no such file");
        assertThat(reason(lines, "mlx5_0/1", Metric.NIC_WAIT)).contains("is empty");
        assertThat(reason(lines, "mlx5_0/1", Metric.NIC_RATE)).contains("\"unknown\", which is no rate");
    }

    @Test
    void aCounterThatThisDriverDoesNotOfferMayBeLeftOut() {
        before.without(PORT_0 + "hw_counters/roce_adp_retrans");
        after.without(PORT_0 + "hw_counters/roce_adp_retrans");

        assertThat(value(between(), "mlx5_0/1", Metric.NIC_RETRANSMITS)).hasValue(0);

        before.with(PORT_0 + "hw_counters/roce_adp_retrans", "0");
        assertThat(value(between(), "mlx5_0/1", Metric.NIC_RETRANSMITS)).isEmpty();
    }

    @Test
    void aResetCounterIsAProblemAndNoNegativeNumber() {
        after.with(PORT_0 + "counters/port_xmit_data", "12");

        List<Measurement> lines = between();

        assertThat(value(lines, "mlx5_0/1", Metric.NIC_BYTES_SENT)).isEmpty();
        assertThat(reason(lines, "mlx5_0/1", Metric.NIC_BYTES_SENT))
                .contains("fell from 1250000000000 to 12")
                .contains("reset");
    }

    @Test
    void aCounterOf32BitsThatWrappedIsAProblem() {
        before.with(PORT_0 + "hw_counters/out_of_sequence", "4294967290");
        after.with(PORT_0 + "hw_counters/out_of_sequence", "5");

        assertThat(reason(between(), "mlx5_0/1", Metric.NIC_OUT_OF_SEQUENCE))
                .contains("fell from 4294967290 to 5")
                .contains("wrapped");
    }

    @Test
    void aNarrowCounterThatSticksAtItsEndTellsNothing() {
        before.with(PORT_0 + "counters/link_downed", "255");
        after.with(PORT_0 + "counters/link_downed", "255");

        assertThat(value(between(), "mlx5_0/1", Metric.NIC_LINK_DOWN)).isEmpty();
        assertThat(reason(between(), "mlx5_0/1", Metric.NIC_LINK_DOWN)).contains("stands at 255, where it sticks");
    }

    @Test
    void countersBeyond63BitsAreNotNegative() {
        before.with(PORT_0 + "counters/port_rcv_packets", "1")
                .with(PORT_0 + "counters/port_rcv_data", "9223372036854775800");
        after.with(PORT_0 + "counters/port_rcv_data", "9223372036854775900");

        assertThat(reason(between(), "mlx5_0/1", Metric.NIC_BYTES_RECEIVED)).contains("where it sticks");
    }

    @Test
    void aNicThatVanishesHasItsLinkDown() {
        SysTree one = after.withoutDevice("mlx5_1");

        List<Measurement> lines = between(before, one);

        assertThat(value(lines, "mlx5_1/1", Metric.NIC_LINK_DOWN)).hasValue(1);
        assertThat(value(lines, "mlx5_1/1", Metric.NIC_BYTES_SENT)).isEmpty();
        assertThat(line(lines, "mlx5_1/1", Metric.NIC_RATE).conditions()).containsEntry("state", "gone");
        assertThat(reason(lines, "mlx5_1/1", Metric.NIC_BYTES_SENT)).contains("vanished");
        assertThat(lines.get(0).samples()).containsExactly(1.0);
    }

    @Test
    void thisHostsOwnLoopbackCountsWhatGoesOverIt() throws Exception {
        int bytes = 64 << 20;
        double least = Double.POSITIVE_INFINITY;
        for (int attempt = 0; least > 1.1 * bytes && attempt < ATTEMPTS; attempt++) {
            NicSnapshot then = NicSnapshot.take(Path.of("/sys"), true);
            send(bytes);
            List<Measurement> lines = NicSnapshot.take(Path.of("/sys"), true).since(then);

            double sent = value(lines, "lo", Metric.NIC_BYTES_SENT).orElseThrow();
            assertThat(sent).isGreaterThan(bytes);
            assertThat(value(lines, "lo", Metric.NIC_BYTES_RECEIVED).orElseThrow())
                    .isGreaterThan(bytes);
            assertThat(lines.get(0).conditions()).containsEntry("kind", "interface");
            assertThat(reason(lines, "lo", Metric.NIC_RATE)).contains("speed");
            least = Math.min(least, sent);
        }

        assertThat(least / bytes).isCloseTo(1, within(0.1));
    }

    private static void send(int bytes) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket out = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket in = server.accept()) {
            CompletableFuture<Integer> received = CompletableFuture.supplyAsync(() -> {
                try {
                    return in.getInputStream().readNBytes(bytes).length;
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            out.getOutputStream().write(new byte[bytes]);
            assertThat(received.get()).isEqualTo(bytes);
        }
    }

    private List<Measurement> between() {
        return between(before, after);
    }

    private static List<Measurement> between(SysTree from, SysTree to) {
        NicSnapshot then = NicSnapshot.take(from.root(), false);
        return NicSnapshot.take(to.root(), false).since(then);
    }

    private static Measurement line(List<Measurement> lines, String nic, Metric metric) {
        return lines.stream()
                .filter(each ->
                        each.metric() == metric && nic.equals(each.conditions().get("nic")))
                .findFirst()
                .orElseThrow();
    }

    private static OptionalDouble value(List<Measurement> lines, String nic, Metric metric) {
        return lines.stream()
                .filter(each ->
                        each.metric() == metric && nic.equals(each.conditions().get("nic")))
                .mapToDouble(each -> each.samples().get(0))
                .findFirst();
    }

    private static String reason(List<Measurement> lines, String nic, Metric metric) {
        return lines.get(0).conditions().getOrDefault(nic + " " + metric.key(), "");
    }
}
