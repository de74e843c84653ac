package dev.assay.run;

import dev.assay.criteria.Limit;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.ResultReader;
import dev.assay.plan.Row;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.ScalePoint;
import dev.assay.summary.Charts.Series;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The pictures of a run: of parts their spread and matrices, telemetry of the load per GPU, throughput over nodes against ideal. */
public final class RunCharts {
    private RunCharts() {}

    /** Whether a launch holds samples that this row's verdict looks at. */
    public static boolean serves(LaunchResult launch, Row row) {
        String own = launch.variant().key();
        boolean variant =
                row.criterion().conditions().getOrDefault("variant", own).equals(own);
        return launch.role() == LaunchRole.BASELINE || (launch.nodes().size() == row.nodes() && variant);
    }

    /** Those that explain one row. */
    public static List<Chart> of(Run run, Row row) {
        return switch (row.criterion().workload()) {
            case "burn" -> telemetry(run, row.experiment(), row.nodes());
            case "coupled" -> scaling(run, row.experiment());
            default ->
                Stream.concat(
                                SizeCharts.of(launches(run, row.experiment()).toList(), row).stream(),
                                PartCharts.of(run, row).stream())
                        .toList();
        };
    }

    /** Those for the summary page: telemetry at the most nodes, and scaling. */
    static List<Chart> of(Run run) {
        List<Chart> charts = new ArrayList<>();
        run.collected().forEach(result -> {
            int most = result.launches().stream()
                    .mapToInt(launch -> launch.nodes().size())
                    .max()
                    .orElse(0);
            charts.addAll(PartCharts.of(run, result.experiment()));
            charts.addAll(telemetry(run, result.experiment(), most));
            charts.addAll(scaling(run, result.experiment()));
        });
        return charts;
    }

    private static List<Chart> telemetry(Run run, String experiment, int nodes) {
        List<Series> series = launches(run, experiment)
                .filter(launch ->
                        launch.role() == LaunchRole.LOAD && launch.nodes().size() == nodes)
                .flatMap(launch -> launch.ranks().stream().flatMap(rank -> series(run, experiment, launch, rank)))
                .toList();
        if (series.isEmpty()) {
            return List.of();
        }
        return List.of(Charts.telemetry(
                "Telemetry under load, " + nodes + (nodes == 1 ? " node" : " nodes"),
                series,
                limits(run),
                "telemetry lines of experiments/" + experiment + "/load-" + nodes + "/rank-N.ndjson"));
    }

    private static Stream<Series> series(Run run, String experiment, LaunchResult launch, RankResult rank) {
        return ResultReader.telemetry(
                run.folder().result(experiment, launch.id(), rank.header().rank()))
                .filter(telemetry -> !telemetry.seconds().isEmpty())
                .map(telemetry -> new Series(
                        rank.header().node() + " GPU " + rank.header().localRank(), telemetry))
                .stream();
    }

    /** Floors that a curve can be compared with by eye. */
    private static Map<Metric, Double> limits(Run run) {
        Map<Metric, Double> limits = new EnumMap<>(Metric.class);
        run.rows("burn").stream().filter(row -> row.criterion().judged()).forEach(row -> {
            if (row.criterion().limit() instanceof Limit.AtLeast atLeast) {
                limits.putIfAbsent(row.criterion().metric(), atLeast.floor());
            }
        });
        return limits;
    }

    /** Mean throughput of all launches at each node count; a single node's is the mean of all baselines. */
    private static List<Chart> scaling(Run run, String experiment) {
        TreeMap<Integer, List<Double>> byNodes = new TreeMap<>();
        launches(run, experiment).filter(LaunchResult::whole).forEach(launch -> {
            int nodes =
                    launch.role() == LaunchRole.BASELINE ? 1 : launch.nodes().size();
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
                "Throughput over nodes against ideal",
                points,
                "TFLOPS",
                efficiencyFloor(run),
                "step.time of experiments/" + experiment + "/*/rank-N.ndjson; bars: lowest to highest launch"));
    }

    private static ScalePoint point(int nodes, List<Double> values) {
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
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
                .mapToDouble(RunCharts::mean)
                .max();
        double flop = ranks.stream()
                .flatMap(rank -> rank.measurement(Metric.STEP_FLOP).stream())
                .mapToDouble(RunCharts::mean)
                .sum();
        return slowest.isPresent() ? OptionalDouble.of(flop / slowest.getAsDouble() / 1e9) : OptionalDouble.empty();
    }

    private static double mean(Measurement measurement) {
        return measurement.samples().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }

    private static OptionalDouble efficiencyFloor(Run run) {
        return run.rows("coupled").stream()
                .filter(row -> row.criterion().judged() && row.criterion().metric() == Metric.SCALE_EFFICIENCY)
                .flatMapToDouble(row -> row.criterion().limit() instanceof Limit.AtLeast atLeast
                        ? java.util.stream.DoubleStream.of(atLeast.floor())
                        : java.util.stream.DoubleStream.empty())
                .findFirst();
    }

    static Stream<LaunchResult> launches(Run run, String experiment) {
        return run.collected().stream()
                .filter(result -> result.experiment().equals(experiment))
                .flatMap(result -> result.launches().stream());
    }
}
