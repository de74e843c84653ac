package dev.assay.workload;

import java.util.Map;
import java.util.TreeMap;

/**
 * One collective at one size.
 *
 * @param bytes of the larger buffer, nominally: shares are rounded down to 16 bytes, as nccl-tests does
 * @param reduction of those that reduce; the others ignore it
 * @param inPlace input and output lie in one buffer
 * @param graph replayed as a CUDA graph of {@code batch} operations
 * @param batch operations between two events: one sample is their time / batch
 * @param samples that are kept
 * @param warmUp samples before them that are not: the first includes waiting for the others to begin
 */
public record CollectiveCase(
        CollectiveOperation operation,
        long bytes,
        CollectiveType type,
        Reduction reduction,
        boolean inPlace,
        boolean graph,
        int batch,
        int samples,
        int warmUp) {
    /** NCCL's own vectors; keeps every share aligned. */
    private static final int ALIGNMENT = 16;

    public CollectiveCase {
        if (bytes < 4 || batch <= 0 || samples <= 0 || warmUp <= 0) {
            throw new IllegalArgumentException("a case of " + operation.key()
                    + " must have bytes ≥ 4, batch > 0, samples > 0, warmUp > 0, got " + bytes + ", " + batch + ", "
                    + samples + ", " + warmUp);
        }
        if (inPlace && (graph || !operation.inPlace())) {
            throw new IllegalArgumentException(operation.key() + (graph ? " as a graph" : "")
                    + " must be out of place: each of its repetitions must read what the first one read");
        }
    }

    /** Float, summed, out of place: as the others travel, so that their single operations need no times of their own. */
    public boolean usual() {
        return type == CollectiveType.FLOAT && reduction == Reduction.SUM && !inPlace;
    }

    /** Whether every rank's share is one at all. */
    public boolean fits(int ranks) {
        return !operation.shares() || bytes / ALIGNMENT >= ranks;
    }

    /** Of the larger buffer, over so many ranks. */
    public long elements(int ranks) {
        long elements = bytes / type.bytes();
        if (operation.shares()) {
            int granule = ALIGNMENT / type.bytes();
            elements = elements / ranks / granule * granule * ranks;
        }
        if (elements == 0) {
            throw new IllegalArgumentException(name() + " must give each of " + ranks + " ranks at least " + ALIGNMENT
                    + " bytes; choose a larger size");
        }
        return elements;
    }

    /** Bus bandwidth in GB/s. */
    public double busGBps(int ranks, double microseconds) {
        return elements(ranks) * type.bytes() / microseconds / 1e3 * operation.busFactor(ranks);
    }

    /** What a measurement was taken under; with scope and ranks no two cases have the same. */
    public Map<String, String> conditions() {
        Map<String, String> conditions = new TreeMap<>();
        conditions.put("operation", operation.key());
        conditions.put("bytes", Long.toString(bytes));
        conditions.put("type", type.key());
        conditions.put("reduction", operation.reduces() ? reduction.key() : "none");
        conditions.put("place", inPlace ? "in" : "out");
        conditions.put("mode", graph ? "graph" : "plain");
        conditions.put("batch", Integer.toString(batch));
        return conditions;
    }

    /** E.g. {@code all-reduce of 8 bytes, float sum, out of place, plain}. */
    public String name() {
        return operation.key() + " of " + bytes + " bytes, " + type.key()
                + (operation.reduces() ? " " + reduction.key() : "") + ", "
                + (inPlace ? "in place, " : "out of place, ")
                + (graph ? "graph" : "plain");
    }
}
