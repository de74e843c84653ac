package dev.assay.run;

import dev.assay.criteria.Limit;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.ScalePoint;
import dev.assay.verdict.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Throughput of the coupled step over nodes against ideal. */
final class ScalingCharts {
    private static final String COUPLED = "coupled";

    private ScalingCharts() {}

    /** Mean throughput of all launches at each node count; that of the fewest is the mean of all baselines. */
    static List<Chart> of(Run run, String experiment) {
        TreeMap<Integer, List<Double>> byNodes = new TreeMap<>();
        RunCharts.launches(run, experiment).filter(LaunchResult::whole).forEach(launch -> {
            int nodes = launch.role() == LaunchRole.BASELINE
                    ? baselineNodes(launch)
                    : launch.nodes().size();
            throughput(launch)
                    .forEach(value -> byNodes.computeIfAbsent(nodes, n -> new ArrayList<>())
                            .add(value));
        });
        List<ScalePoint> points = byNodes.entrySet().stream()
                .map(entry -> point(entry.getKey(), entry.getValue()))
                .toList();
        if (points.size() < 2) {
            return List.of();
        }
        return List.of(Charts.scaling(
                "Throughput over nodes against ideal" + (experiment.equals(COUPLED) ? "" : ", " + experiment),
                points,
                "TFLOPS",
                efficiencyFloor(run, experiment),
                "step.time of experiments/" + experiment + "/*/rank-N.ndjson; bars: lowest to highest launch"));
    }

    private static ScalePoint point(int nodes, List<Double> values) {
        double mean = Samples.mean(values);
        double low = values.stream().mapToDouble(Double::doubleValue).min().orElse(mean);
        double high = values.stream().mapToDouble(Double::doubleValue).max().orElse(mean);
        return new ScalePoint(nodes, mean, low, high);
    }

    /** One value a communicator: FLOP of all its ranks over the mean step time of its slowest rank. */
    private static List<Double> throughput(LaunchResult launch) {
        Map<List<Integer>, List<RankResult>> communicators =
                new TreeMap<>(java.util.Comparator.comparing((List<Integer> ranks) -> ranks.get(0)));
        launch.ranks()
                .forEach(rank -> communicators
                        .computeIfAbsent(rank.header().communicator(), ranks -> new ArrayList<>())
                        .add(rank));
        return communicators.values().stream()
                .flatMap(ranks -> throughput(ranks).stream().boxed())
                .toList();
    }

    private static OptionalDouble throughput(List<RankResult> ranks) {
        OptionalDouble slowest = ranks.stream()
                .flatMap(rank -> rank.measurement(Metric.STEP_TIME).stream())
                .mapToDouble(ScalingCharts::mean)
                .max();
        double flop = ranks.stream()
                .flatMap(rank -> rank.measurement(Metric.STEP_FLOP).stream())
                .mapToDouble(ScalingCharts::mean)
                .sum();
        return slowest.isPresent() ? OptionalDouble.of(flop / slowest.getAsDouble() / 1e9) : OptionalDouble.empty();
    }

    private static double mean(Measurement measurement) {
        return Samples.mean(measurement.samples());
    }

    /** Of each communicator. */
    private static int baselineNodes(LaunchResult launch) {
        int ranks = launch.ranks().stream()
                .mapToInt(rank -> rank.header().communicator().size())
                .max()
                .orElse(1);
        return Math.max(1, ranks / launch.gpusPerNode());
    }

    private static OptionalDouble efficiencyFloor(Run run, String experiment) {
        return run.plan().rows().stream()
                .filter(row -> row.experiment().equals(experiment))
                .filter(row -> row.criterion().judged() && row.criterion().metric() == Metric.SCALE_EFFICIENCY)
                .flatMapToDouble(row -> row.criterion().limit() instanceof Limit.AtLeast atLeast
                        ? java.util.stream.DoubleStream.of(atLeast.floor())
                        : java.util.stream.DoubleStream.empty())
                .findFirst();
    }
}
