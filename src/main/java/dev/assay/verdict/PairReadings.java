package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.verdict.Readings.Reading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Pairs of nodes that met: what their GPUs gave together, and whom the slow ones have in common. */
final class PairReadings {
    private static final String TO = "to";
    private static final String ROUND = "round";

    private PairReadings() {}

    /** Two GPUs in one round; both of them measure it. */
    private record Met(Part.NodePair pair, int localRank, int round) {}

    /** {@code pair.node.bandwidth}: every pair of nodes, all its GPUs together; one that lacks a GPU has no value. */
    static Readings ofNodes(Evidence evidence) {
        Map<Part.NodePair, List<Double>> byPair = new LinkedHashMap<>();
        values(evidence, Metric.PAIR_BANDWIDTH)
                .forEach((met, value) -> byPair.computeIfAbsent(met.pair(), pair -> new ArrayList<>())
                        .add(value));
        List<Reading> readings = new ArrayList<>();
        for (LaunchResult launch : evidence.measured()) {
            for (int a = 0; a < launch.nodes().size(); a++) {
                for (int b = a + 1; b < launch.nodes().size(); b++) {
                    Part.NodePair pair =
                            pair(launch.nodes().get(a), launch.nodes().get(b));
                    readings.add(sum(pair, byPair.getOrDefault(pair, List.of()), launch.gpusPerNode()));
                }
            }
        }
        return Readings.collect(readings, "pairs of nodes").details(blame(evidence));
    }

    /** Who is to blame, a line each, the accused first; empty where nobody stands out. */
    static List<String> blame(Evidence evidence) {
        Attribution attribution = attribution(evidence);
        return Stream.concat(
                        attribution.culprits().stream().map(culprit -> "accused: " + culprit.text()),
                        attribution.suspects().stream().map(suspect -> "suspect, not proven: " + suspect.text()))
                .toList();
    }

    /** Whether the metric is one of pairs of nodes. */
    static boolean tells(Metric metric) {
        return metric == Metric.PAIR_BANDWIDTH || metric == Metric.PAIR_LATENCY || metric == Metric.PAIR_NODE_BANDWIDTH;
    }

    /** What the slow ones have in common, for the sentence of a limit that is missed. */
    static String look(Evidence evidence) {
        String common = blame(evidence).stream().findFirst().orElse("no part stands out of the others' noise");
        return common + "; look at " + Hints.of(evidence.criterion().metric());
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

    private static Attribution attribution(Evidence evidence) {
        Metric metric =
                evidence.criterion().metric() == Metric.PAIR_LATENCY ? Metric.PAIR_LATENCY : Metric.PAIR_BANDWIDTH;
        List<PairObservation> observations = new ArrayList<>();
        values(evidence, metric)
                .forEach((met, value) -> observations.add(new PairObservation(
                        end(met.pair().a(), met.localRank(), evidence),
                        end(met.pair().b(), met.localRank(), evidence),
                        "same rail",
                        met.round(),
                        value)));
        return Attribution.of(
                nodes(evidence), observations, metric == Metric.PAIR_LATENCY ? Better.LOWER : Better.HIGHER);
    }

    private static Set<String> nodes(Evidence evidence) {
        Set<String> nodes = new TreeSet<>();
        evidence.measured().forEach(launch -> nodes.addAll(launch.nodes()));
        return nodes;
    }

    /** The GPUs of a node take its NICs in turn, as NCCL takes the nearest; where no byte crosses one there is none. */
    private static PairEnd end(String node, int localRank, Evidence evidence) {
        Question.Contract contract = evidence.contract();
        boolean crosses = !contract.sharedHost() && contract.nics() > 0;
        return new PairEnd(
                node,
                localRank,
                crosses
                        ? OptionalInt.of(localRank
                                * contract.nics()
                                / evidence.question().gpusPerNode())
                        : OptionalInt.empty());
    }

    /** The mean of what both ends say of one meeting; where one of them has no positive number there is none. */
    private static Map<Met, Double> values(Evidence evidence, Metric metric) {
        Set<String> nodes = nodes(evidence);
        Map<Met, List<Double>> ends = new LinkedHashMap<>();
        for (RankResult rank : evidence.ranks()) {
            for (Measurement measurement : rank.measurements(metric, Map.of())) {
                double value = Samples.of(evidence.criterion().statistic(), measurement.samples());
                met(rank, measurement)
                        .filter(met -> value > 0 && Double.isFinite(value))
                        .filter(met -> nodes.containsAll(met.pair().nodes()))
                        .ifPresent(met -> ends.computeIfAbsent(met, key -> new ArrayList<>())
                                .add(value));
            }
        }
        Map<Met, Double> values = new LinkedHashMap<>();
        ends.forEach((met, both) -> {
            if (both.size() == 2) {
                values.put(met, Samples.mean(both));
            }
        });
        return values;
    }

    private static Optional<Met> met(RankResult rank, Measurement measurement) {
        Optional<String> to = Optional.ofNullable(measurement.conditions().get(TO));
        Optional<String> round = Optional.ofNullable(measurement.conditions().get(ROUND));
        String node = rank.header().node();
        return to.filter(other -> !other.equals(node) && round.orElse("").matches("\\d{1,9}"))
                .map(other ->
                        new Met(pair(node, other), rank.header().localRank(), Integer.parseInt(round.orElseThrow())));
    }

    private static Part.NodePair pair(String one, String other) {
        return one.compareTo(other) <= 0 ? new Part.NodePair(one, other) : new Part.NodePair(other, one);
    }
}
