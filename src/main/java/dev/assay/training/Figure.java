package dev.assay.training;

/** What the prediction of a training step rests on. Rates are of one GPU, bandwidths of the bus. */
public enum Figure {
    GEMMS("GEMMs", "TFLOPS"),
    ATTENTION_FORWARD("attention, forward", "TFLOPS"),
    ATTENTION_BACKWARD("attention, backward", "TFLOPS"),
    MEMORY_KERNELS("kernels bound by memory", "GB/s"),
    OPTIMIZER("AdamW", "GB/s"),
    /** Of computing, over the sum of its parts. */
    BEYOND_THE_PARTS("computing over its parts", ""),
    NODE_ALL_REDUCE("all-reduce in a node", "GB/s"),
    NODE_GATHER("gather, reduce-scatter in a node", "GB/s"),
    FABRIC_ALL_REDUCE("all-reduce between nodes", "GB/s"),
    FABRIC_GATHER("gather, reduce-scatter between nodes", "GB/s"),
    /** Of NCCL's own constants. */
    NODE_LATENCY("latency in a node, of NCCL's constants", ""),
    FABRIC_LATENCY("latency between nodes, of NCCL's constants", ""),
    /** What a GB on the bus, hidden behind computing, slows it by. */
    SLOWED("hidden traffic slows computing by", "ms/GB"),
    /** Of a micro-batch's computing, what ZeRO-3 can hide behind. */
    BEHIND_ALL("computing that ZeRO-3 hides behind", ""),
    /** Of the same, what reductions behind backward can hide behind. */
    BEHIND_BACKWARD("computing that reductions hide behind", "");

    private final String words;
    private final String unit;

    Figure(String words, String unit) {
        this.words = words;
        this.unit = unit;
    }

    public String words() {
        return words;
    }

    /** Empty of a ratio. */
    public String unit() {
        return unit;
    }
}
