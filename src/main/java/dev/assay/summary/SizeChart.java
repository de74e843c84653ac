package dev.assay.summary;

import dev.assay.measurement.Unit;
import dev.assay.summary.Charts.SizeCurve;
import dev.assay.summary.Charts.SizePoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** A value over sizes that span decades: sizes on a logarithmic axis, one curve a line, named at its end. */
final class SizeChart {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 360;
    private static final int TOP = 58;
    private static final int BOTTOM = 300;
    private static final int LEFT = 64;
    private static final int RIGHT = 640;
    private static final int LABEL_HEIGHT = 12;
    /** Powers of two between two labels of the axis. */
    private static final int OCTAVES = 4;

    /** Told apart by the dashes too, and named. */
    private static final List<String> COLOURS = List.of(Svg.BLUE, "#009E73", "#CC79A7", "#56B4E9", Svg.INK);

    private static final List<String> DASHES = List.of("", "6 2", "2 2", "8 3 2 3", "1 2");

    private final List<SizeCurve> curves;
    private final Unit unit;
    private final OptionalDouble floor;
    private final OptionalDouble ceiling;

    SizeChart(List<SizeCurve> curves, Unit unit, OptionalDouble floor, OptionalDouble ceiling) {
        this.curves = curves.stream()
                .map(SizeChart::sound)
                .filter(curve -> !curve.points().isEmpty())
                .toList();
        this.unit = unit;
        this.floor = floor;
        this.ceiling = ceiling;
    }

    private static SizeCurve sound(SizeCurve curve) {
        return new SizeCurve(
                curve.name(),
                curve.points().stream()
                        .filter(point -> point.bytes() > 0 && Double.isFinite(point.value()))
                        .sorted(Comparator.comparingLong(SizePoint::bytes))
                        .toList());
    }

    String svg(String title, String source) {
        Svg svg = new Svg(title, WIDTH, HEIGHT);
        if (curves.isEmpty()) {
            svg.text(WIDTH / 2.0, HEIGHT / 2.0, "nothing measured", "middle", Svg.QUIET);
        } else {
            draw(svg);
        }
        return svg.end(HEIGHT, WIDTH, source);
    }

    private void draw(Svg svg) {
        double least = bounds(point -> (double) point.bytes()).min().orElse(1);
        double most = bounds(point -> (double) point.bytes()).max().orElse(1);
        Axis x = new Axis(log2(least), Math.max(log2(most), log2(least) + 1), 1, LEFT, RIGHT);
        double high = Math.max(bounds(SizePoint::value).max().orElse(1), Math.max(floor.orElse(0), ceiling.orElse(0)));
        Axis y = Axis.over(0, high, BOTTOM, TOP);
        svg.text(0, TOP - 16, unit.symbol(), "start", Svg.INK);
        for (double tick : y.ticks()) {
            svg.line(LEFT, y.pixel(tick), RIGHT, y.pixel(tick), Svg.GRID, 1, "");
            svg.text(LEFT - 6, y.pixel(tick) + 4, y.label(tick), "end", Svg.QUIET, "font-size=\"10\"");
        }
        for (int octave = (int) Math.ceil(log2(least)); octave <= log2(most); octave++) {
            if (octave % OCTAVES == 0 || least == most) {
                svg.line(x.pixel(octave), BOTTOM, x.pixel(octave), BOTTOM + 4, Svg.PALE, 1, "");
                svg.text(x.pixel(octave), BOTTOM + 16, size(octave), "middle", Svg.QUIET, "font-size=\"10\"");
            }
        }
        svg.text((LEFT + RIGHT) / 2.0, BOTTOM + 34, "bytes", "middle", Svg.QUIET);
        limit(svg, y, floor, "≥ ");
        limit(svg, y, ceiling, "ceiling ");
        curves(svg, x, y);
    }

    private void limit(Svg svg, Axis y, OptionalDouble value, String word) {
        if (value.isPresent()) {
            double at = y.pixel(value.getAsDouble());
            svg.dashed(LEFT, at, RIGHT, at);
            svg.text(LEFT + 4, at - 4, word + Words.exact(value.getAsDouble()), "start", Svg.VERMILION, Svg.HALO);
        }
    }

    private void curves(Svg svg, Axis x, Axis y) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < curves.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingDouble(i -> y.pixel(last(curves.get(i)).value())));
        double before = Double.NEGATIVE_INFINITY;
        for (int i : order) {
            SizeCurve curve = curves.get(i);
            String colour = COLOURS.get(i % COLOURS.size());
            double previousX = Double.NaN;
            double previousY = Double.NaN;
            for (SizePoint point : curve.points()) {
                double px = x.pixel(log2((double) point.bytes()));
                double py = y.pixel(point.value());
                if (!Double.isNaN(previousX)) {
                    svg.line(previousX, previousY, px, py, colour, 1.4, dashes(i));
                }
                svg.circle(px, py, 2.4, colour);
                previousX = px;
                previousY = py;
            }
            double label = Math.max(previousY + 4, before + LABEL_HEIGHT);
            before = label;
            svg.line(previousX + 3, previousY, RIGHT + 8, label - 4, Svg.PALE, 0.6, "");
            String words = Clean.shorten(curve.name(), 18) + " "
                    + Words.number(last(curve).value(), unit, List.of());
            svg.text(RIGHT + 10, label, words, "start", colour, "font-size=\"10\"");
        }
    }

    private static String dashes(int curve) {
        String dashes = DASHES.get(curve / COLOURS.size() % DASHES.size());
        return dashes.isEmpty() ? "" : "stroke-dasharray=\"" + dashes + "\"";
    }

    private static SizePoint last(SizeCurve curve) {
        return curve.points().get(curve.points().size() - 1);
    }

    private java.util.stream.DoubleStream bounds(ToDoubleFunction<SizePoint> of) {
        return curves.stream().flatMap(curve -> curve.points().stream()).mapToDouble(of);
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    private static String size(int octave) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        return (1L << octave % 10) + " " + units[Math.min(octave / 10, units.length - 1)];
    }
}
