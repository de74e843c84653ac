package dev.assay.run;

import dev.assay.cluster.GpuModel;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.Dot;
import dev.assay.summary.Charts.Rate;
import dev.assay.verdict.Samples;
import dev.assay.workload.Gemm;
import dev.assay.workload.Precision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The roofline of all GEMMs of an experiment; {@code native/README.md} defines it. */
final class RooflineCharts {
    private static final Pattern SHAPE = Pattern.compile("([1-9]\\d{0,8})x([1-9]\\d{0,8})x([1-9]\\d{0,8})");

    private RooflineCharts() {}

    /** A GEMM and how it was run. */
    private record Work(Gemm gemm, String mode) {}

    static List<Chart> of(Run run, String experiment) {
        return of(
                RunCharts.launches(run, experiment).toList(),
                run.plan().gpuModel(),
                "gemm.tflops of experiments/" + experiment + "/load-*/rank-N.ndjson; a GPU's value is the median of its"
                        + " samples");
    }

    static List<Chart> of(List<LaunchResult> launches, GpuModel model, String source) {
        Map<Work, List<Dot>> works = new LinkedHashMap<>();
        launches.stream()
                .filter(launch -> launch.role() == LaunchRole.LOAD)
                .flatMap(launch -> launch.ranks().stream())
                .forEach(rank -> rank.measurements(Metric.GEMM_TFLOPS, Map.of())
                        .forEach(measurement -> work(measurement)
                                .ifPresent(work -> works.computeIfAbsent(work, key -> new ArrayList<>())
                                        .add(dot(rank, measurement)))));
        List<Rate> rates = works.entrySet().stream()
                .map(entry -> rate(entry.getKey(), entry.getValue(), model))
                .sorted(Comparator.comparing(Rate::mode))
                .toList();
        return rates.isEmpty()
                ? List.of()
                : List.of(Charts.roofline(
                        "Roofline of the GEMM shapes, " + model.name(), rates, model.memoryGBps(), source));
    }

    private static Dot dot(RankResult rank, Measurement measurement) {
        return new Dot(
                rank.header().node() + " GPU " + rank.header().localRank(), Samples.median(measurement.samples()));
    }

    /** None where the conditions name no GEMM that there is. */
    private static Optional<Work> work(Measurement measurement) {
        Map<String, String> conditions = measurement.conditions();
        Matcher shape = SHAPE.matcher(conditions.getOrDefault("shape", ""));
        if (!shape.matches() || !conditions.containsKey("mode")) {
            return Optional.empty();
        }
        Gemm gemm = new Gemm(
                Integer.parseInt(shape.group(1)),
                Integer.parseInt(shape.group(2)),
                Integer.parseInt(shape.group(3)),
                Precision.of(conditions.getOrDefault("dtype", Precision.BF16.key())));
        return Optional.of(new Work(gemm, conditions.getOrDefault("mode", "")));
    }

    private static Rate rate(Work work, List<Dot> gpus, GpuModel model) {
        Gemm gemm = work.gemm();
        Dot worst = gpus.stream().min(Comparator.comparingDouble(Dot::value)).orElseThrow();
        return new Rate(
                gemm.precision().key(),
                gemm.shape(),
                work.mode(),
                gemm.intensity(),
                Samples.median(gpus.stream().map(Dot::value).toList()),
                worst.value(),
                worst.unit(),
                gpus.size(),
                model.bf16DenseTflops() * gemm.precision().rateOverBf16());
    }
}
