package dev.assay.host;

import java.util.List;

/**
 * An active port of an RDMA device at the line rate that was asked for.
 *
 * @param device e.g. {@code mlx5_0}
 * @param port of the device, from 1
 * @param link its link layer: {@code InfiniBand} or {@code Ethernet}, and of which bond it is
 * @param gids on Ethernet the one to use; none on InfiniBand, which needs none
 */
public record RdmaNic(String device, int port, String link, List<Gid> gids) {
    /**
     * An address of a port.
     *
     * @param index in the port's table
     * @param type as the kernel says it: {@code RoCE v2}
     */
    public record Gid(int index, String type, String address) {
        /** {@code 3 (RoCE v2, 0000:…:ffff:0a00:0001)}. */
        public String words() {
            return index + " (" + type + ", " + address + ")";
        }
    }

    public RdmaNic {
        gids = List.copyOf(gids);
    }

    /** As NIC counters call it: {@code mlx5_0/1}. */
    public String name() {
        return device + "/" + port;
    }
}
