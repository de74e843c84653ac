package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Kernels that do nothing but move memory, over fp32 elements; s = 1/2, so that every result is one rounding at most. */
public enum MemoryKernel {
    /** c = a */
    COPY(2),
    /** c = s·a */
    SCALE(2),
    /** c = a + b */
    ADD(3),
    /** c = a + s·b */
    TRIAD(3),
    /** The sum of a's 64-bit words; nothing is written. */
    READ(1),
    /** c = a pattern that needs no reading. */
    WRITE(1);

    private final int buffers;

    MemoryKernel(int buffers) {
        this.buffers = buffers;
    }

    /** As conditions and criteria name it. */
    @JsonValue
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Buffers that are read or written once each; what is counted is nothing else. */
    public int buffers() {
        return buffers;
    }
}
