package dev.assay.summary;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** From a heat map's values to shades of one hue, their numbers and the legend; the limit belongs to the scale. */
final class HeatScale {
    private static final String SMALL = "font-size=\"10\"";
    private static final int STEPS = 5;

    private final OptionalDouble limit;
    private final boolean lowIsGood;
    private final double least;
    private final double most;

    /** @param lowIsGood whether the limit is one from above */
    HeatScale(List<Double> values, OptionalDouble limit, boolean lowIsGood) {
        this.limit = limit.isPresent() && Double.isFinite(limit.getAsDouble()) ? limit : OptionalDouble.empty();
        this.lowIsGood = lowIsGood;
        double lowest = values.stream().mapToDouble(value -> value).min().orElse(0);
        double highest = values.stream().mapToDouble(value -> value).max().orElse(1);
        least = Math.min(lowest, this.limit.orElse(lowest));
        most = Math.max(highest, this.limit.orElse(highest));
    }

    boolean missed(double value) {
        return limit.isPresent() && (lowIsGood ? value > limit.getAsDouble() : value < limit.getAsDouble());
    }

    /** From 0, the least, to 1; the limit belongs to the range, so that noise among good links does not look like contrast. */
    double shade(double value) {
        return most > least ? (value - least) / (most - least) : 0.5;
    }

    /** One hue from light to Okabe and Ito's blue: lightness alone tells the order, in print and to every eye. */
    static String colour(double shade) {
        return String.format(
                Locale.ROOT, "#%02x%02x%02x", mix(0xf2, 0x00, shade), mix(0xf7, 0x72, shade), mix(0xfb, 0xb2, shade));
    }

    private static int mix(int light, int dark, double shade) {
        return (int) Math.round(light + (dark - light) * shade);
    }

    /** What shades and marks mean, in the chart's right half. */
    void legend(Svg svg, double median) {
        double x = 360;
        for (int i = 0; i < STEPS; i++) {
            svg.rectangle(x + 12 * i, 28, 12, 9, colour(i / (STEPS - 1.0)), "");
        }
        svg.text(x + 66, 36, number(least) + " to " + number(most), "start", Svg.QUIET, SMALL);
        svg.diamond(512, 32, 4, Svg.VERMILION);
        svg.text(520, 36, "outlier", "start", Svg.QUIET, SMALL);
        svg.text(566, 36, "median " + number(median), "start", Svg.QUIET, SMALL);
        if (limit.isPresent()) {
            svg.rectangle(656, 28, 12, 9, "#ffffff", "stroke=\"" + Svg.VERMILION + "\" stroke-width=\"2\"");
            String misses = "misses " + (lowIsGood ? "≤ " : "≥ ") + number(limit.getAsDouble());
            svg.text(674, 36, misses, "start", Svg.QUIET, SMALL);
        }
    }

    /** At least three digits, in little room. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 1e5) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
