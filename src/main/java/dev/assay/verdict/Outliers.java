package dev.assay.verdict;

import java.util.List;
import java.util.function.DoublePredicate;

/**
 * Units that stand apart from their fleet: modified z-score above 3.5, by median absolute deviation, or by mean absolute
 * deviation where more than half are equal (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993).
 */
public final class Outliers {
    private static final int FEWEST = 3;
    private static final double MOST_Z = 3.5;
    private static final double MEDIAN_TO_SIGMA = 1.482602;
    private static final double MEAN_TO_SIGMA = 1.253314;

    private Outliers() {}

    static List<UnitValue> of(List<UnitValue> units) {
        DoublePredicate outlier = among(UnitValue.values(units));
        return units.stream().filter(unit -> outlier.test(unit.value())).toList();
    }

    /** Which values stand apart from these; none where these are too few to be a fleet. */
    public static DoublePredicate among(List<Double> values) {
        if (values.size() < FEWEST) {
            return value -> false;
        }
        double median = Samples.median(values);
        double sigma = sigma(values, median);
        return value -> Math.abs(value - median) > MOST_Z * sigma;
    }

    private static double sigma(List<Double> values, double median) {
        List<Double> deviations =
                values.stream().map(value -> Math.abs(value - median)).toList();
        double mad = Samples.median(deviations);
        return mad > 0 ? MEDIAN_TO_SIGMA * mad : MEAN_TO_SIGMA * Samples.mean(deviations);
    }
}
