package dev.assay.host;

import dev.assay.host.RdmaNic.Gid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The RDMA ports of a host that the cluster file means: active, of its line rate.
 *
 * @param nics in the order of their names, numbers as numbers, so that the k-th of one node is the k-th of another; of links
 *     in a bond the one port that they show as, once for each that is up
 * @param others why each other port is none of them, a line each; also where there is no RDMA device at all
 */
public record RdmaNics(List<RdmaNic> nics, List<String> others) {
    private static final String ACTIVE = "4: ACTIVE";
    private static final String ETHERNET = "Ethernet";

    /** Rates are whole numbers of Gbit/s; 1 % tells 400 from 200 and from rounding. */
    private static final double SAME_RATE = 0.01;

    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    public RdmaNics {
        nics = List.copyOf(nics);
        others = List.copyOf(others);
    }

    /** @param sys where sysfs is mounted, {@code /sys} */
    public static RdmaNics read(Path sys, double gigabitsPerSecond) {
        List<RdmaNic> nics = new ArrayList<>();
        List<String> others = new ArrayList<>();
        try {
            List<NicPort> ports = RdmaPorts.read(sys).stream()
                    .sorted(Comparator.comparing(port -> sortable(port.name())))
                    .toList();
            for (NicPort port : ports) {
                sort(sys, port, gigabitsPerSecond, nics, others);
            }
            if (ports.isEmpty()) {
                others.add("no RDMA device in " + sys.resolve("class/infiniband"));
            }
        } catch (IOException e) {
            others.add("listing the RDMA devices in " + sys + ": " + e);
        }
        return new RdmaNics(nics, others);
    }

    private static void sort(Path sys, NicPort port, double gigabits, List<RdmaNic> nics, List<String> others)
            throws IOException {
        String state = port.facts().getOrDefault("state", "(no state)");
        if (!state.equals(ACTIVE)) {
            others.add(port.name() + " is " + state);
            return;
        }
        double rate = 8 * port.rate().value().orElse(Double.NaN) / port.links();
        Optional<String> bond = Optional.ofNullable(port.facts().get("bond"));
        if (bond.isPresent() && !"0".equals(port.facts().get("linksDown"))) {
            others.add(port.name() + " is " + bond.get() + ", not all links of which are up: "
                    + port.facts().get("members"));
        }
        if (!(Math.abs(rate / gigabits - 1) <= SAME_RATE)) {
            others.add(port.name() + " runs at "
                    + (Double.isNaN(rate) ? "(" + port.rate().why() + ")" : rate + " Gb/s") + ", not at " + gigabits);
            return;
        }
        String device = port.name().substring(0, port.name().indexOf('/'));
        String number = port.name().substring(device.length() + 1);
        String link = port.facts().getOrDefault("link", "(no link layer)");
        Path folder =
                sys.resolve("class/infiniband").resolve(device).resolve("ports").resolve(number);
        Optional<Gid> gid = link.equals(ETHERNET)
                ? GidTable.roceV2(
                        folder, bond.or(() -> Optional.ofNullable(port.facts().get("netdev"))))
                : Optional.empty();
        if (link.equals(ETHERNET) && gid.isEmpty()) {
            others.add(port.name() + " has no RoCE v2 GID; give its interface an address");
            return;
        }
        String layer = bond.map(name -> link + ", one of " + port.links() + " links of " + name)
                .orElse(link);
        RdmaNic nic = new RdmaNic(
                device, Integer.parseInt(number), layer, gid.stream().toList());
        nics.addAll(Collections.nCopies(port.links(), nic));
    }

    /** Numbers padded, so that mlx5_2 comes before mlx5_10. */
    private static String sortable(String name) {
        return NUMBER.matcher(name)
                .replaceAll(number -> "0".repeat(Math.max(0, 9 - number.group().length())) + number.group());
    }
}
