package dev.assay.deepspeed;

/**
 * Sequences, as DeepSpeed resolves its three keys for one number of data-parallel ranks.
 *
 * @param global sequences an optimizer step, over all ranks ({@code train_batch_size})
 * @param micro sequences a rank takes at once ({@code train_micro_batch_size_per_gpu})
 * @param accumulation micro-batches an optimizer step ({@code gradient_accumulation_steps})
 */
public record Batch(long global, int micro, int accumulation) {
    public Batch {
        if (global <= 0 || micro <= 0 || accumulation <= 0) {
            throw new IllegalArgumentException("batch must be > 0 in every part, got global " + global + ", micro "
                    + micro + ", accumulation " + accumulation);
        }
    }
}
