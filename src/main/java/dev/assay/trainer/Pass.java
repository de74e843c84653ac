package dev.assay.trainer;

/** What a module's weights are read for. */
public enum Pass {
    FORWARD,
    /** Recomputation belongs to it. */
    BACKWARD
}
