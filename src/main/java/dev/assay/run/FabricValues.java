package dev.assay.run;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.summary.Charts.Dot;
import dev.assay.verdict.Samples;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the judge derives from what GPUs recorded of patterns over the fabric, for a picture: a dot a node or GPU and round. */
final class FabricValues {
    private static final String LOAD = "load";
    private static final String ROUND = "round";

    private FabricValues() {}

    /** Beside the name of the files; empty where the metric is none of these. */
    static String source(Metric metric) {
        return switch (metric) {
            case FABRIC_NODE_BANDWIDTH -> "of a node its GPUs' sum in a round: ";
            case FABRIC_VICTIM -> "of a GPU its bandwidth beside the load over that alone: ";
            default -> "";
        };
    }

    /** Empty where the criterion's metric is none of these. */
    static List<Dot> of(List<LaunchResult> launches, Criterion criterion) {
        return switch (criterion.metric()) {
            case FABRIC_NODE_BANDWIDTH -> nodes(launches, criterion);
            case FABRIC_VICTIM -> victims(launches, criterion);
            default -> List.of();
        };
    }

    /** What the sums of nodes are made of: an all-reduce by NICs alone has a bus bandwidth. */
    static Metric recorded(Criterion criterion) {
        return "all-reduce".equals(criterion.conditions().get("pattern"))
                ? Metric.FABRIC_BUSBW
                : Metric.FABRIC_BANDWIDTH;
    }

    private static List<Dot> nodes(List<LaunchResult> launches, Criterion criterion) {
        Map<String, Double> sums = new LinkedHashMap<>();
        for (RankResult rank : ranks(launches)) {
            for (Measurement each : rank.measurements(recorded(criterion), criterion.conditions())) {
                sums.merge(
                        rank.header().node() + " in round " + each.conditions().getOrDefault(ROUND, "?"),
                        value(each, criterion),
                        Double::sum);
            }
        }
        return sums.entrySet().stream()
                .map(sum -> new Dot(sum.getKey(), sum.getValue()))
                .toList();
    }

    private static List<Dot> victims(List<LaunchResult> launches, Criterion criterion) {
        Map<String, String> alone = new TreeMap<>(criterion.conditions());
        alone.put(LOAD, "alone");
        Map<String, Double> before = of(launches, criterion, alone);
        return of(launches, criterion, criterion.conditions()).entrySet().stream()
                .map(beside ->
                        new Dot(beside.getKey(), beside.getValue() / before.getOrDefault(beside.getKey(), Double.NaN)))
                .toList();
    }

    /** By GPU, whom it exchanged with, and round. */
    private static Map<String, Double> of(
            List<LaunchResult> launches, Criterion criterion, Map<String, String> conditions) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (RankResult rank : ranks(launches)) {
            for (Measurement each : rank.measurements(Metric.FABRIC_BANDWIDTH, conditions)) {
                values.put(
                        rank.header().node() + " GPU " + rank.header().localRank() + " to "
                                + each.conditions().getOrDefault("to", "?") + " in round "
                                + each.conditions().getOrDefault(ROUND, "?"),
                        value(each, criterion));
            }
        }
        return values;
    }

    private static List<RankResult> ranks(List<LaunchResult> launches) {
        return launches.stream().flatMap(launch -> launch.ranks().stream()).toList();
    }

    private static double value(Measurement measurement, Criterion criterion) {
        return Samples.of(criterion.statistic(), measurement.samples());
    }
}
