package dev.assay.trainer;

/** What memory is for; the parts of {@code training.MemoryPlan}, so that prediction and reality stand side by side. */
public enum MemoryPart {
    WEIGHTS,
    GRADIENTS,
    OPTIMIZER,
    /** Gradients on their way. */
    BUCKETS,
    /** Weights gathered from other ranks. */
    GATHERED,
    /** Kept from forward to backward. */
    ACTIVATIONS,
    /** What forward or backward of one layer needs besides. */
    LIVE_LAYER,
    LOSS,
    /** Tokens, sums, scratch. */
    WORKSPACE
}
