package dev.assay.device;

/**
 * Causal attention over {@code batch} sequences that lie one after another, {@code sequence} rows each.
 *
 * @param heads of queries
 * @param kvHeads of keys and values; each serves heads / kvHeads heads in turn
 * @param headSize a multiple of 8 from 64 to 128; in tiles of 64 or 128, where the others are padded to
 * @param queryStride elements from one row of queries to the next, at least heads · headSize: they may be part of wider rows
 * @param kvStride the same of keys, and of values
 */
public record AttentionShape(
        int batch, int sequence, int heads, int kvHeads, int headSize, int queryStride, int kvStride) {
    private static final int NARROW_TILE = 64;
    private static final int WIDE_TILE = 128;

    public AttentionShape {
        if (batch <= 0 || sequence <= 0 || heads <= 0 || kvHeads <= 0 || heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "attention must have batch, sequence, heads and kvHeads > 0, heads a multiple" + " of kvHeads, got "
                            + batch + ", " + sequence + ", " + heads + ", " + kvHeads);
        }
        if (headSize < 64 || headSize > 128 || headSize % 8 != 0) {
            throw new IllegalArgumentException(
                    "attention must have a headSize of 64 to 128 in multiples of 8, got " + headSize);
        }
        if (queryStride % 8 != 0
                || kvStride % 8 != 0
                || queryStride < (long) heads * headSize
                || kvStride < (long) kvHeads * headSize) {
            throw new IllegalArgumentException(
                    "attention must have strides that hold all heads, in multiples of 8 elements," + " got "
                            + queryStride + " and " + kvStride);
        }
    }

    public long rows() {
        return (long) batch * sequence;
    }

    /** Elements of queries, from the first to the last. */
    public long queryElements() {
        return (rows() - 1) * queryStride + outWidth();
    }

    /** Elements of keys, from the first to the last, and of values. */
    public long kvElements() {
        return (rows() - 1) * kvStride + (long) kvHeads * headSize;
    }

    /** Of a row of the result, whose rows lie close. */
    public int outWidth() {
        return heads * headSize;
    }

    /** One for each row and head; sequence by sequence, head by head. */
    public long statistics() {
        return rows() * heads;
    }

    /** Columns that the kernels multiply for each head. */
    public int tileWidth() {
        return headSize == NARROW_TILE ? NARROW_TILE : WIDE_TILE;
    }

    /** What products of queries and keys are multiplied by. */
    public double scale() {
        return 1 / Math.sqrt(headSize);
    }
}
