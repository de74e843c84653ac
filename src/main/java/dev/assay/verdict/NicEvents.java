package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Unit;
import dev.assay.verdict.Readings.Reading;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What each compute NIC counted in the windows of all launches over several nodes: link-down, errors, retransmits. */
final class NicEvents {
    private static final String WHAT = "NICs";

    /** Ethernet's pause frames are counted by the driver's ethtool statistics (mlx5: rx_pause_ctrl_phy, rx_prio3_pause). */
    private static final String PAUSE =
            "Congestion, shown and not judged. Pause frames are in ethtool's statistics alone,"
                    + " which are not read; that a port had to wait with something to send shows in its ticks of waiting.";

    private static final Map<Metric, String> CONGESTION = new EnumMap<>(Map.of(
            Metric.NIC_CNP, "congestion notifications",
            Metric.NIC_ECN, "packets with a congestion mark",
            Metric.NIC_OUT_OF_SEQUENCE, "packets out of sequence",
            Metric.NIC_WAIT, "ticks of waiting"));

    private NicEvents() {}

    static Readings read(Evidence evidence) {
        Metric metric = evidence.criterion().metric();
        List<Reading> readings = new ArrayList<>();
        List<String> congestion = new ArrayList<>();
        for (NodeNics node : NodeNics.of(spanning(evidence), evidence.contract())) {
            node.compute().forEach(nic -> congestion.add(congestion(node, nic)));
            if (node.without().isPresent()) {
                readings.add(Reading.gap(node.name(), node.without().get(), node.explained()));
            } else {
                node.compute().forEach(nic -> readings.add(value(node, nic, metric)));
                readings.addAll(missing(node, metric, evidence.contract()));
            }
        }
        Readings all = Readings.collect(readings, WHAT);
        return metric == Metric.NIC_RETRANSMITS ? all.details(told(congestion)) : all;
    }

    /** Signs of congestion: shown, for no source says how many are too many. */
    private static String congestion(NodeNics node, NodeNics.Nic nic) {
        return nic.name() + " of " + node.name() + ": "
                + CONGESTION.entrySet().stream()
                        .map(each -> each.getValue() + " "
                                + (nic.value(each.getKey()).isPresent()
                                        ? Numbers.of(nic.value(each.getKey()).getAsDouble(), Unit.COUNT)
                                        : "not told"))
                        .collect(Collectors.joining(", "));
    }

    private static List<String> told(List<String> lines) {
        List<String> told = new ArrayList<>(lines);
        if (!lines.isEmpty()) {
            told.add(0, PAUSE);
        }
        return told;
    }

    /** No NIC has these; a criterion of them cannot be met. */
    static Readings onlyNodes(Evidence evidence) {
        List<Reading> readings = NodeNics.of(spanning(evidence), evidence.contract()).stream()
                .map(node -> Reading.gap(
                        node.name(), evidence.criterion().metric().key() + " is evidence and has no limit", false))
                .toList();
        return Readings.collect(readings, "nodes");
    }

    private static List<LaunchResult> spanning(Evidence evidence) {
        return evidence.needed().stream()
                .filter(launch -> launch.nodes().size() > 1)
                .toList();
    }

    static Reading value(NodeNics node, NodeNics.Nic nic, Metric metric) {
        String unit = nic.name() + " of " + node.name();
        OptionalDouble value = nic.value(metric);
        if (value.isPresent()) {
            return value.getAsDouble() < 0
                    ? Reading.gap(unit, metric.key() + " is negative: " + value.getAsDouble(), false)
                    : Reading.of(unit, value.getAsDouble());
        }
        return Reading.gap(
                unit,
                metric.key() + " is absent: " + node.reason(nic, metric).orElse("no reason was given"),
                node.reason(nic, metric).isPresent());
    }

    /** A promised NIC that is there and not active has its link down; other figures of it are not to be had. */
    private static List<Reading> missing(NodeNics node, Metric metric, Question.Contract contract) {
        return IntStream.range(0, node.missing(contract))
                .mapToObj(index -> {
                    String unit = "a promised NIC of " + node.name();
                    return metric == Metric.NIC_LINK_DOWN && node.downOrSlow(contract)
                            ? Reading.of(unit, 1)
                            : Reading.gap(unit, node.promised(contract), true);
                })
                .toList();
    }
}
