package dev.assay.deepspeed;

/** What a file keeps when it is run on more GPUs. */
public enum Scaling {
    WEAK("weak scaling: work per GPU is fixed, the global batch grows with the GPUs"),
    STRONG("strong scaling: train_batch_size is fixed, so the work per GPU shrinks as GPUs are added and the share of"
            + " communication grows; for weak scaling fix train_micro_batch_size_per_gpu and"
            + " gradient_accumulation_steps and leave train_batch_size out"),
    ONE_SIZE("all three batch keys are fixed: the file runs on one number of GPUs only");

    private final String words;

    Scaling(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
