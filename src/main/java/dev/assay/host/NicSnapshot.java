package dev.assay.host;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The counters of this host's NICs at one moment; two of them enclose a measured window.
 *
 * <p>Ports of RDMA devices where there are any, else network interfaces. Of a run whose "nodes" are all this host, the
 * loopback alone.
 */
public final class NicSnapshot {
    /** The condition of {@link Metric#NIC_COUNT} that says what the ports are: {@code rdma} or {@code interface}. */
    public static final String KIND = "kind";

    private final String kind;
    private final Map<String, NicPort> ports;
    private final String why;
    private final long beganNanos;
    private final long endedNanos;

    private NicSnapshot(String kind, List<NicPort> found, String why, long beganNanos) {
        this.kind = kind;
        this.ports = new LinkedHashMap<>();
        found.forEach(port -> ports.put(port.name(), port));
        this.why = why;
        this.beganNanos = beganNanos;
        this.endedNanos = System.nanoTime();
    }

    /**
     * @param sys where sysfs is mounted, {@code /sys}
     * @param loopback all "nodes" are this host
     */
    public static NicSnapshot take(Path sys, boolean loopback) {
        long began = System.nanoTime();
        String none = loopback ? "all nodes are this host" : "no RDMA device in " + sys.resolve("class/infiniband");
        try {
            List<NicPort> rdma = loopback ? List.of() : RdmaPorts.read(sys);
            return rdma.isEmpty()
                    ? new NicSnapshot("interface", Interfaces.read(sys, loopback), none, began)
                    : new NicSnapshot("rdma", rdma, "", began);
        } catch (IOException | UncheckedIOException e) {
            return new NicSnapshot("interface", List.of(), "listing the NICs in " + sys + ": " + e, began);
        }
    }

    /** What every NIC counted since {@code before}; what cannot be told stands with its reason among the conditions of the count. */
    public List<Measurement> since(NicSnapshot before) {
        List<Measurement> lines = new ArrayList<>();
        Map<String, String> reasons = new TreeMap<>();
        Map<String, NicPort> all = new LinkedHashMap<>(before.ports);
        all.replaceAll((name, port) -> ports.getOrDefault(name, port.gone()));
        ports.forEach(all::putIfAbsent);
        all.forEach((name, port) -> port(before, port, lines, reasons));
        reasons.put(KIND, kind);
        if (!why.isEmpty()) {
            reasons.put("none", why);
        }
        lines.add(0, Measurement.of(Metric.NIC_COUNT, List.of((double) ports.size()), reasons));
        double window = (endedNanos - before.beganNanos) / 1e6;
        lines.add(1, Measurement.of(Metric.NIC_WINDOW, List.of(window), Map.of()));
        return lines;
    }

    private static void port(NicSnapshot before, NicPort port, List<Measurement> lines, Map<String, String> reasons) {
        Map<String, String> conditions = new HashMap<>(port.facts());
        conditions.put("nic", port.name());
        write(Metric.NIC_RATE, port.rate(), conditions, lines, reasons);
        NicPort then = before.ports.getOrDefault(port.name(), port.gone());
        for (Figure figure : port.figures()) {
            boolean lost = port.isGone() && figure.metric() == Metric.NIC_LINK_DOWN;
            Change change = lost ? Change.of(1) : change(figure, then, port);
            write(figure.metric(), change, conditions, lines, reasons);
        }
    }

    private static Change change(Figure figure, NicPort then, NicPort now) {
        if (now.isGone() || then.isGone()) {
            return Change.unknown("the NIC " + (now.isGone() ? "vanished" : "appeared") + " in the window");
        }
        return figure.change(then.counts(), now.counts());
    }

    private static void write(
            Metric metric,
            Change change,
            Map<String, String> conditions,
            List<Measurement> lines,
            Map<String, String> reasons) {
        change.value()
                .ifPresentOrElse(
                        value -> lines.add(Measurement.of(metric, List.of(value), conditions)),
                        () -> reasons.put(conditions.get("nic") + " " + metric.key(), change.why()));
    }
}
