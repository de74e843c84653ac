package dev.assay.run;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.summary.Charts.NodePair;
import dev.assay.verdict.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One number a pair of nodes where each end, or each way, is judged by itself: patterns over the fabric in which nodes exchange
 * in turns, and RDMA. The worst of them.
 */
final class WorstOfPairs {
    /** Beside the name of the files. */
    static final String SOURCE = "of a pair the worst end or way: ";

    private static final Set<String> IN_TURNS = Set.of("bisection", "cross-rail");

    private WorstOfPairs() {}

    private record Pair(String a, String b) {
        static Pair of(String one, String other) {
            return one.compareTo(other) <= 0 ? new Pair(one, other) : new Pair(other, one);
        }
    }

    /** One node's end in one round; its GPUs together where the node is judged. */
    private record End(String node, String other, String round) {}

    /** Empty where the criterion is none of these, or nothing was measured. */
    static List<NodePair> of(List<LaunchResult> launches, Criterion criterion) {
        return switch (criterion.metric()) {
            case RDMA_BANDWIDTH, RDMA_LATENCY -> worst(launches, criterion, false);
            case FABRIC_BANDWIDTH -> inTurns(criterion) ? worst(launches, criterion, false) : List.of();
            case FABRIC_NODE_BANDWIDTH -> inTurns(criterion) ? worst(launches, criterion, true) : List.of();
            default -> List.of();
        };
    }

    private static boolean inTurns(Criterion criterion) {
        return IN_TURNS.contains(criterion.conditions().getOrDefault("pattern", ""));
    }

    private static List<NodePair> worst(List<LaunchResult> launches, Criterion criterion, boolean together) {
        boolean lowIsGood = criterion.limit() instanceof Limit.AtMost;
        Map<Pair, Double> worst = new TreeMap<>(Comparator.comparing(Pair::a).thenComparing(Pair::b));
        ends(launches, criterion)
                .forEach((end, values) -> values.stream()
                        .reduce(together ? Double::sum : lowIsGood ? Math::max : Math::min)
                        .ifPresent(value -> worst.merge(
                                Pair.of(end.node(), end.other()), value, lowIsGood ? Math::max : Math::min)));
        List<NodePair> pairs = new ArrayList<>();
        worst.forEach((pair, value) -> pairs.add(new NodePair(pair.a(), pair.b(), value)));
        return pairs;
    }

    private static Map<End, List<Double>> ends(List<LaunchResult> launches, Criterion criterion) {
        Metric recorded =
                criterion.metric() == Metric.FABRIC_NODE_BANDWIDTH ? Metric.FABRIC_BANDWIDTH : criterion.metric();
        Map<End, List<Double>> ends = new TreeMap<>(
                Comparator.comparing(End::node).thenComparing(End::other).thenComparing(End::round));
        for (LaunchResult launch : launches) {
            for (RankResult rank : launch.ranks()) {
                for (Measurement each : rank.measurements(recorded, criterion.conditions())) {
                    String other = each.conditions().getOrDefault("to", "").split(" ", 2)[0];
                    String round = each.conditions().getOrDefault("round", "");
                    ends.computeIfAbsent(new End(rank.header().node(), other, round), end -> new ArrayList<>())
                            .add(Samples.of(criterion.statistic(), each.samples()));
                }
            }
        }
        return ends;
    }
}
