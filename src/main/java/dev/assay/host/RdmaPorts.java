package dev.assay.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The RDMA devices of a host: {@code class/infiniband}, which RoCE NICs have as well. */
final class RdmaPorts {
    /** {@code 400 Gb/sec (4X NDR)}. */
    private static final Pattern RATE = Pattern.compile("([0-9]+(\\.[0-9]+)?) Gb/sec\\b.*");

    static final String PAUSE = "not in sysfs; ethtool -S tells it";

    private RdmaPorts() {}

    static List<NicPort> read(Path sys) throws IOException {
        List<NicPort> ports = new ArrayList<>();
        for (Path device : children(sys.resolve("class/infiniband"))) {
            for (Path port : children(device.resolve("ports"))) {
                ports.add(port(device, port));
            }
        }
        return ports;
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

    private static NicPort port(Path device, Path port) throws IOException {
        Optional<Path> net = children(device.resolve("device/net")).stream().findFirst();
        Map<String, Count> counts = new LinkedHashMap<>();
        Figure.OF_RDMA.stream()
                .flatMap(Figure::counters)
                .forEach(name -> counts.put(name, Count.read(file(name, port, net), name)));
        return new NicPort(
                device.getFileName() + "/" + port.getFileName(),
                Map.of(
                        "state", SysText.read(port.resolve("state"), "state").words(),
                        "physState",
                                SysText.read(port.resolve("phys_state"), "phys_state")
                                        .words(),
                        "link",
                                SysText.read(port.resolve("link_layer"), "link_layer")
                                        .words(),
                        "numa",
                                SysText.read(device.resolve("device/numa_node"), "numa_node")
                                        .words(),
                        "netdev", net.map(Path::getFileName).map(Path::toString).orElse("(none)"),
                        "pause", PAUSE),
                rate(SysText.read(port.resolve("rate"), "rate")),
                counts,
                Figure.OF_RDMA);
    }

    private static Path file(String name, Path port, Optional<Path> net) {
        return name.startsWith("net/")
                ? net.map(path -> path.resolve(name.substring("net/".length()))).orElse(port.resolve(name))
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
