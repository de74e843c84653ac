package dev.assay.run;

import dev.assay.criteria.Statistic;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.summary.Csv;
import dev.assay.verdict.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** How far the single operations of every collective scatter: a line a case, the worst rank's value of each statistic. */
public final class IterationTable {
    private static final List<String> CASE =
            List.of("scope", "ranks", "over", "operation", "bytes", "type", "reduction", "place", "mode");

    private IterationTable() {}

    /** Empty where no operation was timed by itself. A percentile of too few has an empty cell. */
    public static String csv(List<LaunchResult> launches) {
        Map<List<String>, List<List<Double>>> cases = new LinkedHashMap<>();
        launches.stream()
                .flatMap(launch -> launch.ranks().stream())
                .flatMap(rank -> rank.measurements(Metric.COLLECTIVE_ITERATION, Map.of()).stream())
                .forEach(measurement -> cases.computeIfAbsent(name(measurement), name -> new ArrayList<>())
                        .add(measurement.samples()));
        if (cases.isEmpty()) {
            return "";
        }
        List<String> heads = new ArrayList<>(CASE);
        heads.addAll(List.of("operations", "median µs", "p95 µs", "p99 µs"));
        Csv csv = new Csv(heads);
        cases.forEach((name, ranks) -> csv.row(row(name, ranks)));
        return csv.toString();
    }

    private static List<String> name(Measurement measurement) {
        Map<String, String> conditions = new TreeMap<>(measurement.conditions());
        return CASE.stream().map(key -> conditions.getOrDefault(key, "")).toList();
    }

    private static Object[] row(List<String> name, List<List<Double>> ranks) {
        List<Object> cells = new ArrayList<>(name);
        cells.add(ranks.stream().mapToInt(List::size).min().orElse(0));
        cells.add(worst(ranks, Samples::median));
        cells.add(worst(ranks, samples -> Samples.of(Statistic.P95, samples)));
        cells.add(worst(ranks, samples -> Samples.of(Statistic.P99, samples)));
        return cells.toArray();
    }

    /** None as soon as one rank has none. */
    private static OptionalDouble worst(List<List<Double>> ranks, ToDoubleFunction<List<Double>> statistic) {
        double worst = ranks.stream().mapToDouble(statistic).reduce(0, Math::max);
        return Double.isFinite(worst) ? OptionalDouble.of(worst) : OptionalDouble.empty();
    }
}
