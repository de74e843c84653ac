package dev.assay.summary;

import java.util.ArrayList;
import java.util.List;

/**
 * A logarithmic axis.
 *
 * @param low value at {@code from}, &gt; 0
 * @param high value at {@code to}, &gt; low
 * @param from pixel
 */
record LogAxis(double low, double high, double from, double to, List<Tick> ticks) {
    /** Powers of two between two labels of sizes. */
    private static final int OCTAVES = 4;

    private static final List<String> BYTES = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB");
    private static final double LABEL_ROOM = 26;

    private static final double[][] MANTISSAS = {{1}, {1, 2, 5}, {1, 1.5, 2, 3, 4, 5, 7}};
    private static final int FEWEST = 4;

    /** Where a number stands. */
    record Tick(double at, String label) {}

    LogAxis {
        ticks = List.copyOf(ticks);
    }

    /** Sizes in bytes: a label every 16-fold, none at all would be no axis. */
    static LogAxis bytes(double least, double most, double from, double to) {
        List<Tick> ticks = new ArrayList<>();
        for (int octave = (int) Math.ceil(log2(least)); octave <= log2(most); octave++) {
            if (octave % OCTAVES == 0) {
                ticks.add(new Tick(Math.pow(2, octave), size(octave)));
            }
        }
        if (ticks.isEmpty()) {
            ticks.add(new Tick(least, Words.exact(least) + " B"));
        }
        return new LogAxis(least, Math.max(most, 2 * least), from, to, ticks);
    }

    /** Just these values, labelled where there is room. */
    static LogAxis values(List<Double> sorted, double from, double to) {
        double least = sorted.get(0);
        double most = sorted.get(sorted.size() - 1);
        double room = most > least ? Math.pow(most / least, 0.03) : 2;
        LogAxis bare = new LogAxis(least / room, most * room, from, to, List.of());
        List<Tick> ticks = new ArrayList<>();
        for (double value : sorted) {
            boolean free = ticks.isEmpty()
                    || bare.pixel(value)
                                    - bare.pixel(ticks.get(ticks.size() - 1).at())
                            >= LABEL_ROOM;
            if (free) {
                ticks.add(new Tick(value, Words.exact(value)));
            }
        }
        return new LogAxis(bare.low, bare.high, from, to, ticks);
    }

    /** Both values and some room; labels at the powers of ten, and where these are few at more. */
    static LogAxis decades(double least, double most, double from, double to) {
        double low = least / 1.3;
        double high = most * 1.3;
        List<Tick> ticks = List.of();
        for (double[] mantissas : MANTISSAS) {
            ticks = ticks.size() < FEWEST ? ticks(low, high, mantissas) : ticks;
        }
        return new LogAxis(low, high, from, to, ticks);
    }

    private static List<Tick> ticks(double low, double high, double[] mantissas) {
        List<Tick> ticks = new ArrayList<>();
        for (int power = (int) Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
            for (double mantissa : mantissas) {
                double at = mantissa * Math.pow(10, power);
                if (at >= low && at <= high) {
                    ticks.add(new Tick(at, Words.exact(at)));
                }
            }
        }
        return ticks;
    }

    double pixel(double value) {
        double share = Math.log(value / low) / Math.log(high / low);
        return from + Math.min(1, Math.max(0, share)) * (to - from);
    }

    /** Its numbers below a drawing that ends at {@code bottom}, what it is below them. */
    void across(Svg svg, double bottom, String what) {
        for (Tick tick : ticks) {
            svg.line(pixel(tick.at()), bottom, pixel(tick.at()), bottom + 4, Svg.PALE, 1, "");
            svg.text(pixel(tick.at()), bottom + 16, tick.label(), "middle", Svg.QUIET, Svg.SMALL);
        }
        svg.text((from + to) / 2, bottom + 33, Clean.shorten(Clean.text(what), 80), "middle", Svg.QUIET);
    }

    /** A line across at every tick, its number on the left. */
    void grid(Svg svg, double left, double right) {
        for (Tick tick : ticks) {
            svg.line(left, pixel(tick.at()), right, pixel(tick.at()), Svg.GRID, 1, "");
            svg.text(left - 6, pixel(tick.at()) + 4, tick.label(), "end", Svg.QUIET, Svg.SMALL);
        }
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    private static String size(int octave) {
        int unit = Math.min(octave / 10, BYTES.size() - 1);
        return (1L << (octave - 10 * unit)) + " " + BYTES.get(unit);
    }
}
