package dev.assay.run;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Row;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.SizeCurve;
import dev.assay.summary.Charts.SizePoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** What was measured at many sizes, over them. */
final class SizeCharts {
    /** The condition that names a size. */
    private static final String BYTES = "bytes";

    private static final long MOST_LATENCY_BYTES = 256 << 10;

    private SizeCharts() {}

    static List<Chart> of(List<LaunchResult> launches, Row row) {
        return overSizes(
                launches.stream().flatMap(launch -> launch.ranks().stream()).toList(), row);
    }

    /** The lowest rank's median at each size, a curve for each operation. */
    private static List<Chart> overSizes(List<RankResult> ranks, Row row) {
        Criterion criterion = row.criterion();
        if (criterion.metric() != Metric.COLLECTIVE_BUSBW && criterion.metric() != Metric.COLLECTIVE_TIME) {
            return List.of();
        }
        Map<String, String> common = new HashMap<>(criterion.conditions());
        common.remove(BYTES);
        common.remove("operation");
        Map<String, TreeMap<Long, Double>> curves = new TreeMap<>();
        for (RankResult rank : ranks) {
            for (Measurement measurement : rank.measurements(criterion.metric(), common)) {
                String operation = measurement.conditions().getOrDefault("operation", "");
                String bytes = measurement.conditions().getOrDefault(BYTES, "");
                if (bytes.matches("[0-9]{1,18}") && shows(criterion.metric(), Long.parseLong(bytes))) {
                    curves.computeIfAbsent(operation, name -> new TreeMap<>())
                            .merge(Long.parseLong(bytes), median(measurement), worse(criterion.metric()));
                }
            }
        }
        if (curves.values().stream().allMatch(points -> points.size() < 2)) {
            return List.of();
        }
        List<SizeCurve> lines = curves.entrySet().stream()
                .map(curve -> new SizeCurve(
                        curve.getKey(),
                        curve.getValue().entrySet().stream()
                                .map(point -> new SizePoint(point.getKey(), point.getValue()))
                                .toList()))
                .toList();
        return List.of(Charts.sizes(
                criterion.metric().key() + " over bytes" + words(common),
                lines,
                criterion.unit(),
                floor(criterion),
                criterion.ceiling(),
                source(row)));
    }

    /** The time of a small collective is latency; that of a large one is its bandwidth over again, and would hide the rest. */
    private static boolean shows(Metric metric, long bytes) {
        return metric != Metric.COLLECTIVE_TIME || bytes <= MOST_LATENCY_BYTES;
    }

    private static java.util.function.BinaryOperator<Double> worse(Metric metric) {
        return metric == Metric.COLLECTIVE_TIME ? Math::max : Math::min;
    }

    private static String words(Map<String, String> conditions) {
        return conditions.isEmpty() ? "" : ", " + String.join(", ", new TreeMap<>(conditions).values());
    }

    private static double median(Measurement measurement) {
        List<Double> sorted = measurement.samples().stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static OptionalDouble floor(Criterion criterion) {
        return criterion.judged() && criterion.limit() instanceof Limit.AtLeast atLeast
                ? OptionalDouble.of(atLeast.floor())
                : OptionalDouble.empty();
    }

    private static String source(Row row) {
        return row.criterion().metric().key() + " of experiments/" + row.experiment() + "/*/rank-N.ndjson";
    }
}
