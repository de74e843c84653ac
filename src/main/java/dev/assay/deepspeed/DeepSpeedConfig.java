package dev.assay.deepspeed;

import java.util.List;

/**
 * A file, resolved for a number of ranks. Every field changes the work of a step: who trains by it honours it or refuses
 * it, and drops nothing.
 *
 * @param source the file's name, for messages
 * @param dataParallelWorld ranks; all of them are data-parallel
 * @param resolved every value that changes the work, and where it comes from, in the order of reading
 * @param notes what else the report must say about the file
 */
public record DeepSpeedConfig(
        String source,
        int dataParallelWorld,
        Scaling scaling,
        Batch batch,
        Zero zero,
        Gradients gradients,
        Adam optimizer,
        AssaySection assay,
        List<Resolved> resolved,
        List<Note> notes) {
    public DeepSpeedConfig {
        resolved = List.copyOf(resolved);
        notes = List.copyOf(notes);
    }

    /** Tokens an optimizer step, over all ranks. */
    public long tokensPerStep() {
        return batch.global() * assay.sequence();
    }
}
