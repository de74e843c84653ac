package dev.assay.measurement;

import java.util.List;
import java.util.Map;

/**
 * Raw samples of one metric on one rank.
 *
 * @param samples in the metric's own unit, in the order taken; never empty, never NaN or infinite
 * @param conditions what a reader must know beside the number, e.g. {@code shape}, {@code algorithm}
 */
public record Measurement(Metric metric, Unit unit, List<Double> samples, Map<String, String> conditions) {
    public Measurement {
        if (unit != metric.unit()) {
            throw new IllegalArgumentException("measurement of " + metric.key() + " must be in "
                    + metric.unit().symbol() + ", got " + unit.symbol());
        }
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("measurement of " + metric.key() + " must have samples, got none");
        }
        for (Double sample : samples) {
            if (!Double.isFinite(sample)) {
                throw new IllegalArgumentException(
                        "measurement of " + metric.key() + " must have finite samples, got " + sample);
            }
        }
        samples = List.copyOf(samples);
        conditions = Map.copyOf(conditions);
    }

    public static Measurement of(Metric metric, double... samples) {
        return new Measurement(
                metric, metric.unit(), java.util.Arrays.stream(samples).boxed().toList(), Map.of());
    }

    public static Measurement of(Metric metric, List<Double> samples, Map<String, String> conditions) {
        return new Measurement(metric, metric.unit(), samples, conditions);
    }
}
