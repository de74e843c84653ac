package dev.assay.training;

/** A predicted value, and between what it is expected. Of what cannot be negative no end is. */
public record Range(double value, double low, double high) {
    public Range {
        if (!(low <= value) || !(value <= high) || !Double.isFinite(low) || !Double.isFinite(high)) {
            throw new IllegalArgumentException(
                    "a range must have low ≤ value ≤ high, all finite, got " + low + ", " + value + ", " + high);
        }
    }

    public boolean contains(double measured) {
        return low <= measured && measured <= high;
    }

    /** Of what falls as this one rises: {@code work} over it. */
    public Range dividing(double work) {
        return new Range(work / value, work / high, work / low);
    }

    public Range times(double factor) {
        return new Range(value * factor, low * factor, high * factor);
    }
}
