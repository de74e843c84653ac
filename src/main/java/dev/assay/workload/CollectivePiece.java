package dev.assay.workload;

import java.util.OptionalInt;

/**
 * What must stand in a piece of a buffer after a collective: elements of one rank's input, or of all ranks' reduced.
 *
 * @param at first element of the piece in the buffer
 * @param from the rank whose input it is; empty: reduced over all
 * @param index of the piece's first element in that input
 */
public record CollectivePiece(long at, long elements, OptionalInt from, long index) {
    public CollectivePiece {
        if (at < 0 || elements <= 0 || index < 0) {
            throw new IllegalArgumentException(
                    "a piece must have at ≥ 0, elements > 0, index ≥ 0, got " + at + ", " + elements + ", " + index);
        }
    }
}
