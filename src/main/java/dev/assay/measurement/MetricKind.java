package dev.assay.measurement;

/** Where the figures of a metric come from, which says how they are read. */
public enum MetricKind {
    /** Measured by a rank, once or once a link; what its samples say stands. */
    RECORDED,
    /** Watched by the telemetry beside the work: worth what the watching covered. */
    WATCHED,
    /** Read of a GPU before and after the work; counters are judged by their increase. */
    HEALTH,
    /** Counted by each NIC of a node meanwhile, told by the first rank of the node. */
    NIC,
    /** Told by the first rank of a node, and needed to understand what its NICs counted; never judged by itself. */
    NODE,
    /** Computed by the judge from others; no worker writes it. */
    DERIVED
}
