package dev.assay.host;

import java.util.OptionalDouble;

/**
 * By how much a figure changed, in its metric's unit.
 *
 * @param why empty where it is known
 */
record Change(OptionalDouble value, String why) {
    static Change of(double value) {
        return new Change(OptionalDouble.of(value), "");
    }

    static Change unknown(String why) {
        return new Change(OptionalDouble.empty(), why);
    }
}
