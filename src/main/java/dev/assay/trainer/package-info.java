/**
 * The training step itself, on a {@code device}: forward, backward, accumulation, clipping, AdamW, driven from Java, the same
 * code on a GPU and on the reference device. {@link dev.assay.trainer.TrainerPlan} is the door; {@link
 * dev.assay.trainer.Sharding} is where computing ends and where states live and travel begins: {@link
 * dev.assay.trainer.Unsharded} on one rank, {@link dev.assay.trainer.ZeroFactory} on several.
 *
 * <ul>
 *   <li><b>A step</b>: {@code Trainer} enqueues it, {@code PendingStep} waits, {@code StepResult} is what it gave.
 *   <li><b>The model</b>: {@code Decoder} of {@code Embedding}, {@code DecoderLayer} ({@code Norm}, {@code Projection}, {@code
 *       SelfAttention}) and {@code Head}; a projection's GEMMs are {@code PlainProducts} or, in FP8, {@code QuantizedProducts}.
 *   <li><b>Its parameters</b>: {@code ModuleCut} into {@code ModelModule}s, {@code Place} of a tensor in one.
 *   <li><b>Memory</b>: {@code AllocationPlan} before, {@code Arena} after it is taken; {@code DecoderMemory}, {@code
 *       QuantizedMemory}, {@code ZeroMemory} say of what.
 *   <li><b>States on one rank</b>: {@code WholeStates}.
 *   <li><b>ZeRO</b>: {@code ZeroSharding} of a {@code GradientKeeper}, a {@code WeightKeeper} and {@code ZeroOptimizer}; stages 0
 *       and 1 have {@code WholeGradients}, 0 to 2 {@code WholeWeights}, the others {@code ShardedGradients} and {@code
 *       GatheredWeights}, by the order of {@code GatherLoads}. What travels goes by {@code BucketWay} and {@code TensorGather} over a
 *       {@code Lane}.
 *   <li><b>Proof of the traffic</b>: {@code Rehearsal} finds {@code Traffic}; {@code WeightSums} are digests of all weights.
 *   <li><b>Where the time goes</b>: {@code StepClock}, {@code StepMarks}, {@code StepTimes}, {@code TimedCommunicator}.
 * </ul>
 */
package dev.assay.trainer;
