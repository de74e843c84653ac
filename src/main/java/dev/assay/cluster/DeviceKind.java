package dev.assay.cluster;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a worker drives. */
public enum DeviceKind {
    @JsonProperty("cuda")
    CUDA,
    /** Plain Java: proves the suite, not a cluster. */
    @JsonProperty("reference")
    REFERENCE
}
