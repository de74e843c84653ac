package dev.assay.verdict;

import java.util.Arrays;

/** Median and median absolute deviation of arrays. */
final class Robust {
    private static final double MAD_TO_SIGMA = 1.482602;
    /** For 2 to 9 values: Croux and Rousseeuw, Time-efficient algorithms for two highly robust estimators of scale, 1992. */
    private static final double[] FEW = {1.196, 1.495, 1.363, 1.206, 1.200, 1.140, 1.129, 1.107};

    private Robust() {}

    /** Of nothing NaN. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return medianOfSorted(sorted, sorted.length);
    }

    static double medianOfSorted(double[] sorted, int size) {
        if (size == 0) {
            return Double.NaN;
        }
        return size % 2 == 1 ? sorted[size / 2] : (sorted[size / 2 - 1] + sorted[size / 2]) / 2;
    }

    /** Standard deviation by median absolute deviation, corrected for few values; of fewer than two NaN. */
    static double sigma(double[] values) {
        double median = median(values);
        return scaled(
                Arrays.stream(values).map(value -> Math.abs(value - median)).toArray());
    }

    /** As {@link #sigma}, of the values above the median alone: for what spreads further to that side. */
    static double sigmaAbove(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double median = medianOfSorted(sorted, sorted.length);
        return scaled(Arrays.stream(sorted, sorted.length / 2, sorted.length)
                .map(value -> value - median)
                .toArray());
    }

    private static double scaled(double[] deviations) {
        int size = deviations.length;
        if (size < 2) {
            return Double.NaN;
        }
        double correction = size - 2 < FEW.length ? FEW[size - 2] : size / (size - 0.8);
        return MAD_TO_SIGMA * correction * median(deviations);
    }
}
