/**
 * The training step itself, on a {@code device}: forward, backward, accumulation, clipping, AdamW, driven from Java, the same
 * code on a GPU and on the reference device. {@link dev.assay.trainer.TrainerPlan} is the door; {@link
 * dev.assay.trainer.Sharding} is where computing ends and where states live and travel begins: {@link
 * dev.assay.trainer.Unsharded} on one rank, {@link dev.assay.trainer.ZeroFactory} on several.
 */
package dev.assay.trainer;
