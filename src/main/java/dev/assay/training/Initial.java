package dev.assay.training;

/** What a parameter tensor holds before the first step. */
public enum Initial {
    /** Normal with the standard deviation of {@link SeededWeights#DEVIATION}. */
    NORMAL,
    /** The same over √(2 · layers): GPT-2's rule for the matrices that write into the residual stream. */
    RESIDUAL,
    ONE,
    ZERO
}
