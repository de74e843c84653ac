package dev.assay.criteria;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the raw samples of one unit (a GPU, a launch) become the one number that meets the limit. */
public enum Statistic {
    @JsonProperty("mean")
    MEAN,
    /** Of rates over equal pieces of work: the true rate of the whole. */
    @JsonProperty("harmonic-mean")
    HARMONIC_MEAN,
    @JsonProperty("median")
    MEDIAN,
    @JsonProperty("minimum")
    MINIMUM,
    @JsonProperty("maximum")
    MAXIMUM,
    /** The 95th percentile, of times: one in twenty takes longer. The 50th is the median. */
    @JsonProperty("p95")
    P95,
    /** The 99th percentile, of times. */
    @JsonProperty("p99")
    P99;

    /** Of a percentile, which; others have none. */
    public int percent() {
        return switch (this) {
            case P95 -> 95;
            case P99 -> 99;
            case MEAN, HARMONIC_MEAN, MEDIAN, MINIMUM, MAXIMUM ->
                throw new IllegalStateException(this + " is no percentile");
        };
    }

    public boolean isPercentile() {
        return this == P95 || this == P99;
    }
}
