package dev.assay.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One card whose two ports of 400 Gbit/s are in a bond (LACP), which linux shows as one RDMA device (RoCE LAG): layout and
 * formats of mlx5 and of the bonding driver, the numbers are made up.
 */
class BondTest {
    private static final String PORT = "mlx5_bond_0/1";
    private static final String SYS_PORT = "class/infiniband/mlx5_bond_0/ports/1/";
    private static final String FIRST = "class/net/ens1f0np0/";
    private static final String SECOND = "class/net/ens1f1np1/";
    private static final String BOND = "class/net/bond0/bonding/";

    @TempDir
    Path folder;

    private int trees;
    private SysTree before;
    private SysTree after;

    @BeforeEach
    void unpack() {
        trees++;
        before = SysTree.unpack("roce-bond", folder.resolve("before-" + trees));
        after = SysTree.unpack("roce-bond", folder.resolve("after-" + trees))
                .with(SYS_PORT + "counters/port_xmit_data", "1270000000000")
                .with(SYS_PORT + "counters/port_rcv_data", "1270250000000");
    }

    @Test
    void aBondsPortStandsForItsLinksWithTheirRatesSummed() {
        assertThat(value(Metric.NIC_RATE)).hasValue(100);
        assertThat(value(Metric.NIC_BYTES_SENT)).hasValue(80e9);
        assertThat(value(Metric.NIC_LINK_DOWN)).hasValue(0);
        assertThat(value(Metric.NIC_ERRORS)).hasValue(0);
        assertThat(line(Metric.NIC_RATE).conditions())
                .containsEntry("bond", "bond0")
                .containsEntry("links", "2")
                .containsEntry("linksDown", "0")
                .containsEntry("members", "ens1f0np0 (up, 400.0 Gb/s), ens1f1np1 (up, 400.0 Gb/s)")
                .containsEntry("netdev", "ens1f0np0");
    }

    @Test
    void aKernelThatSaysTheRateOfAllLinksSaysTheSame() {
        after.with(SYS_PORT + "rate", "800 Gb/sec (8X NDR)");

        assertThat(value(Metric.NIC_RATE)).hasValue(100);
    }

    @Test
    void eventsOfBothLinksCount() {
        after.with(SECOND + "carrier_down_count", "2").with(FIRST + "carrier_down_count", "2");
        assertThat(value(Metric.NIC_LINK_DOWN)).hasValue(2);

        after.with(SECOND + "statistics/rx_errors", "3")
                .with(FIRST + "statistics/tx_errors", "1")
                .with(SYS_PORT + "counters/symbol_error", "1");
        assertThat(value(Metric.NIC_ERRORS)).hasValue(5);
    }

    @Test
    void aLinkThatDoesNotTellItsEventsLeavesNoFigure() {
        after.without(SECOND + "carrier_down_count").unreadable(SECOND + "statistics/rx_errors");

        assertThat(value(Metric.NIC_LINK_DOWN)).isEmpty();
        assertThat(reason(Metric.NIC_LINK_DOWN)).contains("carrier_down_count of ens1f1np1: no such file");
        assertThat(value(Metric.NIC_ERRORS)).isEmpty();
    }

    @Test
    void aLinkThatIsDownIsNotCounted() {
        after.with(SECOND + "operstate", "down").with(SECOND + "speed", "-1");

        assertThat(value(Metric.NIC_RATE)).hasValue(50);
        assertThat(line(Metric.NIC_RATE).conditions())
                .containsEntry("links", "1")
                .containsEntry("linksDown", "1");
        assertThat(RdmaNics.read(after.root(), 400).nics()).hasSize(1);
        assertThat(RdmaNics.read(after.root(), 400).others())
                .anyMatch(line -> line.startsWith("mlx5_bond_0/1 is bond0, not all links of which are up: ")
                        && line.contains("ens1f1np1 (down, "));
    }

    @Test
    void whatCannotBeMatchedHasNoRateAndSaysWhy() {
        after.with(SYS_PORT + "rate", "100 Gb/sec (4X EDR)");
        assertThat(value(Metric.NIC_RATE)).isEmpty();
        assertThat(reason(Metric.NIC_RATE))
                .contains("rate says 100.0 Gb/s, which is neither one nor all of the links of bond0");

        unpack();
        after.with(SECOND + "speed", "200000");
        assertThat(value(Metric.NIC_RATE)).isEmpty();

        unpack();
        after.with(SECOND + "device/uevent", "DRIVER=mlx5_core\nPCI_SLOT_NAME=0000:b1:00.0");
        assertThat(reason(Metric.NIC_RATE)).contains("the links of bond0 are not known to be of one card");

        unpack();
        after.without(SECOND + "device/uevent");
        assertThat(reason(Metric.NIC_RATE)).contains("ens1f1np1=(no PCI address)");

        unpack();
        after.with(BOND + "mode", "active-backup 1");
        assertThat(reason(Metric.NIC_RATE)).contains("bond0 is active-backup, so it cannot be said that its 2 links");

        unpack();
        after.without(BOND + "mode");
        assertThat(reason(Metric.NIC_RATE)).contains("bond0 does not tell its mode");
    }

    @Test
    void theGidsNameTheBondWhereTheDeviceHasNoInterface() {
        after = SysTree.unpack("roce-bond", folder.resolve("gids"))
                .withoutFolder("class/infiniband/mlx5_bond_0/device/net");

        assertThat(line(Metric.NIC_RATE).conditions())
                .containsEntry("bond", "bond0")
                .containsEntry("netdev", "(none)");
    }

    @Test
    void linksThatHaveRdmaDevicesOfTheirOwnAreNoOnesElse() {
        for (SysTree tree : List.of(before, after)) {
            tree.with("class/infiniband/mlx5_9/device/net/ens1f1np1/operstate", "up")
                    .with("class/infiniband/mlx5_9/ports/1/state", "4: ACTIVE")
                    .with("class/infiniband/mlx5_9/ports/1/rate", "400 Gb/sec (4X NDR)");
        }

        assertThat(value(Metric.NIC_RATE)).hasValue(50);
        assertThat(line(Metric.NIC_RATE).conditions()).doesNotContainKey("bond");
    }

    @Test
    void perftestDrivesItOnceForEachLinkByTheBondsAddress() {
        RdmaNics found = RdmaNics.read(after.root(), 400);

        assertThat(found.nics()).hasSize(2).allSatisfy(nic -> {
            assertThat(nic.name()).isEqualTo(PORT);
            assertThat(nic.link()).isEqualTo("Ethernet, one of 2 links of bond0");
            assertThat(nic.gids())
                    .singleElement()
                    .satisfies(gid -> assertThat(gid.index()).isEqualTo(3));
        });
        assertThat(found.others()).isEmpty();
        assertThat(RdmaNics.read(after.root(), 800).nics())
                .as("each link is one NIC")
                .isEmpty();
    }

    private Measurement line(Metric metric) {
        return lines().stream()
                .filter(each ->
                        each.metric() == metric && PORT.equals(each.conditions().get("nic")))
                .findFirst()
                .orElseThrow();
    }

    private OptionalDouble value(Metric metric) {
        return lines().stream()
                .filter(each ->
                        each.metric() == metric && PORT.equals(each.conditions().get("nic")))
                .mapToDouble(each -> each.samples().get(0))
                .findFirst();
    }

    private String reason(Metric metric) {
        return lines().get(0).conditions().getOrDefault(PORT + " " + metric.key(), "");
    }

    private List<Measurement> lines() {
        return NicSnapshot.take(after.root(), false).since(NicSnapshot.take(before.root(), false));
    }
}
