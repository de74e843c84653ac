package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Metric;
import dev.assay.verdict.Readings.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** What each compute NIC counted in the windows of all launches over several nodes: link-down, errors, retransmits. */
final class NicEvents {
    private static final String WHAT = "NICs";

    private NicEvents() {}

    static Readings read(Evidence evidence) {
        Metric metric = evidence.criterion().metric();
        List<Reading> readings = new ArrayList<>();
        for (NodeNics node : NodeNics.of(spanning(evidence), evidence.contract())) {
            if (node.without().isPresent()) {
                readings.add(Reading.gap(node.name(), node.without().get(), node.explained()));
            } else {
                node.compute().forEach(nic -> readings.add(value(node, nic, metric)));
                readings.addAll(missing(node, metric, evidence.contract()));
            }
        }
        return Readings.collect(readings, WHAT);
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
