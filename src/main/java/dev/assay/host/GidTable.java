package dev.assay.host;

import dev.assay.host.RdmaNic.Gid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The GIDs of a port, {@code ports/N/gids/I} with {@code gid_attrs/types/I} and {@code gid_attrs/ndevs/I}. RoCE v2 is what
 * routed fabrics carry, and an IPv4 address is what they route; an index without an entry reads as zeros or as an error.
 */
final class GidTable {
    private static final String ROCE_V2 = "RoCE v2";
    private static final String NOTHING = "0000:0000:0000:0000:0000:0000:0000:0000";
    private static final String IPV4 = "0000:0000:0000:0000:0000:ffff:";
    private static final String LINK_LOCAL = "fe80:";

    private GidTable() {}

    private record Entry(Gid gid, String netdev) {
        int rank() {
            return gid.address().startsWith(IPV4) ? 0 : gid.address().startsWith(LINK_LOCAL) ? 2 : 1;
        }
    }

    /** RoCE v2 by IPv4, else by a routable IPv6, else link-local; of the port's own interface first, then the lowest index. */
    static Optional<Gid> roceV2(Path port, Optional<String> netdev) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Path file : RdmaPorts.children(port.resolve("gids"))) {
            String name = String.valueOf(file.getFileName());
            Optional<String> address = SysText.read(file, "gid").text();
            Optional<String> type = SysText.read(port.resolve("gid_attrs/types").resolve(name), "type")
                    .text();
            if (name.matches("[0-9]{1,5}") && address.isPresent() && type.isPresent()) {
                String of = SysText.read(port.resolve("gid_attrs/ndevs").resolve(name), "ndev")
                        .words();
                entries.add(new Entry(new Gid(Integer.parseInt(name), type.get(), address.get()), of));
            }
        }
        return entries.stream()
                .filter(entry -> entry.gid().type().equals(ROCE_V2))
                .filter(entry -> !entry.gid().address().equals(NOTHING))
                .min(Comparator.comparingInt(Entry::rank)
                        .thenComparing(entry -> !netdev.equals(Optional.of(entry.netdev())))
                        .thenComparingInt(entry -> entry.gid().index()))
                .map(Entry::gid);
    }
}
