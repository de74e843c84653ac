package dev.assay.run;

import dev.assay.criteria.Limit;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.ResultReader;
import dev.assay.measurement.TelemetryWindow;
import dev.assay.plan.Row;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the GPUs were seen doing beside the work, over time: a picture for each work that a launch watched. */
final class TelemetryCharts {
    /** In the order that people name a GEMM by; what else a window carries tells nothing apart. */
    private static final List<String> NAMED_BY = List.of("dtype", "shape", "mode");

    private TelemetryCharts() {}

    /** One GPU's window. */
    record Watched(String gpu, TelemetryWindow window) {}

    /** Of a row: what was watched under its conditions; work that tells its windows apart serves no row without conditions. */
    static List<Chart> of(Run run, Row row) {
        Map<String, String> wanted = row.criterion().conditions();
        return of(
                run,
                row.experiment(),
                row.nodes(),
                watched -> watched.isEmpty() == wanted.isEmpty()
                        && watched.entrySet().containsAll(wanted.entrySet()));
    }

    /** Of a whole experiment at this node count. */
    static List<Chart> of(Run run, String experiment, int nodes) {
        return of(run, experiment, nodes, watched -> true);
    }

    private static List<Chart> of(Run run, String experiment, int nodes, Predicate<Map<String, String>> which) {
        Optional<LaunchResult> launch = RunCharts.launches(run, experiment)
                .filter(each ->
                        each.role() != LaunchRole.BASELINE && each.nodes().size() == nodes)
                .min(Comparator.comparingInt(LaunchResult::repetition));
        return launch.stream()
                .flatMap(each -> charts(
                        watched(run, experiment, each)
                                .filter(one -> which.test(one.window().conditions()))
                                .toList(),
                        experiment,
                        limits(run, experiment),
                        each)
                        .stream())
                .toList();
    }

    /** One chart for all windows under the same conditions, in the order in which the first GPU saw them. */
    static List<Chart> charts(
            List<Watched> windows, String experiment, Map<Metric, Double> limits, LaunchResult launch) {
        Map<String, List<Series>> works = new LinkedHashMap<>();
        windows.stream()
                .filter(one -> !one.window().telemetry().seconds().isEmpty())
                .forEach(one -> works.computeIfAbsent(name(one.window().conditions()), name -> new ArrayList<>())
                        .add(new Series(one.gpu(), one.window().telemetry())));
        int nodes = launch.nodes().size();
        return works.entrySet().stream()
                .map(work -> Charts.telemetry(
                        "Telemetry of " + experiment + work.getKey() + ", " + nodes + (nodes == 1 ? " node" : " nodes"),
                        work.getValue(),
                        limits,
                        "telemetry lines of experiments/" + experiment + "/" + launch.id() + "/rank-N.ndjson"))
                .toList();
    }

    private static String name(Map<String, String> conditions) {
        return NAMED_BY.stream()
                .filter(conditions::containsKey)
                .map(key -> " " + conditions.get(key))
                .collect(Collectors.joining());
    }

    private static Stream<Watched> watched(Run run, String experiment, LaunchResult launch) {
        return launch.ranks().stream().flatMap(rank -> watched(run, experiment, launch, rank));
    }

    private static Stream<Watched> watched(Run run, String experiment, LaunchResult launch, RankResult rank) {
        return ResultReader.telemetry(run.folder()
                        .result(experiment, launch.id(), rank.header().rank()))
                .stream()
                .map(window -> new Watched(
                        rank.header().node() + " GPU " + rank.header().localRank(), window));
    }

    /** Floors that a curve can be compared with by eye. */
    private static Map<Metric, Double> limits(Run run, String experiment) {
        Map<Metric, Double> limits = new EnumMap<>(Metric.class);
        run.rows(experiment).stream().filter(row -> row.criterion().judged()).forEach(row -> {
            if (row.criterion().limit() instanceof Limit.AtLeast atLeast) {
                limits.putIfAbsent(row.criterion().metric(), atLeast.floor());
            }
        });
        return limits;
    }
}
