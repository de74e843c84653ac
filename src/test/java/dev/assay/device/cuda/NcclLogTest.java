package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On lines that NCCL wrote on other people's clusters, where nothing else is said; host names are changed. */
class NcclLogTest {
    private static final String RDMA = """
            host1:59:59 [0] NCCL INFO NET/IB : Using [0]mlx5_0:1/IB [1]mlx5_1:1/IB [RO]; OOB eth0:10.244.2.62<0>
            host1:59:59 [0] NCCL INFO Using network IB
            host1:59:59 [0] NCCL INFO NVLS multicast support is not available on dev 0
            host1:59:59 [0] NCCL INFO comm 0x524462e0 rank 0 nRanks 2 nNodes 2 localRanks 1 localRank 0 MNNVL 0
            host1:59:59 [0] NCCL INFO Channel 00/02 :    0   1
            host1:59:59 [0] NCCL INFO Trees [0] 1/-1/-1->0->-1 [1] -1/-1/-1->0->1
            host1:59:59 [0] NCCL INFO Channel 00/0 : 1[0] -> 0[0] [receive] via NET/IB/0/GDRDMA
            host1:59:59 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[0] [send] via NET/IB/0(8)/GDRDMA
            host1:59:59 [0] NCCL INFO Channel 03/0 : 11[3] -> 10[2] via P2P/IPC
            host1:59:59 [0] NCCL INFO Connected all rings, use ring PXN 1 GDR 1
            """;
    private static final String SOCKETS = """
            host2:15:15 [0] NCCL INFO NET/IB : No device found.
            host2:15:15 [0] NCCL INFO NET/Socket : Using [0]nmn0:10.252.1.69<0> [1]hsn0:10.253.6.188<0>
            host2:152:510 [0] NCCL INFO Channel 00/0 : 3[0] -> 0[0] [receive] via NET/Socket/0
            host2:152:510 [0] NCCL INFO Channel 01/0 : 0[0] -> 1[0] [send] via NET/Socket/0/Shared
            """;
    private static final String SHARED_MEMORY = """
            host3:1:1 [0] NCCL INFO NCCL version 2.31.2+cuda13.3
            host3:1:1 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[6] via SHM/direct/direct
            host3:1477:2150 [1] NCCL INFO Channel 00 : 1[1a000] -> 2[af000] via direct shared memory
            """;
    private static final String NVLINK = """
            host4:1764:1764 [2] NCCL INFO Channel 14/0 : 2[2] -> 3[3] via P2P/CUMEM
            host4:1764:1764 [2] NCCL INFO Channel 15/0 : 3[3] -> 2[2] via P2P/CUMEM/read
            host4:1764:1764 [2] NCCL INFO NVLS comm 0xabc123 headRank 0 nHeads 8 nvlsRanks 8 buffSize 1048576
            """;

    /** Written from NCCL 2.28's source (enqueue.cc, transport/net.cc), not recorded. */
    private static final String RING = """
            host5:7:9 [0] NCCL INFO Channel 00/0 : 0[0] -> 8[0] [send] via NET/IB/0/GDRDMA
            host5:7:9 [0] NCCL INFO   Algorithm   |                             Tree                   |
            host5:7:9 [0] NCCL INFO AllReduce: 8589934592 Bytes -> Algo RING proto SIMPLE channel{Lo..Hi}={0..15}
            host5:7:9 [0] NCCL INFO AllReduce: 8589934592 Bytes -> Algo RING proto SIMPLE channel{Lo..Hi}={0..15}
            """;

    /** The same of 2.23 and of 2.20, by numbers; written from their source. */
    private static final String NUMBERS = """
            host5:7:9 [0] NCCL INFO Channel 00/0 : 0[0] -> 8[0] [send] via NET/IB/0
            host5:7:9 [0] NCCL INFO AllReduce: 1024 Bytes -> Algo 1 proto 0 time 38.400002
            host5:7:9 [0] NCCL INFO 1073741824 Bytes -> Algo 4 proto 2 time 2456.700000
            """;

    /** By the NIC of rank 8, of rank 3's own, and with a NIC reached over PCI; written from net.cc, not recorded. */
    private static final String PXN = """
            host5:7:9 [3] NCCL INFO Channel 00/1 : 3[3] -> 9[1] [send] via NET/IB/1(1)/GDRDMA/Shared
            host5:7:9 [3] NCCL INFO Channel 00/1 : 3[3] -> 9[1] [send] via NET/IB/1/GDRDMA(PCI)/Shared
            host5:7:9 [3] NCCL INFO Channel 00/1 : 9[1] -> 3[3] [receive] via NET/IB/3/GDRDMA/Shared
            """;

    /** Two nodes of eight H100s and four NICs: those of GPUs 2 and 6; every second GPU has no NIC. */
    private static final String FOUR_NICS = """
            host6:39631:39742 [2] NCCL INFO Channel 05/0 : 2[2] -> 10[2] [receive] via NET/IBext/1/GDRDMA
            host6:39631:39742 [2] NCCL INFO Channel 09/0 : 2[2] -> 10[2] [receive] via NET/IBext/1/GDRDMA
            host6:39631:39742 [2] NCCL INFO Channel 01/0 : 10[2] -> 2[2] [send] via NET/IBext/1/GDRDMA
            """;

    private static final String NO_NIC = """
            host6:39632:39747 [3] NCCL INFO Channel 14/0 : 11[3] -> 9[1] via P2P/CUMEM
            """;

    /** GPU 0 of three nodes or more of eight H100s: it sends by the NIC of GPU 7. */
    private static final String BY_THE_NEIGHBOUR = """
            host7:227602:227760 [0] NCCL INFO Channel 04/0 : 0[0] -> 7[7] via P2P/CUMEM
            host7:227602:227760 [0] NCCL INFO Channel 07/0 : 0[0] -> 15[7] [send] via NET/IBext_v8/0(7)/GDRDMA
            host7:227602:227760 [0] NCCL INFO Channel 15/0 : 0[0] -> 15[7] [send] via NET/IBext_v8/0(7)/GDRDMA
            host7:227602:227792 [0] NCCL INFO Channel 01/0 : 16[0] -> 0[0] [receive] via NET/IBext_v8/7/GDRDMA
            """;

    /** A GPU behind another host bridge than the only NIC, once by NCCL's own will and once made to. */
    private static final String FAR = """
            host8:1:9 [0] NCCL INFO GPU Direct RDMA Disabled for GPU 0 / HCA 0 (distance 8 > 5)
            host8:1:9 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[0] [send] via NET/IB/0
            """;

    private static final String MADE_TO = """
            host8:1:9 [0] NCCL INFO GPU Direct RDMA Enabled for GPU 0 / HCA 0 (distance 8 <= 9), read 1 mode Default
            host8:1:9 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[0] [send] via NET/IB/0/GDRDMA
            """;

    /** A name with a space: eight A100s and four NICs a node. */
    private static final String LIBFABRIC = """
            host9:30:68 [6] NCCL INFO Channel 03 : 15[a01d0] -> 6[a01c0] [receive] via NET/AWS Libfabric/3/GDRDMA
            host9:30:68 [6] NCCL INFO Channel 01/1 : 4[0] -> 0[0] [receive] via NET/AWS Libfabric/7/GDRDMA/Shared
            host9:21:26 [0] NCCL INFO Channel 00/0 : 0[35000] -> 1[f5000] [receive] via NET/AWS Libfabric/0
            """;

    @TempDir
    private Path folder;

    @Test
    void rdmaWithItsNicsAndHowManyConnectionsAreDirect() {
        assertThat(parse(RDMA).words())
                .containsOnly(
                        entry("transport", "NET/IB+P2P/IPC"),
                        entry("gdr", "2 of 2 connections"),
                        entry("pxn", "1 of 2 connections"),
                        entry("nics", "mlx5_0:1/IB mlx5_1:1/IB"),
                        entry("nicsUsed", "0"));
    }

    /** Written from NCCL 2.21's source ({@code net_ib.cc}), not recorded. */
    @Test
    void portsThatAreOneDeviceToNcclAreStillTwo() {
        String merged = """
                host1:59:59 [0] NCCL INFO NET/IB : Using [0]={[0] mlx5_0:1/RoCE, [1] mlx5_1:1/RoCE} [RO]; OOB eth0:10.0.0.1<0>
                host1:59:59 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[0] [send] via NET/IB/0/GDRDMA
                """;

        assertThat(parse(merged).words()).contains(entry("nics", "mlx5_0:1/RoCE mlx5_1:1/RoCE"));
    }

    @Test
    void theNicsThatConnectionsTakeAreTold() {
        assertThat(parse(PXN).words()).contains(entry("nicsUsed", "1 3"));
        assertThat(parse(SOCKETS).words()).contains(entry("nicsUsed", "0"));
        assertThat(parse(NVLINK).words()).doesNotContainKey("nicsUsed");
    }

    /** Rings and trees (index 0) are not what a send takes; written from NCCL's net.cc, not recorded. */
    @Test
    void sendsAndReceivesTellTheirNicsByChannel() {
        String both = """
                host5:7:9 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[4] [send] via NET/IB/3/GDRDMA
                host5:7:9 [0] NCCL INFO Channel 00/1 : 0[0] -> 1[4] [send] via NET/IB/0/GDRDMA/Shared
                host5:7:9 [0] NCCL INFO Channel 01/1 : 0[0] -> 1[4] [send] via NET/IB/1/GDRDMA/Shared
                host5:7:9 [0] NCCL INFO Channel 00/1 : 1[4] -> 0[0] [receive] via NET/IB/1/GDRDMA/Shared
                """;
        String twice = both + "host5:7:9 [0] NCCL INFO Channel 01/1 : 0[0] -> 2[4] [send] via NET/IB/0/Shared\n";

        assertThat(parse(both).words()).contains(entry("nicSends", "0:0 1:1"), entry("nicReceives", "0:1"));
        assertThat(parse(twice).words()).doesNotContainKey("nicSends").contains(entry("nicReceives", "0:1"));
        assertThat(parse(RDMA).words()).doesNotContainKeys("nicSends", "nicReceives");
    }

    @Test
    void onNodesOfFewerNicsThanGpusOnlyThoseBesideOneConnect() {
        assertThat(parse(FOUR_NICS).words())
                .contains(entry("transport", "NET/IBext"), entry("gdr", "3 of 3 connections"))
                .doesNotContainKey("pxn");
        assertThat(parse(NO_NIC).words()).containsOnly(entry("transport", "P2P/CUMEM"));
    }

    @Test
    void theNicOfAnotherGpuIsAsDirect() {
        assertThat(parse(BY_THE_NEIGHBOUR).words())
                .contains(
                        entry("transport", "NET/IBext_v8+P2P/CUMEM"),
                        entry("gdr", "3 of 3 connections"),
                        entry("pxn", "2 of 3 connections"));
    }

    @Test
    void aConnectionSaysWhetherItIsDirect() {
        assertThat(parse(FAR).words()).contains(entry("gdr", "0 of 1 connections"));
        assertThat(parse(MADE_TO).words()).contains(entry("gdr", "1 of 1 connections"));
    }

    @Test
    void aTransportsNameMayHoldASpace() {
        assertThat(parse(LIBFABRIC).words())
                .contains(entry("transport", "NET/AWS Libfabric"), entry("gdr", "2 of 3 connections"))
                .doesNotContainKey("pxn");
    }

    @Test
    void socketsAreNamedAsSuch() {
        assertThat(parse(SOCKETS).words())
                .contains(
                        entry("transport", "NET/Socket"),
                        entry("gdr", "0 of 2 connections"),
                        entry("nics", "hsn0:10.253.6.188 nmn0:10.252.1.69"));
    }

    @Test
    void algorithmAndProtocolThatRankZeroTellsWithTuning() {
        assertThat(parse(RING).words())
                .contains(entry("algorithm", "RING"), entry("protocol", "SIMPLE"), entry("transport", "NET/IB"));
        assertThat(parse(NUMBERS).words()).contains(entry("algorithm", "NVLS+RING"), entry("protocol", "LL+SIMPLE"));
        assertThat(parse(RDMA).words()).doesNotContainKeys("algorithm", "protocol");
    }

    @Test
    void nicsOfOtherGpusAreTold() {
        assertThat(parse(PXN).words()).contains(entry("pxn", "1 of 3 connections"), entry("gdr", "3 of 3 connections"));
        assertThat(parse(RING).words()).doesNotContainKey("pxn");
    }

    @Test
    void hostMemoryIsOneKindHoweverItIsCalled() {
        assertThat(parse(SHARED_MEMORY).words()).containsOnly(entry("transport", "SHM"));
    }

    @Test
    void nvlinkWithoutANetworkTellsOfNoNics() {
        assertThat(parse(NVLINK).words()).containsOnly(entry("transport", "NVLS+P2P/CUMEM"));
    }

    @Test
    void nothingConnectedIsNothingKnown() {
        assertThat(parse("host:1:1 [0] NCCL INFO Using network IB\n").words()).isEmpty();
        assertThat(parse("").words()).isEmpty();
    }

    @Test
    void aSecondCommunicatorIsToldApartFromTheFirst() throws IOException {
        Path file = folder.resolve("nccl.log");
        NcclLogFile first = NcclLogFile.at(Optional.of(file));
        Files.writeString(file, NVLINK);
        NcclLogFile second = NcclLogFile.at(Optional.of(file));
        Files.writeString(file, SOCKETS, StandardOpenOption.APPEND);

        assertThat(first.report()).containsEntry("transport", "NET/Socket+NVLS+P2P/CUMEM");
        assertThat(second.report()).containsEntry("transport", "NET/Socket");
    }

    @Test
    void withoutAFileNothingIsKnown() {
        assertThat(NcclLogFile.at(Optional.empty()).report()).isEmpty();
        assertThat(NcclLogFile.at(Optional.of(folder.resolve("none"))).report()).isEmpty();
    }

    @Test
    void theNameIsExpandedAsNcclDoes() {
        assertThat(NcclLogFile.expanded("/run/nccl-%h-%p.log", "node001.site.example", 42))
                .isEqualTo(Path.of("/run/nccl-node001-42.log"));
    }

    private static NcclLog parse(String text) {
        List<String> lines = text.lines().toList();
        return NcclLog.parse(lines, lines);
    }
}
