package dev.assay.verdict;

import java.util.List;

/**
 * Units that stand apart from their fleet: modified z-score above 3.5, by median absolute deviation, or by mean absolute
 * deviation where more than half are equal (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993).
 */
final class Outliers {
    private static final int FEWEST = 3;
    private static final double MOST_Z = 3.5;
    private static final double MEDIAN_TO_SIGMA = 1.482602;
    private static final double MEAN_TO_SIGMA = 1.253314;

    private Outliers() {}

    static List<UnitValue> of(List<UnitValue> units) {
        if (units.size() < FEWEST) {
            return List.of();
        }
        double median = Samples.median(UnitValue.values(units));
        double sigma = sigma(units, median);
        return units.stream()
                .filter(unit -> Math.abs(unit.value() - median) > MOST_Z * sigma)
                .toList();
    }

    private static double sigma(List<UnitValue> units, double median) {
        List<Double> deviations =
                units.stream().map(unit -> Math.abs(unit.value() - median)).toList();
        double mad = Samples.median(deviations);
        return mad > 0 ? MEDIAN_TO_SIGMA * mad : MEAN_TO_SIGMA * Samples.mean(deviations);
    }
}
