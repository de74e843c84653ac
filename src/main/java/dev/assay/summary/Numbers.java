package dev.assay.summary;

import java.util.List;

/** The little statistics that drawing needs; verdicts are made elsewhere. */
final class Numbers {
    private static final double MAD_TO_SIGMA = 1.4826;
    private static final double OUTLIER_SIGMAS = 3.5;

    private Numbers() {}

    static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** Further from the median than 3.5 robust standard deviations, by the median absolute deviation. */
    static boolean outlier(double value, double median, double mad) {
        return mad > 0 && Math.abs(value - median) > OUTLIER_SIGMAS * MAD_TO_SIGMA * mad;
    }

    static double mad(List<Double> values, double median) {
        return median(values.stream().map(value -> Math.abs(value - median)).toList());
    }
}
