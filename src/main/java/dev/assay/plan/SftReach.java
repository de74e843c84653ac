package dev.assay.plan;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.LimitText;
import dev.assay.training.Range;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Floors that lie beyond what the plan itself projects for these GPUs and this fabric: a sound cluster misses them, which is to
 * be known before node-hours are spent.
 */
final class SftReach {
    private SftReach() {}

    static List<String> beyond(List<Row> rows, List<TrainingForecast> forecasts) {
        return rows.stream()
                .filter(row -> row.criterion().judged())
                .flatMap(row -> forecasts.stream()
                        .filter(forecast -> forecast.experiment().equals(Optional.of(row.experiment())))
                        .flatMap(forecast -> beyond(row, forecast).stream()))
                .toList();
    }

    private static Stream<Range> projected(Criterion criterion, TrainingForecast forecast) {
        return switch (criterion.metric()) {
            case TRAIN_MFU -> forecast.mfu().stream();
            case SCALE_EFFICIENCY -> forecast.scale().stream();
            default -> Stream.empty();
        };
    }

    private static Optional<String> beyond(Row row, TrainingForecast forecast) {
        Criterion criterion = row.criterion();
        return criterion.limit() instanceof Limit.AtLeast floor
                ? projected(criterion, forecast)
                        .filter(range -> range.high() < floor.floor())
                        .map(range -> "A sound cluster of this kind meets no " + criterion.title() + " "
                                + LimitText.of(criterion.limit(), criterion.unit()) + " on "
                                + Words.plural(row.nodes(), "node") + " by the plan's own projection, "
                                + Words.fixed(range.value(), 1) + " (" + Words.fixed(range.low(), 1) + " … "
                                + Words.fixed(range.high(), 1)
                                + "): a miss there says nothing of its health. Name a floor that the fabric allows"
                                + " (assay.floors of the config, or -Dcriteria).")
                        .findFirst()
                : Optional.empty();
    }
}
