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
import dev.assay.summary.Charts.Dot;
import dev.assay.summary.Charts.SizeCurve;
import dev.assay.summary.Charts.SizePoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** The pictures of a part of every node: how it is distributed over the GPUs, and over sizes where it was measured at many. */
final class PartCharts {
    /** The condition that names a size. */
    private static final String BYTES = "bytes";

    private PartCharts() {}

    static List<Chart> of(List<LaunchResult> launches, Row row) {
        List<RankResult> ranks =
                launches.stream().flatMap(launch -> launch.ranks().stream()).toList();
        List<Chart> charts = new ArrayList<>(overSizes(ranks, row));
        charts.addAll(overUnits(ranks, row));
        return charts;
    }

    /** One dot a GPU or link under the criterion's conditions, its median. */
    private static List<Chart> overUnits(List<RankResult> ranks, Row row) {
        Criterion criterion = row.criterion();
        List<Dot> dots = ranks.stream()
                .flatMap(rank -> rank.measurements(criterion.metric(), criterion.conditions()).stream()
                        .map(measurement -> new Dot(unit(rank, measurement), median(measurement))))
                .toList();
        if (dots.size() < 2) {
            return List.of();
        }
        return List.of(Charts.spread(
                criterion.title() + ", every unit", dots, criterion.unit(), floor(criterion), source(row)));
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
                if (bytes.matches("[0-9]{1,18}")) {
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

    private static java.util.function.BinaryOperator<Double> worse(Metric metric) {
        return metric == Metric.COLLECTIVE_TIME ? Math::max : Math::min;
    }

    private static String words(Map<String, String> conditions) {
        return conditions.isEmpty() ? "" : ", " + String.join(", ", new TreeMap<>(conditions).values());
    }

    private static String unit(RankResult rank, Measurement measurement) {
        String gpu = rank.header().node() + " GPU " + rank.header().localRank();
        String to = measurement.conditions().getOrDefault("to", "");
        return to.isEmpty() ? gpu : gpu + " → " + to;
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
