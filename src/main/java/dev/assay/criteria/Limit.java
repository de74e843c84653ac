package dev.assay.criteria;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What the worst unit must meet. Every bound is in the criterion's unit and inclusive. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
    @JsonSubTypes.Type(value = Limit.AtLeast.class, name = "atLeast"),
    @JsonSubTypes.Type(value = Limit.AtMost.class, name = "atMost"),
    @JsonSubTypes.Type(value = Limit.Equal.class, name = "equal"),
    @JsonSubTypes.Type(value = Limit.Within.class, name = "within"),
    @JsonSubTypes.Type(value = Limit.OfMedian.class, name = "ofMedian"),
    @JsonSubTypes.Type(value = Limit.AtMostOfMedian.class, name = "atMostOfMedian"),
    @JsonSubTypes.Type(value = Limit.Uniform.class, name = "uniform")
})
public sealed interface Limit {
    /** The worst (lowest) unit reaches the floor. */
    record AtLeast(double floor) implements Limit {}

    /** The worst (highest) unit stays at or below. */
    record AtMost(double most) implements Limit {}

    /** Every unit is exactly this, to a relative 1e-9. */
    record Equal(double value) implements Limit {}

    /** Every unit lies in between. */
    record Within(double low, double high) implements Limit {}

    /** The worst unit reaches this share of the median over the fleet. */
    record OfMedian(double share) implements Limit {}

    /** The worst unit stays at or below so many times the median over the fleet; for times, where less is better. */
    record AtMostOfMedian(double times) implements Limit {}

    /** Every unit has the same value, bit for bit. */
    record Uniform() implements Limit {}
}
