package dev.assay.verdict;

import dev.assay.measurement.Unit;
import java.util.Locale;

/** Numbers as people read them beside a limit; the same text on every machine. */
final class Numbers {
    private static final int LIMIT_DECIMALS = 4;
    private static final int MOST_DECIMALS = 9;

    private Numbers() {}

    /** {@code 96.1 %}; a count and a ratio have no symbol. */
    static String of(double value, Unit unit) {
        return plain(value, decimals(value, unit)) + symbol(unit);
    }

    /** As {@link #of}, with as many decimals as it takes to tell the value from the limit that it misses or exceeds. */
    static String beside(double value, double limit, Unit unit) {
        int decimals = decimals(value, unit);
        while (value != limit
                && decimals < MOST_DECIMALS
                && plain(value, decimals).equals(plain(limit, decimals))) {
            decimals++;
        }
        return plain(value, decimals) + symbol(unit);
    }

    /** A limit as it was written: {@code 90 %}, {@code 0.84}. */
    static String limit(double value, Unit unit) {
        return exact(value) + symbol(unit);
    }

    /** With sign, without unit: {@code +6.1}. */
    static String signed(double value, Unit unit) {
        double size = Math.abs(value);
        int decimals = decimals(value, unit);
        while (size > 0 && decimals < MOST_DECIMALS && Double.parseDouble(plain(size, decimals)) == 0) {
            decimals++;
        }
        return (value < 0 ? "−" : "+") + plain(size, decimals);
    }

    static String plain(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value == 0 ? 0.0 : value);
    }

    /** Up to four decimals, more where nothing else would be left. */
    private static String exact(double value) {
        int decimals = LIMIT_DECIMALS;
        while (value != 0 && decimals < MOST_DECIMALS && Double.parseDouble(plain(value, decimals)) == 0) {
            decimals++;
        }
        return plain(value, decimals).replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    private static String symbol(Unit unit) {
        return unit.isBare() ? "" : " " + unit.symbol();
    }

    private static int decimals(double value, Unit unit) {
        return switch (unit) {
            case RATIO, MILLISECOND, TOKENS_PER_JOULE -> 3;
            case COUNT, BYTES, MEBIBYTES -> value == Math.rint(value) ? 0 : 2;
            case PERCENT,
                    TFLOPS,
                    GIGABYTES_PER_SECOND,
                    WATT,
                    JOULE,
                    MEGAHERTZ,
                    CELSIUS,
                    KELVIN,
                    MICROSECOND,
                    NANOSECOND,
                    TOKENS_PER_SECOND -> 1;
        };
    }
}
