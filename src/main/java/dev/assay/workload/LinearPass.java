package dev.assay.workload;

/** What training multiplies at a linear layer, out = x · Wᵀ; dY is the gradient of out. */
public enum LinearPass {
    /** out = x · Wᵀ. */
    FORWARD,
    /** dX = dY · W. */
    INPUT_GRADIENT,
    /** dW = dYᵀ · x. */
    WEIGHT_GRADIENT
}
