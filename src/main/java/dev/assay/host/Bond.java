package dev.assay.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Links of one card in a bond, which show as one RDMA port (RoCE LAG). Linux makes one device of a card's ports where these,
 * and no others, are in one bond; its {@code rate} is that of one link, or on newer kernels of all.
 *
 * @param name of the bond's interface
 * @param links at least two
 * @param why it cannot be matched with the port's counters; empty where it can
 */
record Bond(String name, List<Link> links, String why) {
    private static final Pattern SLOT = Pattern.compile("(?m)^PCI_SLOT_NAME=(.*)\\.[0-9a-f]+$");
    private static final String ONE_AT_A_TIME = "active-backup";
    private static final double SAME_RATE = 0.01;

    /** One of its interfaces. */
    record Link(String netdev, String state, Change rate) {
        boolean up() {
            return state.equals("up");
        }

        String words() {
            String speed = rate.value().isPresent() ? 8 * rate.value().getAsDouble() + " Gb/s" : rate.why();
            return netdev + " (" + state + ", " + speed + ")";
        }
    }

    Bond {
        links = List.copyOf(links);
    }

    /**
     * The bond behind a port, or none.
     *
     * @param netdevs interfaces of the port's device, and those that its GIDs name
     * @param others interfaces that other RDMA devices have: their links are those devices' own
     */
    static Optional<Bond> of(Path sys, Set<String> netdevs, Set<String> others) throws IOException {
        for (Path folder : RdmaPorts.children(sys.resolve("class/net"))) {
            String name = String.valueOf(folder.getFileName());
            Set<String> slaves = new LinkedHashSet<>(words(folder.resolve("bonding/slaves")));
            boolean behind = netdevs.contains(name) || slaves.stream().anyMatch(netdevs::contains);
            slaves.removeAll(others);
            if (behind && slaves.size() > 1) {
                List<Link> links = new ArrayList<>();
                for (String slave : slaves) {
                    links.add(link(sys.resolve("class/net").resolve(slave)));
                }
                return Optional.of(new Bond(name, links, problem(sys, folder, slaves)));
            }
        }
        return Optional.empty();
    }

    private static Link link(Path folder) {
        return new Link(
                String.valueOf(folder.getFileName()),
                SysText.read(folder.resolve("operstate"), "operstate").words(),
                Interfaces.rate(SysText.read(folder.resolve("speed"), "speed")));
    }

    private static String problem(Path sys, Path bond, Set<String> slaves) {
        List<String> mode = words(bond.resolve("bonding/mode"));
        if (mode.isEmpty() || mode.contains(ONE_AT_A_TIME)) {
            return bond.getFileName() + (mode.isEmpty() ? " does not tell its mode" : " is " + ONE_AT_A_TIME)
                    + ", so it cannot be said that its " + slaves.size() + " links carry together";
        }
        Map<String, String> cards = new TreeMap<>();
        for (String slave : slaves) {
            SysText said = SysText.read(sys.resolve("class/net").resolve(slave).resolve("device/uevent"), "uevent");
            Matcher slot = SLOT.matcher(said.text().orElse(""));
            cards.put(slave, slot.find() ? slot.group(1) : "(no PCI address)");
        }
        boolean one = new TreeSet<>(cards.values()).size() == 1 && !cards.containsValue("(no PCI address)");
        return one
                ? ""
                : "the links of " + bond.getFileName() + " are not known to be of one card: " + cards
                        + ", so they cannot be matched with this port's counters";
    }

    private static List<String> words(Path file) {
        return SysText.read(file, "bonding").text().stream()
                .flatMap(text -> Arrays.stream(text.split("\\s+")))
                .toList();
    }

    /** How many links are up. */
    int up() {
        return (int) links.stream().filter(Link::up).count();
    }

    /**
     * GB/s of all links that are up.
     *
     * @param port what the port itself says: the rate of one link, or of all
     */
    Change rate(Change port) {
        if (!why.isEmpty() || port.value().isEmpty() || up() == 0) {
            return why.isEmpty() ? port : Change.unknown(why);
        }
        List<Link> up = links.stream().filter(Link::up).toList();
        double sum = up.stream()
                .mapToDouble(link -> link.rate().value().orElse(Double.NaN))
                .sum();
        double each = sum / up.size();
        boolean alike = up.stream().allMatch(link -> same(link.rate().value().orElse(Double.NaN), each));
        double said = port.value().getAsDouble();
        return alike && (same(said, each) || same(said, sum))
                ? Change.of(sum)
                : Change.unknown("rate says " + 8 * said + " Gb/s, which is neither one nor all of the links of " + name
                        + ": " + words());
    }

    Map<String, String> facts() {
        return Map.of(
                "bond", name,
                "links", Integer.toString(up()),
                "linksDown", Integer.toString(links.size() - up()),
                "members", words());
    }

    /** What its interfaces counted together; a link that does not tell leaves none. */
    Count count(Path sys, String counter) {
        long sum = 0;
        for (Link link : links) {
            Count each = Count.read(
                    sys.resolve("class/net").resolve(link.netdev()).resolve(counter), counter + " of " + link.netdev());
            if (each.value().isEmpty()) {
                return Count.absent(each.why());
            }
            sum += each.value().getAsLong();
        }
        return Count.of(sum);
    }

    private String words() {
        return links.stream().map(Link::words).collect(Collectors.joining(", "));
    }

    private static boolean same(double one, double other) {
        return Math.abs(one / other - 1) <= SAME_RATE;
    }
}
