package dev.assay.summary;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * A linear axis with ticks at 1, 2 or 5 times a power of ten.
 *
 * @param low value at {@code from}; a tick
 * @param high value at {@code to}; a tick
 * @param step between ticks
 * @param from pixel
 */
record Axis(double low, double high, double step, double from, double to) {
    private static final int TICKS = 4;

    /** Covers both values; equal ones get some room. */
    static Axis over(double least, double most, double from, double to) {
        double room = most > least ? 0 : Math.max(1, Math.abs(most) * 0.05);
        double low = least - room;
        double high = most + room;
        double step = nice((high - low) / TICKS);
        return new Axis(Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step, step, from, to);
    }

    double pixel(double value) {
        double share = (value - low) / (high - low);
        return from + Math.min(1, Math.max(0, share)) * (to - from);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        long count = Math.round((high - low) / step);
        for (long i = 0; i <= count; i++) {
            ticks.add(low + i * step);
        }
        return ticks;
    }

    /** A line across at every tick, its number on the left. */
    void grid(Svg svg, double left, double right) {
        for (double tick : ticks()) {
            svg.line(left, pixel(tick), right, pixel(tick), Svg.GRID, 1, "");
            svg.text(left - 6, pixel(tick) + 4, label(tick), "end", Svg.QUIET, Svg.SMALL);
        }
    }

    /** With the decimals that the step needs. */
    String label(double tick) {
        int decimals = Math.max(0, -(int) Math.floor(Math.log10(step) + 1e-9));
        BigDecimal rounded = BigDecimal.valueOf(tick).setScale(decimals, RoundingMode.HALF_UP);
        return Words.exact(rounded.doubleValue());
    }

    private static double nice(double raw) {
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double mantissa = raw / power;
        return (mantissa <= 1 + 1e-9 ? 1 : mantissa <= 2 + 1e-9 ? 2 : mantissa <= 5 + 1e-9 ? 5 : 10) * power;
    }
}
