package dev.assay.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Network interfaces, for hosts without RDMA: {@code class/net}. Their byte counts hold all that goes over them. */
final class Interfaces {
    private static final String LOOPBACK = "lo";

    private Interfaces() {}

    /** The loopback alone, where all "nodes" are this host; else every other interface that is up. */
    static List<NicPort> read(Path sys, boolean loopback) throws IOException {
        List<NicPort> ports = new ArrayList<>();
        for (Path folder : RdmaPorts.children(sys.resolve("class/net"))) {
            NicPort port = port(folder);
            boolean asked = loopback
                    ? port.name().equals(LOOPBACK)
                    : !port.name().equals(LOOPBACK) && "up".equals(port.facts().get("state"));
            if (asked) {
                ports.add(port);
            }
        }
        return ports;
    }

    private static NicPort port(Path folder) {
        Map<String, Count> counts = new LinkedHashMap<>();
        Figure.OF_INTERFACE.stream()
                .flatMap(Figure::counters)
                .forEach(name -> counts.put(name, Count.read(folder.resolve(name), name)));
        return new NicPort(
                String.valueOf(folder.getFileName()),
                Map.of(
                        "state",
                        SysText.read(folder.resolve("operstate"), "operstate").words(),
                        "numa",
                        SysText.read(folder.resolve("device/numa_node"), "numa_node")
                                .words(),
                        "pause",
                        RdmaPorts.PAUSE),
                rate(SysText.read(folder.resolve("speed"), "speed")),
                counts,
                Figure.OF_INTERFACE);
    }

    /** {@code speed} is in Mbit/s; −1 where the driver does not know. */
    static Change rate(SysText said) {
        Optional<Double> megabits = said.text()
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Double::parseDouble)
                .filter(speed -> speed > 0);
        return megabits.map(speed -> Change.of(speed / 8e3))
                .orElse(Change.unknown(
                        said.text().map(text -> "speed says \"" + text + "\"").orElse(said.why())));
    }
}
