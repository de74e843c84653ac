package dev.assay.measurement;

import java.util.Map;

/** What a device was asked and could not tell: metric to the library's own reason, e.g. {@code Not Supported}. */
public record Unavailable(Map<Metric, String> reasons) {
    public Unavailable {
        reasons = Map.copyOf(reasons);
    }
}
