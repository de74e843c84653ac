package dev.assay.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The RDMA devices of a host: {@code class/infiniband}, which RoCE NICs have as well. */
final class RdmaPorts {
    /** {@code 400 Gb/sec (4X NDR)}. */
    private static final Pattern RATE = Pattern.compile("([0-9]+(\\.[0-9]+)?) Gb/sec\\b.*");

    /** Counters of the port's network interface. */
    private static final String NET = "net/";

    static final String PAUSE = "not in sysfs; ethtool -S tells it";

    private RdmaPorts() {}

    static List<NicPort> read(Path sys) throws IOException {
        List<NicPort> ports = new ArrayList<>();
        List<Path> devices = children(sys.resolve("class/infiniband"));
        for (Path device : devices) {
            Set<String> others = new TreeSet<>();
            for (Path other : devices) {
                others.addAll(other.equals(device) ? Set.of() : netdevs(other));
            }
            for (Path port : children(device.resolve("ports"))) {
                ports.add(port(sys, device, port, others));
            }
        }
        return ports;
    }

    private static Set<String> netdevs(Path device) throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path folder : children(device.resolve("device/net"))) {
            names.add(String.valueOf(folder.getFileName()));
        }
        return names;
    }

    /** Of links in a bond the port's GIDs name the bond. */
    private static Optional<Bond> bond(Path sys, Path device, Path port, Set<String> others) throws IOException {
        Set<String> names = netdevs(device);
        for (Path file : children(port.resolve("gid_attrs/ndevs"))) {
            SysText.read(file, "ndev").text().ifPresent(names::add);
        }
        return Bond.of(sys, names, others);
    }

    /** Names within a folder, sorted; of a folder that is not there none. */
    static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found.sorted().toList();
        }
    }

    private static NicPort port(Path sys, Path device, Path port, Set<String> others) throws IOException {
        Optional<Path> net = children(device.resolve("device/net")).stream().findFirst();
        Optional<Bond> bond = bond(sys, device, port, others);
        List<Figure> figures = bond.isPresent() ? Figure.OF_BOND : Figure.OF_RDMA;
        Map<String, Count> counts = new LinkedHashMap<>();
        figures.stream()
                .flatMap(Figure::counters)
                .forEach(name -> counts.put(
                        name,
                        bond.filter(links -> name.startsWith(NET))
                                .map(links -> links.count(sys, name.substring(NET.length())))
                                .orElseGet(() -> Count.read(file(name, port, net), name))));
        Map<String, String> facts = new TreeMap<>(Map.of(
                "state", SysText.read(port.resolve("state"), "state").words(),
                "physState",
                        SysText.read(port.resolve("phys_state"), "phys_state").words(),
                "link", SysText.read(port.resolve("link_layer"), "link_layer").words(),
                "numa",
                        SysText.read(device.resolve("device/numa_node"), "numa_node")
                                .words(),
                "netdev", net.map(Path::getFileName).map(Path::toString).orElse("(none)"),
                "pause", PAUSE));
        bond.ifPresent(links -> facts.putAll(links.facts()));
        Change said = rate(SysText.read(port.resolve("rate"), "rate"));
        return new NicPort(
                device.getFileName() + "/" + port.getFileName(),
                facts,
                bond.map(links -> links.rate(said)).orElse(said),
                counts,
                figures);
    }

    private static Path file(String name, Path port, Optional<Path> net) {
        return name.startsWith(NET)
                ? net.map(path -> path.resolve(name.substring(NET.length()))).orElse(port.resolve(name))
                : port.resolve(name);
    }

    private static Change rate(SysText said) {
        if (said.text().isEmpty()) {
            return Change.unknown(said.why());
        }
        Matcher matcher = RATE.matcher(said.text().get());
        return matcher.matches()
                ? Change.of(Double.parseDouble(matcher.group(1)) / 8)
                : Change.unknown("rate says \"" + said.text().get() + "\", which is no rate");
    }
}
