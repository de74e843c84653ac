package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How the elements of all ranks become one. */
public enum Reduction {
    @JsonProperty("sum")
    SUM,
    @JsonProperty("max")
    MAX;

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
