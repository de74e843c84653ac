package dev.assay.run;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.summary.Charts.NodePair;
import dev.assay.verdict.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One number a pair of nodes, for a picture: all their GPUs together, or the worst GPU where each is judged by itself. */
final class PairValues {
    /** Beside the name of the files. */
    static final String SOURCE = "of a pair all GPUs' sum, or the worst GPU: ";

    private PairValues() {}

    private record Pair(String a, String b) {
        static Pair of(String one, String other) {
            return one.compareTo(other) <= 0 ? new Pair(one, other) : new Pair(other, one);
        }
    }

    /** Empty where the criterion is none of pairs of nodes, or nothing was measured. */
    static List<NodePair> of(List<LaunchResult> launches, Criterion criterion) {
        Map<Pair, Map<Integer, List<Double>>> byPair =
                new TreeMap<>(Comparator.comparing(Pair::a).thenComparing(Pair::b));
        Metric recorded = recorded(criterion.metric());
        if (recorded != Metric.PAIR_BANDWIDTH && recorded != Metric.PAIR_LATENCY) {
            return List.of();
        }
        for (LaunchResult launch : launches) {
            for (RankResult rank : launch.ranks()) {
                for (Measurement measurement : rank.measurements(recorded, Map.of())) {
                    Pair pair = Pair.of(
                            rank.header().node(), measurement.conditions().getOrDefault("to", ""));
                    byPair.computeIfAbsent(pair, gpus -> new TreeMap<>())
                            .computeIfAbsent(rank.header().localRank(), ends -> new ArrayList<>())
                            .add(Samples.of(criterion.statistic(), measurement.samples()));
                }
            }
        }
        List<NodePair> pairs = new ArrayList<>();
        byPair.forEach((pair, gpus) -> pairs.add(new NodePair(pair.a(), pair.b(), together(gpus, criterion.metric()))));
        return pairs;
    }

    /** Each GPU's value is the mean of what both ends say. */
    private static double together(Map<Integer, List<Double>> gpus, Metric metric) {
        double[] values = gpus.values().stream()
                .mapToDouble(ends ->
                        ends.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN))
                .sorted()
                .toArray();
        return switch (metric) {
            case PAIR_NODE_BANDWIDTH -> Arrays.stream(values).sum();
            case PAIR_LATENCY -> values[values.length - 1];
            default -> values[0];
        };
    }

    private static Metric recorded(Metric metric) {
        return metric == Metric.PAIR_NODE_BANDWIDTH ? Metric.PAIR_BANDWIDTH : metric;
    }
}
