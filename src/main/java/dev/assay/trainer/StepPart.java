package dev.assay.trainer;

/** What the compute stream is at: one of these at any time of a step. */
enum StepPart {
    FORWARD,
    /** Of layers whose tensors were not kept. */
    RECOMPUTATION,
    /** Logits and loss belong to it. */
    BACKWARD,
    /** Norm, clipping, AdamW. */
    UPDATE,
    /** It stands still for what travels, or carries it itself. */
    WAITING
}
