package dev.assay.workload;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Device memory that one rank takes at once, as an arithmetic that a reader can follow.
 *
 * @param parts empty where a workload takes what it finds free, or nothing
 */
public record MemoryNeed(List<Part> parts) {
    /** Nothing of a size that is known beforehand. */
    public static final MemoryNeed NONE = new MemoryNeed(List.of());

    private static final double GIBIBYTE = 1L << 30;
    private static final double MEBIBYTE = 1 << 20;

    /**
     * Equal allocations.
     *
     * @param what they hold, e.g. {@code buffers}
     * @param bytes of each
     */
    public record Part(String what, int count, long bytes) {
        public Part {
            if (count <= 0 || bytes < 0) {
                throw new IllegalArgumentException(
                        "memory for " + what + " must have count > 0 and bytes ≥ 0, got " + count + " × " + bytes);
            }
        }
    }

    public MemoryNeed {
        parts = List.copyOf(parts);
    }

    static MemoryNeed of(String what, int count, long bytes) {
        return new MemoryNeed(List.of(new Part(what, count, bytes)));
    }

    /** A, B and C of one GEMM. */
    static MemoryNeed of(Gemm gemm) {
        return new MemoryNeed(List.of(
                new Part("of A", 1, gemm.bytesOfA()),
                new Part("of B", 1, gemm.bytesOfB()),
                new Part("of C (" + gemm.label() + ")", 1, gemm.bytesOfC())));
    }

    /** In floating point, as sizes that fit nowhere may not fit a long either. */
    public double bytes() {
        return parts.stream()
                .mapToDouble(part -> part.count() * (double) part.bytes())
                .sum();
    }

    /** E.g. {@code 3 × 4.00 GiB of buffers = 12.00 GiB}. */
    public String words() {
        return parts.stream()
                        .map(part -> (part.count() == 1 ? "" : part.count() + " × ") + size((double) part.bytes()) + " "
                                + part.what())
                        .collect(Collectors.joining(" + "))
                + " = " + size(bytes());
    }

    /** Binary units, as memory is sold. */
    public static String size(double bytes) {
        return bytes >= GIBIBYTE
                ? String.format(Locale.ROOT, "%.2f GiB", bytes / GIBIBYTE)
                : String.format(Locale.ROOT, "%.2f MiB", bytes / MEBIBYTE);
    }
}
