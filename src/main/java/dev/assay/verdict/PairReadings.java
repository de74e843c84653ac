package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Metric;
import dev.assay.verdict.Readings.Reading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pairs of nodes that met: what their GPUs gave together, and whom the slow ones have in common. */
final class PairReadings {
    private PairReadings() {}

    /** {@code pair.node.bandwidth}: every pair of nodes, all its GPUs together; one that lacks a GPU has no value. */
    static Readings ofNodes(Evidence evidence) {
        Map<Part.NodePair, List<Double>> byPair = new LinkedHashMap<>();
        PairMeetings.values(
                        evidence.measured(),
                        Metric.PAIR_BANDWIDTH,
                        evidence.criterion().statistic())
                .forEach((met, value) -> byPair.computeIfAbsent(met.pair(), pair -> new ArrayList<>())
                        .add(value));
        List<Reading> readings = new ArrayList<>();
        for (LaunchResult launch : evidence.measured()) {
            for (int a = 0; a < launch.nodes().size(); a++) {
                for (int b = a + 1; b < launch.nodes().size(); b++) {
                    Part.NodePair pair = PairMeetings.pair(
                            launch.nodes().get(a), launch.nodes().get(b));
                    readings.add(sum(pair, byPair.getOrDefault(pair, List.of()), launch.gpusPerNode()));
                }
            }
        }
        return Readings.collect(readings, "pairs of nodes").details(blame(evidence));
    }

    /** Who is to blame, a line each, the accused first, then what a second look found at pairs below the limit. */
    static List<String> blame(Evidence evidence) {
        List<String> lines = new ArrayList<>(common(evidence));
        PairMisses.of(evidence).ifPresent(misses -> lines.addAll(misses.lines(evidence.beside())));
        return lines;
    }

    /** Empty where nobody stands out. */
    private static List<String> common(Evidence evidence) {
        PairsBelow below = PairMisses.of(evidence)
                .map(misses -> new PairsBelow(misses.toLookAt(), misses.confirmed(evidence.beside())))
                .orElse(PairsBelow.NONE);
        return PairReport.lines(PairMeetings.passes(
                        evidence.needed(),
                        evidence.contract(),
                        evidence.criterion().metric() == Metric.PAIR_LATENCY ? Better.LOWER : Better.HIGHER)
                .below(below));
    }

    /** Whether the metric is one of pairs of nodes. */
    static boolean tells(Metric metric) {
        return metric == Metric.PAIR_BANDWIDTH || metric == Metric.PAIR_LATENCY || metric == Metric.PAIR_NODE_BANDWIDTH;
    }

    /** What the slow ones have in common, for the sentence of a limit that is missed. */
    static String look(Evidence evidence) {
        String common = common(evidence).stream().findFirst().orElse("no part stands out of the others' noise");
        String again = PairMisses.of(evidence)
                .flatMap(misses -> misses.summary(evidence.beside()))
                .map(words -> "; " + words)
                .orElse("");
        return common + again + "; look at " + Hints.of(evidence.criterion().metric());
    }

    private static Reading sum(Part.NodePair pair, List<Double> values, int gpus) {
        String unit = pair.a() + " with " + pair.b();
        return values.size() == gpus
                ? Reading.of(
                        unit, values.stream().mapToDouble(Double::doubleValue).sum())
                : Reading.gap(
                        unit,
                        values.size() + " values of both ends where each of " + gpus + " GPUs must have one",
                        false);
    }
}
