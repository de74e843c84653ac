package dev.assay.device;

import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectivePiece;
import dev.assay.workload.CollectiveType;

/**
 * The inputs of collectives and the check of their outputs. Element i of a rank's input depends on seed, rank and i: for those
 * that reduce it is the integer {@link Counter#gradient}, whose partial sums are exact in every {@link CollectiveType}; for those
 * that only move it is any bits, {@link #word}.
 */
public interface CollectiveLoad {
    /** What distinguishes one rank's bits from another's. */
    static int word(long seed, long index, int rank) {
        return (int) (Counter.hash(seed ^ Counter.hash(0x636F6C6C656374L, rank), index) >>> 32);
    }

    /** This rank's input: the first {@code elements} of the buffer. */
    void fill(DeviceMemory target, long elements, CollectiveCase what, long seed, int rank, int ranks, Stream stream);

    /**
     * Counts the elements of a piece of {@code found} that differ from what {@link CollectiveOperation#expected} says. Blocks.
     */
    long countWrong(
            DeviceMemory found, CollectivePiece piece, CollectiveCase what, long seed, int ranks, Stream stream);

    /** The same, enqueued: what differs is added to the 8 bytes of {@code counter}, in native byte order. */
    void addWrong(
            DeviceMemory found,
            CollectivePiece piece,
            CollectiveCase what,
            long seed,
            int ranks,
            DeviceMemory counter,
            Stream stream);
}
