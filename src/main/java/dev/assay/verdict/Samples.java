package dev.assay.verdict;

import dev.assay.criteria.Statistic;
import java.util.List;

/** Statistics of raw samples. Of nothing there is none: NaN, which meets no limit. */
public final class Samples {
    private Samples() {}

    public static double of(Statistic statistic, List<Double> samples) {
        return switch (statistic) {
            case MEAN -> mean(samples);
            case HARMONIC_MEAN -> harmonicMean(samples);
            case MEDIAN -> median(samples);
            case MINIMUM -> minimum(samples);
            case MAXIMUM -> maximum(samples);
            case P95, P99 -> percentile(statistic.percent(), samples);
        };
    }

    public static double mean(List<Double> samples) {
        return samples.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** The true rate over equal pieces of work; a piece that never ended makes it 0, a negative rate is none. */
    static double harmonicMean(List<Double> samples) {
        if (samples.isEmpty() || minimum(samples) < 0) {
            return Double.NaN;
        }
        double inverse = samples.stream().mapToDouble(sample -> 1 / sample).sum();
        return samples.size() / inverse;
    }

    public static double median(List<Double> samples) {
        List<Double> sorted = samples.stream().sorted().toList();
        int size = sorted.size();
        if (size == 0) {
            return Double.NaN;
        }
        double upper = sorted.get(size / 2);
        return size % 2 == 1 ? upper : (sorted.get(size / 2 - 1) + upper) / 2;
    }

    /**
     * The least sample that so many percent of all do not exceed. One at least must lie beyond it, or the highest of a few
     * samples would pass for a percentile: of fewer there is none.
     */
    static double percentile(int percent, List<Double> samples) {
        if (samples.size() < fewest(percent)) {
            return Double.NaN;
        }
        int rank = (percent * samples.size() + 99) / 100;
        return samples.stream().sorted().toList().get(rank - 1);
    }

    /** Samples that a percentile needs: 20 for the 95th, 100 for the 99th. */
    public static int fewest(int percent) {
        return (100 + 99 - percent) / (100 - percent);
    }

    static double minimum(List<Double> samples) {
        return samples.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    static double maximum(List<Double> samples) {
        return samples.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }

    /** (highest − lowest) / median, %. */
    static double spreadPercent(List<Double> samples) {
        return 100 * (maximum(samples) - minimum(samples)) / Math.abs(median(samples));
    }
}
