package dev.assay.deepspeed;

/**
 * Something that a reader of the report must know about a file that was accepted.
 *
 * @param key path in the file, e.g. {@code zero_optimization.allgather_partitions}
 */
public record Note(Kind kind, String key, String text) {
    public enum Kind {
        /** Probably not what was meant, e.g. a misspelt key. */
        WARNING,
        /** An old spelling, read as the new one. */
        DEPRECATED,
        /** Accepted; changes nothing of the work. */
        NO_EFFECT
    }

    @Override
    public String toString() {
        return key + ": " + text;
    }
}
