package dev.assay.training;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What ZeRO does with weights, gradients and optimizer states. Sizes are in elements, not bytes, as in DeepSpeed's files.
 *
 * @param stage 0: nothing sharded; 1: optimizer states; 2: gradients too; 3: weights too
 * @param overlap gradients travel behind backward; stage 0 of DeepSpeed never does that, the ideal mode always
 * @param reduceScatter stage 3: a true reduce-scatter, otherwise all-reduce and slice
 * @param multiRank stages 1 and 2: one all-reduce a bucket, otherwise a reduce to each rank of its share
 * @param reduceBucket elements reduced at once; a larger tensor travels alone
 * @param prefetchBucket stage 3: tensors are gathered together until they have as many elements, one at least
 * @param persistenceThreshold stage 3: tensors with at most so many elements stay whole on every GPU
 * @param maxLive stage 3: gathered elements resident at most
 * @param subGroup stage 3: elements that the optimizer takes at once
 * @param maxReuse stage 3: weights stay gathered that are used again before so many elements are
 */
public record ZeroSetup(
        int stage,
        boolean overlap,
        boolean reduceScatter,
        boolean multiRank,
        long reduceBucket,
        long prefetchBucket,
        long persistenceThreshold,
        long maxLive,
        long subGroup,

        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long maxReuse) {
    /** DeepSpeed 0.19's own: {@code reduce_bucket_size}, {@code stage3_prefetch_bucket_size} and so on left out. */
    private static final long BUCKET = 500_000_000;

    private static final long PREFETCH = 50_000_000;
    private static final long PERSISTENCE = 100_000;
    private static final long MOST = 1_000_000_000;

    public ZeroSetup {
        if (stage < 0 || stage > 3) {
            throw new IllegalArgumentException("zero stage must be 0 to 3, got " + stage);
        }
        if (reduceBucket < 0
                || prefetchBucket < 0
                || persistenceThreshold < 0
                || maxLive < 0
                || subGroup < 0
                || maxReuse < 0) {
            throw new IllegalArgumentException("zero sizes must be ≥ 0 elements, got reduceBucket " + reduceBucket
                    + ", prefetchBucket " + prefetchBucket + ", persistenceThreshold " + persistenceThreshold
                    + ", maxLive " + maxLive + ", subGroup " + subGroup + ", maxReuse " + maxReuse);
        }
    }

    /** Nothing stays gathered. */
    public ZeroSetup(
            int stage,
            boolean overlap,
            boolean reduceScatter,
            boolean multiRank,
            long reduceBucket,
            long prefetchBucket,
            long persistenceThreshold,
            long maxLive,
            long subGroup) {
        this(
                stage,
                overlap,
                reduceScatter,
                multiRank,
                reduceBucket,
                prefetchBucket,
                persistenceThreshold,
                maxLive,
                subGroup,
                0);
    }

    /** Every size as DeepSpeed has it where a file says nothing, but that nothing stays gathered. */
    public static ZeroSetup defaults(int stage, boolean overlap) {
        return new ZeroSetup(stage, overlap, true, true, BUCKET, PREFETCH, PERSISTENCE, MOST, MOST);
    }

    ZeroSetup atStage(int other, boolean overlapThere) {
        return with(other, overlapThere, maxReuse);
    }

    /** The same with another {@code maxReuse}. */
    public ZeroSetup keeping(long otherMaxReuse) {
        return with(stage, overlap, otherMaxReuse);
    }

    private ZeroSetup with(int otherStage, boolean otherOverlap, long otherMaxReuse) {
        return new ZeroSetup(
                otherStage,
                otherOverlap,
                reduceScatter,
                multiRank,
                reduceBucket,
                prefetchBucket,
                persistenceThreshold,
                maxLive,
                subGroup,
                otherMaxReuse);
    }
}
