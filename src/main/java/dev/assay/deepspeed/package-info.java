/**
 * DeepSpeed's config files, read with the semantics of DeepSpeed 0.19.6 (github.com/deepspeedai/DeepSpeed at edaa722):
 * what a file means for the work of a training step, or why it cannot be done. Doors are {@link
 * dev.assay.deepspeed.DeepSpeedFile} and what its {@code resolve} gives, {@link dev.assay.deepspeed.DeepSpeedConfig}. Knows
 * {@code training} for the shapes of models, and {@code cluster} for the form of an input error.
 */
package dev.assay.deepspeed;
