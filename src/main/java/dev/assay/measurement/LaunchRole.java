package dev.assay.measurement;

/** What a launch serves in its experiment. */
public enum LaunchRole {
    /** The load itself, all GPUs of its nodes. */
    LOAD,
    /** Every node by itself: one communicator a node. The baseline of scale efficiency. */
    BASELINE,
    /** All its nodes together: one communicator. */
    SCALED,
    /** Pairs of nodes that looked slow, again: most are strays. */
    SIFTING,
    /** The few that still do, with known-good partners: only this accuses. */
    JUDGING;

    /** Whether it looks again at what an earlier launch gave; it carries no value that a criterion asks for. */
    public boolean retests() {
        return this == SIFTING || this == JUDGING;
    }
}
