package dev.assay.summary;

import java.util.Collection;
import java.util.Locale;

/**
 * How long jobs took beside what the plan predicted, both without waiting in a queue.
 *
 * @param seconds wall time
 * @param predicted seconds
 */
public record Took(double seconds, double predicted) {
    /** What a prediction may be off by and still be one, as a share of it. */
    private static final double TOLERANCE = 0.15;

    public Took {
        if (!(seconds >= 0 && Double.isFinite(seconds))) {
            throw new IllegalArgumentException("what a job took must be seconds ≥ 0, got " + seconds);
        }
        if (!(predicted > 0 && Double.isFinite(predicted))) {
            throw new IllegalArgumentException("a predicted time must be seconds > 0, got " + predicted);
        }
    }

    public static Took of(Collection<Took> all) {
        return new Took(
                all.stream().mapToDouble(Took::seconds).sum(),
                all.stream().mapToDouble(Took::predicted).sum());
    }

    /** 1.1: it took a tenth longer than predicted. */
    double ratio() {
        return seconds / predicted;
    }

    /** By how much the prediction was off, as a share of it, to either side. */
    double error() {
        return Math.abs(ratio() - 1);
    }

    boolean asPredicted() {
        return error() <= TOLERANCE;
    }

    /** E.g. {@code took 39.7 s, predicted 41.0 s (-3 %)}. */
    public String words() {
        return String.format(
                Locale.ROOT, "took %.1f s, predicted %.1f s (%+.0f %%)", seconds, predicted, 100 * (ratio() - 1));
    }
}
