package dev.assay.workload;

import java.util.ArrayList;
import java.util.List;

/**
 * The scaling workload: a step is GEMMs on one stream; after every few of them one bucket of bf16 "gradients" is all-reduced
 * over all ranks on a second stream, overlapped with the GEMMs that follow, as data-parallel training does. The step ends when
 * the last bucket has arrived.
 *
 * @param buckets all-reduces a step
 * @param gemmsPerBucket GEMMs before each of them
 * @param bucketElements bf16 elements of one bucket
 */
public record Coupled(Gemm gemm, int buckets, int gemmsPerBucket, long bucketElements) implements Workload {
    public Coupled {
        if (buckets <= 0 || gemmsPerBucket <= 0 || bucketElements <= 0) {
            throw new IllegalArgumentException("coupled must have buckets, gemmsPerBucket, bucketElements > 0, got "
                    + buckets + ", " + gemmsPerBucket + ", " + bucketElements);
        }
    }

    @Override
    public String key() {
        return "coupled";
    }

    @Override
    public String words() {
        return "a step is " + gemms() + " bf16 GEMMs " + gemm.words() + " per GPU and buckets of gradients behind them";
    }

    /** GEMMs of one rank in one step. */
    public int gemms() {
        return buckets * gemmsPerBucket;
    }

    /** Floating-point operations of one rank in one step. */
    public double flopPerStep() {
        return gemms() * gemm.flop();
    }

    /** Gradient bytes that one rank hands to the all-reduces of one step. */
    public long bytesPerStep() {
        return 2 * bucketElements * buckets;
    }

    @Override
    public MemoryNeed memory() {
        List<MemoryNeed.Part> parts = new ArrayList<>();
        parts.add(new MemoryNeed.Part("of gradients", 2, bytesPerStep()));
        parts.addAll(MemoryNeed.of(gemm).parts());
        return new MemoryNeed(parts);
    }

    /** Factor from algorithm to bus bandwidth of an all-reduce over n ranks: 2(n−1)/n. */
    public static double busFactor(int ranks) {
        return 2.0 * (ranks - 1) / ranks;
    }

    /**
     * Bytes that leave (and as many that enter) every node in one step by rings: each ring leaves a node once, and over each
     * of its hops go 2(n−1)/n of its bytes, however many GPUs a node has and over however many NICs the rings are spread.
     */
    public double ringBytesPerNode(int nodes, int gpusPerNode) {
        return nodes < 2 ? 0 : bytesPerStep() * busFactor(nodes * gpusPerNode);
    }

    /**
     * The same by trees over the nodes, whose GPUs reduce among themselves first: every byte goes up and down k−1 edges, so
     * 2(k−1)/k of them leave a node on the mean of all; one by one, nodes differ by their places in the tree.
     */
    public double treeBytesPerNode(int nodes) {
        return nodes < 2 ? 0 : bytesPerStep() * busFactor(nodes);
    }
}
