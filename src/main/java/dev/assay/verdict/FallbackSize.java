package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.Unit;
import java.util.Comparator;
import java.util.List;

/** How much a fallback costs: what was measured all the same, beside the limit. It is INVALID, but a reader wants its size. */
final class FallbackSize {
    private FallbackSize() {}

    /** To be added to the reason; empty where the criterion is of no rate, or nothing was measured. */
    static String words(Evidence evidence) {
        Criterion criterion = evidence.criterion();
        if (!isRate(criterion)) {
            return "";
        }
        Readings readings = Readings.of(evidence);
        List<UnitValue> values = readings.values();
        return values.isEmpty()
                ? ""
                : "; so it gave a median of "
                        + Numbers.of(Limits.median(values), criterion.unit())
                        + " over "
                        + values.size() + " " + readings.what() + ", lowest "
                        + least(values, criterion.unit()) + limit(criterion, values);
    }

    private static String least(List<UnitValue> values, Unit unit) {
        UnitValue least = values.stream()
                .min(Comparator.comparingDouble(UnitValue::value))
                .orElseThrow();
        return Numbers.of(least.value(), unit) + " on " + least.unit();
    }

    private static String limit(Criterion criterion, List<UnitValue> values) {
        return criterion.judged() ? ", asked is " + Limits.words(criterion.limit(), values, criterion.unit()) : "";
    }

    private static boolean isRate(Criterion criterion) {
        return switch (criterion.metric()) {
            case COLLECTIVE_BUSBW,
                    PAIR_BANDWIDTH,
                    FABRIC_BANDWIDTH,
                    FABRIC_BUSBW,
                    STEP_TIME,
                    TRAIN_TOKENS,
                    TRAIN_MFU,
                    TRAIN_COMMUNICATION,
                    TRAIN_GRADIENTS_BUSBW,
                    TRAIN_WEIGHTS_BUSBW -> true;
            default -> false;
        };
    }
}
