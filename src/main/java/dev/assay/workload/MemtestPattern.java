package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What the memory test writes. Every pattern is written, read back and inverted, read back and inverted again, and read back:
 * so every bit holds 0 and 1, and is checked as both.
 */
public enum MemtestPattern {
    /** One bit in each 64-bit word, at a place that differs from word to word and moves with every step. */
    WALKING_BITS,
    /** One constant in all words: 0, and alternations of 1, 2 and 4 bits. */
    MOVING_INVERSIONS,
    /** Each word is its own place in bytes: two addresses that share a cell show. */
    ADDRESS_IN_ADDRESS,
    /** Words of the counter-based generator. */
    RANDOM;

    /** As conditions, checks and criteria name it. */
    @JsonValue
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
