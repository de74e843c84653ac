package dev.assay.plan;

import dev.assay.deepspeed.Note;
import dev.assay.deepspeed.Resolved;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What a config's file was read as, for the report.
 *
 * @param nominal every value that changes the work, by the number of GPUs
 * @param stress of the variant that loads the network
 * @param notes all of them, those about keys without effect too
 * @param ranks a number of GPUs that its batch keys fit
 */
record TrainingReading(
        IntFunction<List<Resolved>> nominal, IntFunction<List<Resolved>> stress, List<Note> notes, int ranks) {
    TrainingReading {
        notes = List.copyOf(notes);
    }

    /** Of a recorded run, whose plan keeps what was read. */
    static TrainingReading none() {
        return new TrainingReading(gpus -> List.of(), gpus -> List.of(), List.of(), 1);
    }
}
