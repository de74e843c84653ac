package dev.assay.device.cuda;

/** Attention as GPUs that are no Hopper make it, by products of a warp; {@link TrainingHostTest} has those of a warpgroup. */
class AttentionHostTest extends OnHost implements AttentionContract {}
