package dev.assay.cluster;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How ranks are started. */
public enum LauncherKind {
    @JsonProperty("local")
    LOCAL,
    @JsonProperty("slurm")
    SLURM
}
