package dev.assay.training;

/** Which activations are kept for the backward pass. */
public enum Recomputation {
    /** All are kept. */
    NONE,
    /** Only the input of each layer is kept; backward computes the rest of a layer again: full activation checkpointing. */
    FULL
}
