package dev.assay.device;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Words that were not as they had been written.
 *
 * @param count all of them, a word once for every time that it was found wrong
 * @param first those that were found first, at most {@link #LOGGED}, by address
 */
public record MemoryFaults(long count, List<Fault> first) {
    /** How many are told with their address. */
    public static final int LOGGED = 16;

    /** @param place of the 64-bit word in the region under test, counted in words */
    public record Fault(long place, long expected, long found) {
        private String words() {
            return String.format(
                    Locale.ROOT,
                    "0x%x: expected %016x, found %016x, bits %016x",
                    Long.BYTES * place,
                    expected,
                    found,
                    expected ^ found);
        }
    }

    public MemoryFaults {
        if (count < first.size() || first.size() > LOGGED || (count > 0 && first.isEmpty())) {
            throw new IllegalArgumentException("memory faults must name 1.." + LOGGED + " of those they count, got "
                    + first.size() + " of " + count);
        }
        first = first.stream().sorted(Comparator.comparingLong(Fault::place)).toList();
    }

    /** Addresses are bytes from the start of the region under test. */
    public String words() {
        if (count == 0) {
            return "every word as it was written";
        }
        return (count > first.size() ? "the first " + first.size() + " found are at " : "at ")
                + first.stream().map(Fault::words).collect(Collectors.joining("; "));
    }
}
