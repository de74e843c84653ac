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
    MAXIMUM
}
