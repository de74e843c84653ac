package dev.assay.run;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Metric;
import dev.assay.plan.TrainedStep;
import dev.assay.plan.TrainingForecast;
import dev.assay.plan.TrainingRecord;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.Foretold;
import dev.assay.training.Range;
import dev.assay.verdict.Verdict;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** What the plan said of training before it ran, beside what came of it. Shown, not judged. */
final class ForecastCharts {
    /** Key of the metric, ms, where training measures it. */
    private static final String EXPOSED = "train.exposed";

    private ForecastCharts() {}

    /** One picture of all configs, those that were only projected among them; none of a suite that trains nothing. */
    static List<Chart> of(Run run) {
        List<Foretold> rows = run.plan().training().map(TrainingRecord::forecasts).orElse(List.of()).stream()
                .map(forecast -> foretold(run, forecast))
                .toList();
        return rows.isEmpty()
                ? List.of()
                : List.of(
                        Charts.forecasts(
                                "Training steps: prediction and result",
                                rows,
                                "training of plan.json; step.time of experiments/sft-*/scaled-*/rank-N.ndjson; shown, not judged"));
    }

    private static Foretold foretold(Run run, TrainingForecast forecast) {
        OptionalDouble seconds = seconds(run, forecast);
        List<Foretold.Figure> figures = new ArrayList<>();
        add(figures, "step", "s", forecast.stepSeconds(), seconds);
        add(figures, "tokens/s a GPU", "tokens/s", forecast.tokens(), over(tokens(run, forecast), seconds));
        forecast.mfu().ifPresent(mfu -> add(figures, "MFU, causal", "%", mfu, mfu(run, forecast, seconds)));
        forecast.exposedSeconds()
                .ifPresent(exposed -> add(figures, "exposed communication", "s", exposed, exposed(run, forecast)));
        forecast.scale().ifPresent(scale -> add(figures, "scale efficiency", "%", scale, scale(run, forecast)));
        return new Foretold(
                forecast.name(),
                forecast.nodes(),
                forecast.gpus(),
                forecast.experiment().orElse(""),
                figures);
    }

    /** What does not exist, as the exposed communication of one GPU, has no row. */
    private static void add(
            List<Foretold.Figure> figures, String name, String unit, Range range, OptionalDouble measured) {
        if (range.value() > 0) {
            figures.add(new Foretold.Figure(name, unit, range.value(), range.low(), range.high(), measured));
        }
    }

    private static Stream<LaunchResult> scaled(Run run, TrainingForecast forecast) {
        return forecast.experiment().stream()
                .flatMap(experiment -> RunCharts.launches(run, experiment))
                .filter(LaunchResult::whole)
                .filter(launch -> launch.role() == LaunchRole.SCALED);
    }

    /** Mean over the whole scaled launches; a launch that lost a rank is no result. */
    private static OptionalDouble seconds(Run run, TrainingForecast forecast) {
        return scaled(run, forecast)
                .flatMap(launch -> TrainedStep.seconds(launch).stream())
                .mapToDouble(Double::doubleValue)
                .average();
    }

    /** The worst rank's mean over steps, the mean over launches; nothing where no rank measures it. */
    private static OptionalDouble exposed(Run run, TrainingForecast forecast) {
        return scaled(run, forecast)
                .flatMapToDouble(launch -> launch.ranks().stream()
                        .flatMap(rank -> rank.measurements().stream())
                        .filter(each -> each.metric().key().equals(EXPOSED))
                        .mapToDouble(each -> each.samples().stream()
                                        .mapToDouble(Double::doubleValue)
                                        .average()
                                        .orElse(Double.NaN)
                                / 1e3)
                        .max()
                        .stream())
                .average();
    }

    private static OptionalDouble tokens(Run run, TrainingForecast forecast) {
        return sft(run, forecast)
                .map(sft -> OptionalDouble.of((double) sft.tokensPerStep()))
                .orElse(OptionalDouble.empty());
    }

    private static OptionalDouble mfu(Run run, TrainingForecast forecast, OptionalDouble seconds) {
        double peak = run.plan().gpuModel().bf16DenseTflops() * 1e12;
        return sft(run, forecast)
                .map(sft -> {
                    double own = peak * sft.setup().precision().rateOverBf16();
                    return over(OptionalDouble.of(100 * sft.flopPerStep() / own), seconds);
                })
                .orElse(OptionalDouble.empty());
    }

    private static OptionalDouble over(OptionalDouble work, OptionalDouble seconds) {
        return work.isPresent() && seconds.isPresent()
                ? OptionalDouble.of(work.getAsDouble() / seconds.getAsDouble())
                : OptionalDouble.empty();
    }

    /** As its row on the page has it. */
    private static OptionalDouble scale(Run run, TrainingForecast forecast) {
        return run.plan().rows().stream()
                .filter(row ->
                        forecast.experiment().filter(row.experiment()::equals).isPresent())
                .filter(row -> row.criterion().metric() == Metric.SCALE_EFFICIENCY)
                .flatMap(row -> Optional.ofNullable(run.judged().get(row.key())).stream())
                .map(Verdict::value)
                .findFirst()
                .orElse(OptionalDouble.empty());
    }

    private static Optional<Sft> sft(Run run, TrainingForecast forecast) {
        return run.plan().experiments().stream()
                .filter(experiment ->
                        forecast.experiment().filter(experiment.id()::equals).isPresent())
                .map(experiment -> experiment.workload())
                .filter(Sft.class::isInstance)
                .map(Sft.class::cast)
                .findFirst();
    }
}
