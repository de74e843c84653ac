package dev.assay.training;

/** How gradients and parameters travel between the GPUs. */
public enum CollectiveMode {
    /** As DeepSpeed 0.19 issues them: stages 1 and 2 all-reduce, stage 2 after every micro-batch. */
    DEEPSPEED,
    /** As few bytes as the stage needs: true reduce-scatter, stage 3 gathers whole layers. */
    IDEAL
}
