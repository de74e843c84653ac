package dev.assay.run;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Experiment;
import dev.assay.plan.Row;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.OverSteps;
import dev.assay.summary.Charts.Part;
import dev.assay.summary.Charts.Stack;
import dev.assay.summary.Charts.StackScale;
import dev.assay.verdict.Samples;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Pictures of training: where a step's time goes, rank by rank, what the steps gave, and how many tokens nodes take. */
final class SftCharts {
    /** From here on a step's time reads better in seconds. */
    private static final double LONG_MILLIS = 10_000;

    private SftCharts() {}

    /** Whether it trains. */
    static Optional<Sft> trained(Run run, String experiment) {
        return Stream.concat(run.plan().experiments().stream(), run.plan().extension().stream())
                .filter(each -> each.id().equals(experiment))
                .map(Experiment::workload)
                .flatMap(workload -> workload instanceof Sft sft ? Stream.of(sft) : Stream.empty())
                .findFirst();
    }

    /** Of an experiment, for the summary page. */
    static List<Chart> of(Run run, String experiment) {
        return trained(run, experiment)
                .flatMap(sft -> scaled(run, experiment)
                        .map(launch -> Stream.of(
                                        breakdown(experiment, launch),
                                        steps(experiment, launch, sft.warmUpSteps()),
                                        SftMemoryCharts.of(experiment, launch))
                                .flatMap(List::stream)
                                .toList()))
                .orElse(List.of());
    }

    /** Of a row: what its metric is a part of. */
    static List<Chart> of(Run run, Row row) {
        Optional<Sft> sft = trained(run, row.experiment());
        Optional<LaunchResult> launch = scaled(run, row.experiment());
        if (sft.isEmpty() || launch.isEmpty()) {
            return List.of();
        }
        return switch (row.criterion().metric()) {
            case STEP_TIME,
                    TRAIN_FORWARD,
                    TRAIN_RECOMPUTE,
                    TRAIN_BACKWARD,
                    TRAIN_UPDATE,
                    TRAIN_EXPOSED,
                    TRAIN_EXPOSED_DIFFERENCE,
                    TRAIN_COMMUNICATION,
                    TRAIN_MFU,
                    SM_ACTIVE -> breakdown(row.experiment(), launch.get());
            case TRAIN_LOSS, TRAIN_GRADIENT_NORM, WRONG_ELEMENTS ->
                steps(row.experiment(), launch.get(), sft.get().warmUpSteps());
            case MEMORY_PLAN_RATIO, MEMORY_USED, MEMORY_PLANNED -> SftMemoryCharts.of(row.experiment(), launch.get());
            case SCALE_EFFICIENCY, TRAIN_TOKENS, TRAIN_TOKENS_ALL -> SftScalingCharts.of(run, sft.get());
            default -> List.of();
        };
    }

    /** The first launch of all ranks together. */
    private static Optional<LaunchResult> scaled(Run run, String experiment) {
        return RunCharts.launches(run, experiment)
                .filter(launch -> launch.role() == LaunchRole.SCALED)
                .min(Comparator.comparingInt(LaunchResult::repetition));
    }

    static List<Chart> breakdown(String experiment, LaunchResult launch) {
        Map<String, List<Double>> stacks = new LinkedHashMap<>();
        launch.ranks().forEach(rank -> parts(rank).ifPresent(parts -> stacks.put(name(rank), parts)));
        if (stacks.isEmpty()) {
            return List.of();
        }
        double highest =
                stacks.values().stream().mapToDouble(SftCharts::sum).max().orElse(0);
        double divisor = highest >= LONG_MILLIS ? 1e3 : 1;
        return List.of(Charts.stacks(
                "Where a step's time goes, " + experiment,
                legend(List.copyOf(stacks.values()), divisor),
                stacks.entrySet().stream()
                        .map(each -> new Stack(
                                each.getKey(),
                                each.getValue().stream()
                                        .map(millis -> millis / divisor)
                                        .toList()))
                        .toList(),
                new StackScale(
                        divisor > 1 ? "s" : "ms",
                        "rank, in the order of nodes and local ranks",
                        "mean over ranks, and of the step",
                        true,
                        OptionalDouble.empty(),
                        ""),
                "step.time and train.* of experiments/" + experiment + "/" + launch.id()
                        + "/rank-N.ndjson, means over the measured steps"));
    }

    private static final List<Metric> PARTS = List.of(
            Metric.TRAIN_FORWARD,
            Metric.TRAIN_RECOMPUTE,
            Metric.TRAIN_BACKWARD,
            Metric.TRAIN_UPDATE,
            Metric.TRAIN_EXPOSED);

    private static final List<String> NAMES = List.of(
            "forward", "recomputation", "backward, loss", "norm, AdamW", "exposed communication", "between steps");

    /** Mean milliseconds of a rank's parts, and what is left of its step; none where it lacks one. */
    private static Optional<List<Double>> parts(RankResult rank) {
        List<Double> parts = new ArrayList<>();
        for (Metric metric : PARTS) {
            mean(rank, metric).ifPresent(parts::add);
        }
        OptionalDouble step = mean(rank, Metric.STEP_TIME);
        if (parts.size() < PARTS.size() || step.isEmpty()) {
            return Optional.empty();
        }
        parts.add(Math.max(0, step.getAsDouble() - sum(parts)));
        return Optional.of(parts);
    }

    private static List<Part> legend(List<List<Double>> stacks, double divisor) {
        double whole = stacks.stream().mapToDouble(SftCharts::sum).average().orElse(1);
        return IntStream.range(0, NAMES.size())
                .mapToObj(i -> {
                    double mean = stacks.stream()
                            .mapToDouble(stack -> stack.get(i))
                            .average()
                            .orElse(0);
                    return new Part(
                            NAMES.get(i),
                            String.format(
                                    Locale.ROOT,
                                    "%s %s, %.1f %%",
                                    figure(mean / divisor),
                                    divisor > 1 ? "s" : "ms",
                                    100 * mean / whole));
                })
                .toList();
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    /** The loss of all ranks is one and so is the norm, so the first rank's will do. */
    static List<Chart> steps(String experiment, LaunchResult launch, int warmUp) {
        return launch.ranks().stream()
                .min(Comparator.comparingInt(rank -> rank.header().rank()))
                .map(rank -> Stream.of(
                                panel(rank, Metric.TRAIN_LOSS, "Loss, nats a token, mean over all ranks"),
                                panel(rank, Metric.TRAIN_GRADIENT_NORM, "Gradient norm before clipping"))
                        .flatMap(Optional::stream)
                        .toList())
                .filter(panels -> !panels.isEmpty())
                .map(panels -> List.of(Charts.steps(
                        "Loss and gradient norm over steps, " + experiment,
                        panels,
                        warmUp,
                        "train.loss and train.gradient-norm of experiments/" + experiment + "/" + launch.id()
                                + "/rank-0.ndjson; the same data in every step")))
                .orElse(List.of());
    }

    private static Optional<OverSteps> panel(RankResult rank, Metric metric, String name) {
        return rank.measurement(metric).map(measurement -> new OverSteps(name, measurement.samples()));
    }

    static OptionalDouble mean(RankResult rank, Metric metric) {
        return rank.measurement(metric).map(Measurement::samples).stream()
                .mapToDouble(Samples::mean)
                .findFirst();
    }

    private static double sum(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }

    static String name(RankResult rank) {
        return rank.header().node() + " GPU " + rank.header().localRank();
    }
}
