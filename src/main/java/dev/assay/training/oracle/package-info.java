/**
 * The oracle of the training step: plain loops over doubles, every operation a record of its shape with a forward and a
 * backward method, so that a GPU's kernels can be held against it one by one or all together.
 *
 * <p>Everywhere: activations are [rows, width], row-major, a row per position (see {@link
 * dev.assay.training.MicroBatch}); arrays returned are new; gradients of parameters are <em>added</em> to the array given,
 * so that micro-batches accumulate. Backward methods take the forward's inputs and recompute what lies between.
 */
package dev.assay.training.oracle;
