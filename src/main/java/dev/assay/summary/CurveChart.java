package dev.assay.summary;

import dev.assay.summary.Charts.Curve;
import java.util.List;

/** Shares over a size: one line a curve, told apart by mark and name as well as by colour; x is logarithmic. */
final class CurveChart {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 330;
    private static final int TOP = 58;
    private static final int BOTTOM = 262;
    private static final int LEFT = 64;
    private static final int RIGHT = 640;
    private static final int LEGEND = 664;
    private static final int LEGEND_STEP = 24;
    private static final int TICK_ROOM = 26;
    /** Okabe and Ito's. */
    private static final List<String> COLOURS = List.of(Svg.BLUE, Svg.VERMILION, "#009E73", Svg.INK);

    private final List<Curve> curves;
    private final String across;

    CurveChart(List<Curve> curves, String across) {
        this.curves = curves.stream().filter(curve -> !curve.x().isEmpty()).toList();
        this.across = across;
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
        Axis y = new Axis(0, 100, 20, BOTTOM, TOP);
        Axis x = logarithmic();
        svg.text(0, TOP - 16, "%", "start", Svg.INK);
        for (double tick : y.ticks()) {
            svg.line(LEFT, y.pixel(tick), RIGHT, y.pixel(tick), Svg.GRID, 1, "");
            svg.text(LEFT - 6, y.pixel(tick) + 4, y.label(tick), "end", Svg.QUIET, "font-size=\"10\"");
        }
        double before = Double.NEGATIVE_INFINITY;
        for (double value : allX()) {
            double at = x.pixel(Math.log(value));
            if (at - before >= TICK_ROOM) {
                svg.text(at, BOTTOM + 15, Words.exact(value), "middle", Svg.QUIET, "font-size=\"10\"");
                before = at;
            }
        }
        svg.text((LEFT + RIGHT) / 2.0, BOTTOM + 32, Clean.shorten(Clean.text(across), 80), "middle", Svg.QUIET);
        for (int i = 0; i < curves.size(); i++) {
            curve(svg, i, x, y);
        }
    }

    private void curve(Svg svg, int number, Axis x, Axis y) {
        Curve curve = curves.get(number);
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < curve.x().size(); i++) {
            double px = x.pixel(Math.log(curve.x().get(i)));
            double py = y.pixel(curve.percent().get(i));
            path.append(i == 0 ? 'M' : 'L').append(Svg.n(px)).append(' ').append(Svg.n(py));
            mark(svg, number, px, py);
        }
        svg.path(path.toString(), colour(number), 1.5);
        double row = TOP + 6 + number * (double) LEGEND_STEP;
        svg.line(LEGEND - 10, row, LEGEND + 10, row, colour(number), 1.5, "");
        mark(svg, number, LEGEND, row);
        svg.text(LEGEND + 16, row + 4, Clean.shorten(Clean.text(curve.name()), 20), "start", Svg.INK);
    }

    /** Filled or hollow, round or pointed: four that differ in print. */
    private static void mark(Svg svg, int number, double x, double y) {
        boolean round = number % 2 == 0;
        boolean hollow = number / 2 % 2 == 1;
        if (round) {
            svg.circle(x, y, 4, colour(number));
        } else {
            svg.diamond(x, y, 5.5, colour(number));
        }
        if (hollow) {
            svg.circle(x, y, 2, "#ffffff");
        }
    }

    private static String colour(int number) {
        return COLOURS.get(number % COLOURS.size());
    }

    private List<Double> allX() {
        return curves.stream()
                .flatMap(curve -> curve.x().stream())
                .distinct()
                .sorted()
                .toList();
    }

    private Axis logarithmic() {
        List<Double> all = allX();
        double low = Math.log(all.get(0));
        double high = Math.log(all.get(all.size() - 1));
        double room = high > low ? (high - low) * 0.03 : 1;
        return new Axis(low - room, high + room, room, LEFT, RIGHT);
    }
}
