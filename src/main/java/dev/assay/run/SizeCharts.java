package dev.assay.run;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Row;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.SizeCurve;
import dev.assay.summary.Charts.SizePoint;
import dev.assay.verdict.Samples;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was measured at many sizes, over them; at each size the worst rank's value. */
final class SizeCharts {
    /** The condition that names a size. */
    private static final String BYTES = "bytes";

    private static final String OPERATION = "operation";
    private static final String REDUCTION = "reduction";
    private static final String MODE = "mode";
    private static final List<String> SAID =
            List.of(OPERATION, "scope", "ranks", "over", "type", REDUCTION, MODE, "place");

    /** The time of a small collective is latency; that of a large one is its bandwidth over again, and would hide the rest. */
    private static final long MOST_LATENCY_BYTES = 256 << 10;

    private SizeCharts() {}

    /** Of an experiment, for the summary page; what is judged first. */
    static List<Chart> of(Run run, String experiment) {
        List<LaunchResult> launches = RunCharts.launches(run, experiment).toList();
        return run.rows(experiment).stream()
                .sorted(Comparator.comparing(row -> !row.criterion().judged()))
                .flatMap(row -> ofMetric(launches, row).stream())
                .toList();
    }

    /** Of a row: what it judges, and how far single operations of its kind scatter. */
    static List<Chart> of(List<LaunchResult> launches, Row row) {
        return switch (row.criterion().metric()) {
            case COLLECTIVE_BUSBW, COLLECTIVE_TIME ->
                Stream.concat(ofMetric(launches, row).stream(), percentiles(launches, row).stream())
                        .toList();
            default -> ofMetric(launches, row);
        };
    }

    private static List<Chart> ofMetric(List<LaunchResult> launches, Row row) {
        return switch (row.criterion().metric()) {
            case COLLECTIVE_BUSBW -> bandwidths(launches, row);
            case COLLECTIVE_TIME -> latencies(launches, row);
            case COLLECTIVE_ITERATION -> percentiles(launches, row);
            default -> List.of();
        };
    }

    /** A curve an operation, all under the row's other conditions. */
    private static List<Chart> bandwidths(List<LaunchResult> launches, Row row) {
        Criterion criterion = row.criterion();
        Map<String, String> common = without(criterion.conditions(), OPERATION, REDUCTION);
        Curves curves = new Curves(Long.MAX_VALUE, Math::min);
        measured(launches, Metric.COLLECTIVE_BUSBW, common)
                .forEach(each -> curves.add(name(each), each, Samples.median(each.samples())));
        return chart(
                "Bus bandwidth of collectives over bytes" + words(common),
                curves,
                row,
                Metric.COLLECTIVE_BUSBW,
                criterion.conditions().getOrDefault(OPERATION, "") + " ");
    }

    /** The row's operation by plain launches and by graphs. */
    private static List<Chart> latencies(List<LaunchResult> launches, Row row) {
        Map<String, String> common = without(row.criterion().conditions(), MODE);
        Curves curves = new Curves(MOST_LATENCY_BYTES, Math::max);
        measured(launches, Metric.COLLECTIVE_TIME, common)
                .forEach(each ->
                        curves.add(each.conditions().getOrDefault(MODE, ""), each, Samples.median(each.samples())));
        return chart("Time of small collectives over bytes" + words(common), curves, row, Metric.COLLECTIVE_TIME, "");
    }

    private static List<Chart> percentiles(List<LaunchResult> launches, Row row) {
        Map<String, String> common = without(row.criterion().conditions());
        Map<String, Function<List<Double>, Double>> statistics = new LinkedHashMap<>();
        statistics.put("median", Samples::median);
        statistics.put("p95", samples -> Samples.of(Statistic.P95, samples));
        statistics.put("p99", samples -> Samples.of(Statistic.P99, samples));
        Curves curves = new Curves(Long.MAX_VALUE, Math::max);
        measured(launches, Metric.COLLECTIVE_ITERATION, common)
                .forEach(each -> statistics.forEach(
                        (name, statistic) -> curves.add(name, each, statistic.apply(each.samples()))));
        return chart(
                "Time of single collectives over bytes" + words(common), curves, row, Metric.COLLECTIVE_ITERATION, "");
    }

    private static Stream<Measurement> measured(
            List<LaunchResult> launches, Metric metric, Map<String, String> conditions) {
        return launches.stream()
                .flatMap(launch -> launch.ranks().stream())
                .flatMap((RankResult rank) -> rank.measurements(metric, conditions).stream());
    }

    /** The operation, and its reduction unless it is the usual one. */
    private static String name(Measurement measurement) {
        String operation = measurement.conditions().getOrDefault(OPERATION, "");
        return measurement.conditions().getOrDefault(REDUCTION, "").equals("max") ? operation + " max" : operation;
    }

    private static Map<String, String> without(Map<String, String> conditions, String... keys) {
        Map<String, String> rest = new HashMap<>(conditions);
        rest.remove(BYTES);
        List.of(keys).forEach(rest::remove);
        return rest;
    }

    /** In an order that people would say them in. */
    private static String words(Map<String, String> conditions) {
        return SAID.stream()
                .filter(conditions::containsKey)
                .map(key -> ", " + said(key, conditions.getOrDefault(key, "")))
                .collect(Collectors.joining());
    }

    private static String said(String key, String value) {
        return switch (key) {
            case "place" -> value + (value.equals("in") ? " place" : " of place");
            case "ranks" -> value + " ranks";
            case "over" -> "over the " + value;
            default -> value;
        };
    }

    private static List<Chart> chart(String title, Curves curves, Row row, Metric metric, String limitOf) {
        if (curves.few()) {
            return List.of();
        }
        boolean own = row.criterion().metric() == metric;
        return List.of(Charts.sizes(
                title,
                curves.all(),
                metric.unit(),
                limitOf,
                own ? floor(row.criterion()) : OptionalDouble.empty(),
                own ? row.criterion().ceiling() : OptionalDouble.empty(),
                metric.key() + " of experiments/" + row.experiment() + "/*/rank-N.ndjson; the worst rank's value"));
    }

    private static OptionalDouble floor(Criterion criterion) {
        return criterion.judged() && criterion.limit() instanceof Limit.AtLeast atLeast
                ? OptionalDouble.of(atLeast.floor())
                : OptionalDouble.empty();
    }

    /** Values by curve and size. */
    private static final class Curves {
        private final Map<String, TreeMap<Long, Double>> curves = new LinkedHashMap<>();
        private final long mostBytes;
        private final java.util.function.BinaryOperator<Double> worse;

        Curves(long mostBytes, java.util.function.BinaryOperator<Double> worse) {
            this.mostBytes = mostBytes;
            this.worse = worse;
        }

        void add(String curve, Measurement measurement, double value) {
            String bytes = measurement.conditions().getOrDefault(BYTES, "");
            if (bytes.matches("[0-9]{1,18}") && Long.parseLong(bytes) <= mostBytes && Double.isFinite(value)) {
                curves.computeIfAbsent(curve, name -> new TreeMap<>()).merge(Long.parseLong(bytes), value, worse);
            }
        }

        /** One size is no curve. */
        boolean few() {
            return curves.values().stream().allMatch(points -> points.size() < 2);
        }

        List<SizeCurve> all() {
            return curves.entrySet().stream()
                    .map(curve -> new SizeCurve(
                            curve.getKey(),
                            curve.getValue().entrySet().stream()
                                    .map(point -> new SizePoint(point.getKey(), point.getValue()))
                                    .toList()))
                    .toList();
        }
    }
}
