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
        double[] deviations =
                Arrays.stream(values).map(value -> Math.abs(value - median)).toArray();
        return values.length < 2 ? Double.NaN : MAD_TO_SIGMA * correction(values.length) * median(deviations);
    }

    /**
     * As {@link #sigma}, of the values above the median alone: for what spreads further to that side. Of an even number of
     * deviations the lower middle one, so that two slow ones of eight parts do not pass for the usual spread.
     */
    static double sigmaAbove(double[] values) {
        if (values.length < 2) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double median = medianOfSorted(sorted, sorted.length);
        int above = sorted.length - sorted.length / 2;
        double middle = sorted[sorted.length / 2 + (above - 1) / 2] - median;
        return MAD_TO_SIGMA * correction(Math.max(2, above)) * middle;
    }

    private static double correction(int size) {
        return size - 2 < FEW.length ? FEW[size - 2] : size / (size - 0.8);
    }
}
