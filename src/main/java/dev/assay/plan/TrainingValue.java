package dev.assay.plan;

import dev.assay.deepspeed.Origin;
import dev.assay.deepspeed.Resolved;

/**
 * One value of a config as it was used.
 *
 * @param key path in the file, and where nodes differ in it, of how many nodes, e.g. {@code train_batch_size on 2 nodes}
 * @param how where exactly it comes from, e.g. {@code line 12}
 */
public record TrainingValue(String key, String value, Origin origin, String how) {
    static TrainingValue of(String key, Resolved value) {
        return new TrainingValue(key, value.value(), value.origin(), value.how());
    }

    /** Where it comes from, e.g. {@code file, line 12} or {@code auto: hidden²}. */
    public String from() {
        return switch (origin) {
            case FILE -> "file, " + how;
            case ASSAY -> "assay, " + how;
            case STRESS -> "stress variant, " + how;
            case DEFAULT, AUTO, DERIVED -> how;
        };
    }
}
