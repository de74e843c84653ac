package dev.assay.training;

/**
 * A figure that a prediction takes for granted, and how far off it may be.
 *
 * @param low of what is likely; the range of a measured figure follows from its spread, of an assumed one it is judged
 * @param source where the figure comes from, or that it is assumed
 */
public record Estimate(double value, double low, double high, String source) {
    public Estimate {
        if (!(low > 0) || !(low <= value) || !(value <= high) || !Double.isFinite(high)) {
            throw new IllegalArgumentException("an estimate must have 0 < low ≤ value ≤ high, got " + low + " ≤ "
                    + value + " ≤ " + high + " of " + source);
        }
    }

    /**
     * @param less share of the value that it may be lower by
     * @param more likewise higher
     */
    static Estimate around(double value, double less, double more, String source) {
        return new Estimate(value, value * (1 - less), value * (1 + more), source);
    }

    /** The same figure where nothing but this value were possible. */
    Estimate fixed(double other) {
        return new Estimate(other, other, other, source);
    }

    /** As far off on both sides, by so much of the value more. */
    public Estimate widenedBy(double share) {
        return new Estimate(value, low * (1 - share), high * (1 + share), source);
    }
}
