package dev.assay.trainer;

/** What is held for each parameter. */
public enum StateKind {
    /** bf16, what the next forward pass reads. */
    WEIGHT,
    /**
     * Of the last step's mean loss over all ranks, micro-batches and tokens, before clipping; from {@link Sharding#update} to
     * the next micro-batch.
     */
    GRADIENT,
    /** fp32. */
    MASTER,
    /** fp32, AdamW's m. */
    FIRST_MOMENT,
    /** fp32, AdamW's v. */
    SECOND_MOMENT
}
