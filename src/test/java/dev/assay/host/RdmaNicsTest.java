package dev.assay.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.host.RdmaNic.Gid;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RdmaNicsTest {
    private static final String LINK_LOCAL = "fe80:0000:0000:0000:1234:56ff:fe78:9abc";
    private static final String IPV4 = "0000:0000:0000:0000:0000:ffff:0a00:0001";
    private static final String OTHER_IPV4 = "0000:0000:0000:0000:0000:ffff:c0a8:0001";
    private static final String IPV6 = "fd00:0000:0000:0000:0000:0000:0000:0001";
    private static final String NOTHING = "0000:0000:0000:0000:0000:0000:0000:0000";

    @TempDir
    private Path root;

    @Test
    void theRecordedNodeHasTwoNicsOfItsRate() {
        SysTree tree = SysTree.unpack("two-nics-before", root);
        for (String device : List.of("mlx5_0", "mlx5_1")) {
            gid(tree, device, 3, "RoCE v2", IPV4);
        }

        RdmaNics found = RdmaNics.read(root, 400);

        assertThat(found.nics()).extracting(RdmaNic::name).containsExactly("mlx5_0/1", "mlx5_1/1");
        assertThat(RdmaNics.read(root, 200).nics()).isEmpty();
        assertThat(RdmaNics.read(root, 200).others())
                .anyMatch(line -> line.equals("mlx5_0/1 runs at 400.0 Gb/s, not at 200.0"));
    }

    @Test
    void aPortThatIsDownIsLeftOutWithItsState() {
        SysTree tree = SysTree.unpack("one-nic-down", root);
        gid(tree, "mlx5_0", 3, "RoCE v2", IPV4);

        RdmaNics found = RdmaNics.read(root, 400);

        assertThat(found.nics()).extracting(RdmaNic::name).containsExactly("mlx5_0/1");
        assertThat(found.others()).anyMatch(line -> line.startsWith("mlx5_1/1 is 1: DOWN"));
    }

    @Test
    void withoutADeviceThatIsSaid() {
        assertThat(RdmaNics.read(root, 400).nics()).isEmpty();
        assertThat(RdmaNics.read(root, 400).others())
                .containsExactly("no RDMA device in " + root.resolve("class/infiniband"));
    }

    @Test
    void numbersInNamesCountAsNumbers() {
        SysTree tree = SysTree.unpack("no-rdma", root);
        for (String device : List.of("mlx5_10", "mlx5_2", "mlx5_0")) {
            port(tree, device, "InfiniBand");
        }

        assertThat(RdmaNics.read(root, 400).nics())
                .extracting(RdmaNic::device)
                .containsExactly("mlx5_0", "mlx5_2", "mlx5_10");
        assertThat(RdmaNics.read(root, 400).nics()).allMatch(nic -> nic.gids().isEmpty());
    }

    @Test
    void onEthernetRoceV2ByIpv4IsTakenBeforeAnyOther() {
        SysTree tree = SysTree.unpack("no-rdma", root);
        port(tree, "mlx5_0", "Ethernet");
        gid(tree, "mlx5_0", 0, "IB/RoCE v1", LINK_LOCAL);
        gid(tree, "mlx5_0", 1, "RoCE v2", LINK_LOCAL);
        gid(tree, "mlx5_0", 2, "IB/RoCE v1", IPV4);
        assertThat(chosen()).isEqualTo(new Gid(1, "RoCE v2", LINK_LOCAL));

        gid(tree, "mlx5_0", 4, "RoCE v2", NOTHING);
        gid(tree, "mlx5_0", 5, "RoCE v2", IPV6);
        assertThat(chosen()).isEqualTo(new Gid(5, "RoCE v2", IPV6));

        gid(tree, "mlx5_0", 9, "RoCE v2", IPV4);
        gid(tree, "mlx5_0", 10, "RoCE v2", OTHER_IPV4);
        assertThat(chosen()).isEqualTo(new Gid(9, "RoCE v2", IPV4));

        tree.with("class/infiniband/mlx5_0/device/net/ens1np0/operstate", "up")
                .with("class/infiniband/mlx5_0/ports/1/gid_attrs/ndevs/9", "vlan7")
                .with("class/infiniband/mlx5_0/ports/1/gid_attrs/ndevs/10", "ens1np0");
        assertThat(chosen()).isEqualTo(new Gid(10, "RoCE v2", OTHER_IPV4));
    }

    @Test
    void anIndexWithoutATypeIsNoEntry() {
        SysTree tree = SysTree.unpack("no-rdma", root);
        port(tree, "mlx5_0", "Ethernet");
        gid(tree, "mlx5_0", 3, "RoCE v2", IPV4);
        tree.unreadable("class/infiniband/mlx5_0/ports/1/gid_attrs/types/3");

        assertThat(RdmaNics.read(root, 400).nics()).isEmpty();
        assertThat(RdmaNics.read(root, 400).others())
                .singleElement()
                .asString()
                .contains("mlx5_0/1 has no RoCE v2 GID");
    }

    private Gid chosen() {
        return RdmaNics.read(root, 400).nics().get(0).gids().get(0);
    }

    private static void port(SysTree tree, String device, String link) {
        String port = "class/infiniband/" + device + "/ports/1/";
        tree.with(port + "state", "4: ACTIVE")
                .with(port + "rate", "400 Gb/sec (4X NDR)")
                .with(port + "link_layer", link);
    }

    private static void gid(SysTree tree, String device, int index, String type, String address) {
        String port = "class/infiniband/" + device + "/ports/1/";
        tree.with(port + "gids/" + index, address).with(port + "gid_attrs/types/" + index, type);
    }
}
