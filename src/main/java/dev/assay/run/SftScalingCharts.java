package dev.assay.run;

import dev.assay.criteria.Limit;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Experiment;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.ScalePoint;
import dev.assay.verdict.Interval;
import dev.assay.verdict.Samples;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Tokens a second over nodes, a picture for each config and run: all its node counts, and the baselines of all. */
final class SftScalingCharts {
    private SftScalingCharts() {}

    /** All of a run, each config and run once. */
    static List<Chart> of(Run run) {
        Map<String, Sft> each = new LinkedHashMap<>();
        run.collected()
                .forEach(result ->
                        SftCharts.trained(run, result.experiment()).ifPresent(sft -> each.putIfAbsent(key(sft), sft)));
        return each.values().stream().flatMap(sft -> of(run, sft).stream()).toList();
    }

    static List<Chart> of(Run run, Sft sft) {
        List<String> experiments = Stream.concat(run.plan().experiments().stream(), run.plan().extension().stream())
                .filter(each ->
                        each.workload() instanceof Sft other && key(other).equals(key(sft)))
                .map(Experiment::id)
                .toList();
        List<LaunchResult> launches = run.collected().stream()
                .filter(result -> experiments.contains(result.experiment()))
                .flatMap(result -> result.launches().stream())
                .toList();
        OptionalDouble floor = experiments.stream()
                .flatMap(id -> run.rows(id).stream())
                .filter(row -> row.criterion().judged() && row.criterion().metric() == Metric.SCALE_EFFICIENCY)
                .flatMapToDouble(row -> row.criterion().limit() instanceof Limit.AtLeast atLeast
                        ? DoubleStream.of(atLeast.floor())
                        : DoubleStream.empty())
                .findFirst();
        return chart(key(sft), launches, floor);
    }

    private static String key(Sft sft) {
        return sft.config()
                + (sft.run() == Sft.Run.NOMINAL ? "" : " " + sft.run().key());
    }

    static List<Chart> chart(String key, List<LaunchResult> launches, OptionalDouble floor) {
        TreeMap<Integer, List<Double>> byNodes = new TreeMap<>();
        launches.stream().filter(LaunchResult::whole).forEach(launch -> {
            List<Double> each = communicators(launch).stream()
                    .map(SftScalingCharts::tokens)
                    .flatMap(tokens -> tokens.stream().boxed())
                    .toList();
            if (!each.isEmpty()) {
                byNodes.computeIfAbsent(nodes(launch), n -> new ArrayList<>()).add(Samples.mean(each));
            }
        });
        return byNodes.size() < 2
                ? List.of()
                : List.of(Charts.scaling(
                        "Tokens over nodes against ideal, " + key,
                        byNodes.entrySet().stream()
                                .map(entry -> point(entry.getKey(), entry.getValue()))
                                .toList(),
                        "tokens/s",
                        floor,
                        "step.time and step.tokens of the launches of " + key
                                + "; bars: 97 % interval of a launch's mean (Student's t), none of one launch"));
    }

    private static ScalePoint point(int nodes, List<Double> launches) {
        Interval interval = Interval.of(launches);
        boolean one = interval.launches() < 2;
        return new ScalePoint(
                nodes,
                interval.estimate(),
                one ? interval.estimate() : interval.lower(),
                one ? interval.estimate() : interval.upper());
    }

    private static List<List<RankResult>> communicators(LaunchResult launch) {
        Map<List<Integer>, List<RankResult>> all =
                new TreeMap<>(Comparator.comparing((List<Integer> ranks) -> Objects.requireNonNull(ranks.get(0))));
        launch.ranks()
                .forEach(rank -> all.computeIfAbsent(rank.header().communicator(), ranks -> new ArrayList<>())
                        .add(rank));
        return List.copyOf(all.values());
    }

    /** Of all its ranks; each step takes as long as its slowest rank, as the verdicts have it. */
    private static OptionalDouble tokens(List<RankResult> ranks) {
        List<List<Double>> times = ranks.stream()
                .flatMap(rank -> rank.measurement(Metric.STEP_TIME).map(Measurement::samples).stream())
                .toList();
        int steps = times.stream().mapToInt(List::size).min().orElse(0);
        OptionalDouble millis = IntStream.range(0, steps)
                .mapToDouble(step ->
                        times.stream().mapToDouble(each -> each.get(step)).max().orElseThrow())
                .average();
        double tokens = ranks.stream()
                .flatMapToDouble(rank -> SftCharts.mean(rank, Metric.STEP_TOKENS).stream())
                .sum();
        boolean whole = times.size() == ranks.size() && times.stream().allMatch(each -> each.size() == steps);
        return whole && tokens > 0 && millis.isPresent()
                ? OptionalDouble.of(1e3 * tokens / millis.getAsDouble())
                : OptionalDouble.empty();
    }

    /** Of each communicator. */
    private static int nodes(LaunchResult launch) {
        if (launch.role() != LaunchRole.BASELINE) {
            return launch.nodes().size();
        }
        int ranks = launch.ranks().stream()
                .mapToInt(rank -> rank.header().communicator().size())
                .max()
                .orElse(1);
        return Math.max(1, ranks / launch.gpusPerNode());
    }
}
