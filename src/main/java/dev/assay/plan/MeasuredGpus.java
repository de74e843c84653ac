package dev.assay.plan;

import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.training.Estimate;
import dev.assay.training.Figure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a recorded run of {@code gemm}, {@code burn}, {@code hbm} and {@code coupled} says of its GPUs. */
final class MeasuredGpus {
    private static final String CUBE = "8192x8192x8192";
    private static final Map<String, String> SUSTAINED = Map.of("dtype", "bf16", "shape", CUBE, "mode", "sustained");
    private static final Map<String, String> BURST = Map.of("dtype", "bf16", "mode", "burst");

    /** The slowest of few GPUs is hardly the slowest of many: as much below it as GPUs differ, this at least. */
    private static final double LEAST_SPREAD = 0.02;

    /** Kernels of training are not the copy kernel: judged, as {@code training.AssumedFigures}. */
    private static final double NOT_A_COPY = 0.25;

    private static final double ADAMW_NOT_A_COPY = 0.15;

    private static final double A_LITTLE = 0.05;

    /** Of the communication, behind GEMMs; with less, what slows them is lost in what is exposed. */
    private static final double LEAST_HIDDEN = 0.5;

    private final List<ExperimentResult> results;
    private final String label;

    MeasuredGpus(List<ExperimentResult> results, String label) {
        this.results = results;
        this.label = label;
    }

    Map<Figure, Estimate> figures() {
        Map<Figure, Estimate> figures = new EnumMap<>(Figure.class);
        slowest("gemm", Metric.GEMM_TFLOPS, SUSTAINED)
                .or(() -> slowest("burn", Metric.GEMM_TFLOPS, Map.of("dtype", "bf16", "shape", CUBE)))
                .ifPresent(rate -> figures.put(Figure.GEMMS, rate));
        slowest("hbm", Metric.HBM_BANDWIDTH, Map.of("kernel", "copy")).ifPresent(copy -> {
            figures.put(Figure.MEMORY_KERNELS, below(copy, NOT_A_COPY));
            figures.put(Figure.OPTIMIZER, below(copy, ADAMW_NOT_A_COPY));
        });
        slowed().ifPresent(slowed -> figures.put(Figure.SLOWED, slowed));
        return figures;
    }

    /** By shape, its rate over that of 8192³, both by bursts. */
    Map<String, Double> shapes() {
        Map<String, List<Double>> rates = new TreeMap<>();
        ranks("gemm")
                .flatMap(rank -> rank.measurements(Metric.GEMM_TFLOPS, BURST).stream())
                .forEach(each -> rates.computeIfAbsent(
                                each.conditions().getOrDefault("shape", ""), shape -> new ArrayList<>())
                        .add(MeasuredParts.median(each.samples())));
        Map<String, Double> faster = new HashMap<>();
        List<Double> cubes = rates.getOrDefault(CUBE, List.of());
        if (!cubes.isEmpty()) {
            double cube = MeasuredParts.median(cubes);
            rates.forEach((shape, all) -> faster.put(shape, MeasuredParts.median(all) / cube));
        }
        return faster;
    }

    private static Estimate below(Estimate copy, double less) {
        return new Estimate(
                copy.value(), copy.low() * (1 - less), copy.high() * (1 + A_LITTLE), copy.source() + ", as a copy");
    }

    /** A step waits for the slowest GPU: its mean; above it the fastest's. */
    private Optional<Estimate> slowest(String experiment, Metric metric, Map<String, String> conditions) {
        Map<String, List<Double>> byGpu = new TreeMap<>();
        ranks(experiment)
                .forEach(rank -> rank.measurements(metric, conditions)
                        .forEach(each -> byGpu.computeIfAbsent(rank.unit(), unit -> new ArrayList<>())
                                .add(MeasuredParts.mean(each.samples()))));
        List<Double> means = byGpu.values().stream()
                .map(MeasuredParts::mean)
                .filter(mean -> mean > 0 && Double.isFinite(mean))
                .toList();
        if (means.isEmpty()) {
            return Optional.empty();
        }
        double least = means.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double most = means.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        double spread = Math.min(0.5, Math.max(LEAST_SPREAD, most / least - 1));
        return Optional.of(new Estimate(
                least,
                least * (1 - spread),
                Math.max(most, least * (1 + LEAST_SPREAD)),
                label + ", " + experiment + ", the slowest of " + Words.plural(means.size(), "GPU")));
    }

    /**
     * Launch by launch, what the coupled step takes beyond its GEMMs alone and what its communication exposes, for what it has on
     * the bus behind GEMMs; ms/GB. What is exposed the projection adds by itself.
     */
    private Optional<Estimate> slowed() {
        List<Double> all = results.stream()
                .filter(result -> result.experiment().equals("coupled"))
                .flatMap(result -> result.launches().stream())
                .filter(launch -> launch.role() == LaunchRole.SCALED && launch.whole())
                .flatMap(launch -> slowed(launch).stream())
                .toList();
        double mean = MeasuredParts.mean(all);
        if (all.isEmpty() || !(mean > 0)) {
            return Optional.empty();
        }
        double least = all.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double most = all.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        return Optional.of(new Estimate(
                mean,
                Math.max(0.1 * mean, Math.min(least, 0.5 * mean)),
                Math.max(most, 1.5 * mean),
                label + ", coupled, " + all.size() + (all.size() == 1 ? " launch" : " launches")
                        + "; half of it more or less, as other" + " kernels and links differ"));
    }

    /** Nothing where the step's parts are not known, or where hardly anything is hidden: it would be of what is exposed. */
    private static Optional<Double> slowed(LaunchResult launch) {
        double step = mean(launch, Metric.STEP_TIME);
        double alone = mean(launch, Metric.COMPUTE_ALONE);
        double communicating = mean(launch, Metric.COMMUNICATION_ALONE);
        double exposed = exposed(alone, communicating, buckets(launch));
        double hidden = 1 - exposed / communicating;
        int ranks = launch.ranks().size();
        double hiddenBytes = hidden * mean(launch, Metric.STEP_BYTES) * 2 * (ranks - 1) / ranks;
        return step > 0 && alone > 0 && hidden >= LEAST_HIDDEN && hiddenBytes > 0
                ? Optional.of(Math.max(0, step - alone - exposed) / (hiddenBytes / 1e9))
                : Optional.empty();
    }

    /**
     * Of a pipeline whose every bucket is reduced behind the next one's GEMMs: all of the last bucket, and what each other takes
     * beyond the GEMMs that it hides behind; ms. No number without a number of buckets.
     */
    private static double exposed(double alone, double communicating, int buckets) {
        double bucket = communicating / buckets;
        return buckets > 0 ? bucket + (buckets - 1) * Math.max(0, bucket - alone / buckets) : Double.NaN;
    }

    /** 0 where it is not told. */
    private static int buckets(LaunchResult launch) {
        return launch.ranks().stream()
                .flatMap(rank -> rank.measurement(Metric.STEP_TIME).stream())
                .map(each -> each.conditions().getOrDefault("buckets", ""))
                .filter(text -> text.matches("[1-9][0-9]{0,5}"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(0);
    }

    private static double mean(LaunchResult launch, Metric metric) {
        return MeasuredParts.mean(launch.ranks().stream()
                .flatMap(rank -> rank.measurement(metric).stream())
                .map(Measurement::samples)
                .map(MeasuredParts::mean)
                .toList());
    }

    private Stream<RankResult> ranks(String experiment) {
        return results.stream()
                .filter(result -> result.experiment().equals(experiment))
                .flatMap(result -> result.launches().stream())
                .filter(LaunchResult::whole)
                .flatMap(launch -> launch.ranks().stream());
    }
}
