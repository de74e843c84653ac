package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Who sends to whom across nodes; defined in {@code native/README.md}. */
public enum FabricPattern {
    /** Every node of one half exchanges with one of the other, each GPU with its like, all at once. */
    @JsonProperty("bisection")
    BISECTION,
    /** The same between different rails: over another NIC at the one end than at the other. */
    @JsonProperty("cross-rail")
    CROSS_RAIL,
    /** All other nodes send to one, each GPU to its like. */
    @JsonProperty("incast")
    INCAST,
    /** Two nodes exchange alone, then while all others load the fabric. */
    @JsonProperty("victim")
    VICTIM,
    /** One all-reduce over all ranks. */
    @JsonProperty("all-reduce")
    ALL_REDUCE;

    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Whether so many nodes can form it.
     *
     * @param rails as of {@link Fabric}: with one there is none to cross to
     */
    public boolean exists(int nodes, int rails) {
        return nodes >= fewestNodes() && (this != CROSS_RAIL || rails >= 2);
    }

    /** One sender is no incast, and an aggressor needs a partner. */
    private int fewestNodes() {
        return switch (this) {
            case BISECTION, CROSS_RAIL, ALL_REDUCE -> 2;
            case INCAST -> 3;
            case VICTIM -> 4;
        };
    }

    String words() {
        return switch (this) {
            case BISECTION -> "bisection";
            case CROSS_RAIL -> "cross-rail";
            case INCAST -> "incast";
            case VICTIM -> "a pair alone and beside aggressors";
            case ALL_REDUCE -> "all-reduce";
        };
    }
}
