package dev.assay.measurement;

/** What a launch serves in its experiment. */
public enum LaunchRole {
    /** The load itself, all GPUs of its nodes. */
    LOAD,
    /** Every node by itself: one communicator a node. The baseline of scale efficiency. */
    BASELINE,
    /** All its nodes together: one communicator. */
    SCALED
}
