package dev.assay.trainer;

/**
 * What a rehearsal of a step's traffic found on this rank, of one kind of what travels.
 *
 * @param what {@code gradients} or {@code weights}
 * @param elements looked at
 * @param wrong of them
 * @param detail what travelled, and where the first wrong element was found
 */
public record Traffic(String what, long elements, long wrong, String detail) {
    public Traffic {
        if (elements <= 0 || wrong < 0) {
            throw new IllegalArgumentException("the rehearsed traffic of " + what
                    + " must be of elements > 0, wrong ≥ 0, got " + elements + " and " + wrong);
        }
    }
}
