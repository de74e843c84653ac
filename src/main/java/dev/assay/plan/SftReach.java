package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.GpuModel;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.LimitText;
import dev.assay.training.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Floors that lie beyond what the plan itself projects for these GPUs and this fabric: a sound cluster misses them, which is to
 * be known before node-hours are spent, and beside the miss.
 */
public final class SftReach {
    /** While computing waits NCCL's own kernels are resident: 32 channels at most, of the 108 SMs of an A100, 132 of an H200. */
    private static final double BUSY_WAITING = 0.3;

    /**
     * Of the power limit, what a GPU takes at most while computing waits: 298 of an H200's 700 W. A loop of tiny kernels takes
     * 122 W there, a copy loop on all SMs 474 W (NVML); NCCL has {@link #BUSY_WAITING} of the SMs and less of the bandwidth, and is
     * granted half of the difference. Computed, never measured.
     */
    private static final double POWER_WAITING = 0.43;

    private SftReach() {}

    /** Every floor of the plan that lies beyond its projection, one sentence a line. */
    static List<String> beyond(Cluster cluster, GpuModel model, List<Row> rows, List<TrainingForecast> forecasts) {
        return rows.stream()
                .flatMap(row -> why(cluster, model, row, forecasts)
                        .map(why -> "No sound cluster of this kind reaches "
                                + row.criterion().title() + " "
                                + LimitText.of(
                                        row.criterion().limit(), row.criterion().unit()) + " on "
                                + Words.plural(row.nodes(), "node") + ": " + why
                                + " Name a floor that can be reached (assay.floors of the config, or -Dcriteria).")
                        .stream())
                .toList();
    }

    /** The same, as the text of {@code -Dsuite=sft -Dplan} has it below its projection; empty where there are none. */
    public static String text(Plan plan) {
        List<String> beyond = beyond(plan.cluster(), plan.gpuModel(), plan.rows(), forecasts(plan));
        List<String> lines = new ArrayList<>();
        if (!beyond.isEmpty()) {
            lines.add("Floors beyond this projection:");
            beyond.forEach(line -> PlanText.wrap(lines, "  - ", line, TrainingPlan.COLUMNS));
            lines.add("");
        }
        return lines.stream().map(line -> line + "\n").reduce("", String::concat);
    }

    /** Why a sound cluster misses the limit of a row, for its verdict; empty: by the plan's projection it need not. */
    public static Optional<String> why(Plan plan, Row row) {
        return why(plan.cluster(), plan.gpuModel(), row, forecasts(plan));
    }

    private static List<TrainingForecast> forecasts(Plan plan) {
        return plan.training().map(TrainingRecord::forecasts).orElse(List.of());
    }

    private static Optional<String> why(Cluster cluster, GpuModel model, Row row, List<TrainingForecast> forecasts) {
        return row.criterion().judged() && row.criterion().limit() instanceof Limit.AtLeast floor
                ? forecasts.stream()
                        .filter(forecast -> forecast.experiment().equals(Optional.of(row.experiment())))
                        .flatMap(forecast -> projected(row.criterion(), model, forecast)
                                .filter(range -> range.high() < floor.floor())
                                .map(range -> cause(cluster, row.criterion(), forecast, floor.floor())
                                        + ", as the plan's own projection is "
                                        + words(row.criterion(), range, floor.floor()) + "."))
                        .findFirst()
                : Optional.empty();
    }

    private static Stream<Range> projected(Criterion criterion, GpuModel model, TrainingForecast forecast) {
        return switch (criterion.metric()) {
            case TRAIN_MFU -> forecast.mfu().stream();
            case SCALE_EFFICIENCY -> forecast.scale().stream();
            // No second is worse than the mean of all, so the worst is no better.
            case SM_ACTIVE, SM_ACTIVE_SECOND -> mean(forecast, 100, 100 * BUSY_WAITING);
            case POWER ->
                model.powerLimitWatts().stream().boxed().flatMap(limit -> mean(forecast, limit, limit * POWER_WAITING));
            default -> Stream.empty();
        };
    }

    /** Over a step of which a part is waited for, SMs idle. */
    private static Stream<Range> mean(TrainingForecast forecast, double computing, double waiting) {
        Range step = forecast.stepSeconds();
        return forecast.exposedSeconds().stream()
                .map(exposed -> new Range(
                        mean(exposed.value() / step.value(), computing, waiting),
                        mean(exposed.high() / step.low(), computing, waiting),
                        mean(exposed.low() / step.high(), computing, waiting)));
    }

    private static double mean(double exposedShare, double computing, double waiting) {
        return computing - (computing - waiting) * Math.min(1, exposedShare);
    }

    private static String cause(Cluster cluster, Criterion criterion, TrainingForecast forecast, double floor) {
        boolean nics =
                forecast.nodes() > 1 && !cluster.sharedHost() && cluster.nics().count() > 0;
        return nics && byWaiting(criterion, forecast, floor)
                ? "the fabric of the cluster file, " + cluster.nics().count() + " × "
                        + LimitText.number(cluster.nics().gigabitsPerSecond())
                        + " Gb/s a node, makes it impossible by design"
                : "these GPUs do not reach it";
    }

    /** Whether it would be reached if computing waited for nothing. */
    private static boolean byWaiting(Criterion criterion, TrainingForecast forecast, double floor) {
        return switch (criterion.metric()) {
            case TRAIN_MFU -> {
                double step = forecast.stepSeconds().value();
                double exposed = forecast.exposedSeconds().map(Range::value).orElse(0.0);
                yield exposed < step && forecast.mfu().map(Range::high).orElse(0.0) * step / (step - exposed) >= floor;
            }
            default -> true;
        };
    }

    /** Of what is a bound, no more than that is said. */
    private static String words(Criterion criterion, Range range, double floor) {
        return switch (criterion.metric()) {
            case SM_ACTIVE, SM_ACTIVE_SECOND, POWER ->
                "at most " + Words.fixed(range.high(), 1) + " "
                        + criterion.unit().symbol() + ", "
                        + Words.fixed(floor - range.high(), 1)
                        + " below the floor; a miss by itself says nothing of its health";
            default ->
                Words.fixed(range.value(), 1) + " % (" + Words.fixed(range.low(), 1) + " … "
                        + Words.fixed(range.high(), 1)
                        + "); a miss inside that range says nothing of its health, a value below it does";
        };
    }
}
