package dev.assay.deepspeed;

/**
 * The keys of {@code zero_optimization} that change the work of a step. Sizes are in elements, not bytes, as in the file.
 *
 * @param stage 0 to 3
 * @param overlapComm gradients are reduced on a stream of their own during backward; left out: true only at stage 3
 * @param reduceScatter stage 3: a true reduce-scatter, otherwise all-reduce and slice; stages 1 and 2 of DeepSpeed
 *     all-reduce either way
 * @param multiRankBucketAllReduce stages 1 and 2: one all-reduce a bucket, otherwise one reduce per rank's share of it
 * @param contiguousGradients gradients are copied into the bucket
 * @param reduceBucket elements reduced at once
 * @param allGatherBucket elements gathered at once after the optimizer, where the backend has no all-gather into a tensor;
 *     NCCL has, so that the whole flat group is gathered at once
 * @param subGroup stage 3: elements the optimizer takes at once
 * @param prefetchBucket stage 3: elements gathered ahead of use
 * @param persistenceThreshold stage 3: parameters with at most so many elements stay whole on every rank
 * @param modelPersistenceThreshold stage 3: elements that may stay whole, in all
 * @param maxLiveParameters stage 3: gathered elements resident at most
 * @param maxReuseDistance stage 3: a parameter used again within so many elements is kept
 */
public record Zero(
        int stage,
        boolean overlapComm,
        boolean reduceScatter,
        boolean multiRankBucketAllReduce,
        boolean contiguousGradients,
        long reduceBucket,
        long allGatherBucket,
        long subGroup,
        long prefetchBucket,
        long persistenceThreshold,
        long modelPersistenceThreshold,
        long maxLiveParameters,
        long maxReuseDistance) {}
