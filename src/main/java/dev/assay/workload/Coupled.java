package dev.assay.workload;

/**
 * The scaling workload: a step is {@code gemms} GEMMs on one stream; after each of them one bucket of bf16 "gradients" is
 * all-reduced over all ranks on a second stream, overlapped with the GEMMs that follow, as data-parallel training does. The
 * step ends when the last bucket has arrived.
 *
 * @param gemms GEMMs a step, and buckets a step
 * @param bucketElements bf16 elements of one bucket
 */
public record Coupled(Gemm gemm, int gemms, long bucketElements) implements Workload {
    public Coupled {
        if (gemms <= 0 || bucketElements <= 0) {
            throw new IllegalArgumentException(
                    "coupled must have gemms, bucketElements > 0, got " + gemms + ", " + bucketElements);
        }
    }

    @Override
    public String key() {
        return "coupled";
    }

    /** Floating-point operations of one rank in one step. */
    public double flopPerStep() {
        return gemms * gemm.flop();
    }

    /** Gradient bytes that one rank hands to the all-reduces of one step. */
    public long bytesPerStep() {
        return 2 * bucketElements * gemms;
    }

    /** Factor from algorithm to bus bandwidth of an all-reduce over n ranks: 2(n−1)/n. */
    public static double busFactor(int ranks) {
        return 2.0 * (ranks - 1) / ranks;
    }
}
