package dev.assay.verdict;

import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Two-sided interval of a mean efficiency, from one independent value a launch, by Student's t on the logarithms.
 *
 * <p>Up to two looks are taken at it (5 launches, then 8 in all), so each uses the nominal α = 0.0294 of Pocock's boundary
 * for two equally spaced looks (S. J. Pocock, Biometrika 64, 1977): α = 5 % over both. Looks at 5 and 8 are correlated more
 * than equally spaced ones, so the true α is smaller.
 *
 * @param estimate exp of the mean logarithm
 */
public record Interval(double estimate, double lower, double upper, int launches) {
    static final double NOMINAL_ALPHA = 0.0294;
    private static final double QUANTILE_STEP = 1e-9;

    /** @param values all &gt; 0; of fewer than two the interval is unbounded */
    public static Interval of(List<Double> values) {
        List<Double> logs = values.stream().map(StrictMath::log).toList();
        int count = logs.size();
        double mean = Samples.mean(logs);
        if (count < 2) {
            return new Interval(StrictMath.exp(mean), 0, Double.POSITIVE_INFINITY, count);
        }
        double squares =
                logs.stream().mapToDouble(log -> (log - mean) * (log - mean)).sum();
        double half = quantile(count - 1) * Math.sqrt(squares / (count - 1) / count);
        return new Interval(StrictMath.exp(mean), StrictMath.exp(mean - half), StrictMath.exp(mean + half), count);
    }

    /** Half its width, in the values' unit. */
    double halfWidth() {
        return (upper - lower) / 2;
    }

    /** Rounded up, so that the last bits of a platform's mathematics change no verdict. */
    private static double quantile(int degreesOfFreedom) {
        double quantile = TDistribution.of(degreesOfFreedom).inverseCumulativeProbability(1 - NOMINAL_ALPHA / 2);
        return Math.ceil(quantile / QUANTILE_STEP) * QUANTILE_STEP;
    }
}
