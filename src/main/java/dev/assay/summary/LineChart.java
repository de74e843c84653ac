package dev.assay.summary;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Values over something that spans decades: one line a curve, named at its end; limits are dashed. */
final class LineChart implements Picture {
    private static final int HEIGHT = 360;
    private static final int TOP = 58;
    private static final int BOTTOM = 300;
    private static final int LEFT = 64;
    private static final int RIGHT = 610;
    private static final int LABEL_HEIGHT = 14;
    private static final int LABEL_CHARACTERS = 28;

    /** Of a curve. */
    record Point(double x, double y) {}

    /** A curve. */
    record Line(String name, List<Point> points) {
        Line {
            points = List.copyOf(points);
        }

        Point last() {
            return points.get(points.size() - 1);
        }
    }

    /**
     * How the values are shown.
     *
     * @param across what x is
     * @param bytes whether x are sizes in bytes
     * @param unit of y
     * @param most what y reaches at least
     * @param limitOf whose floor and ceiling they are
     * @param number y as people read it
     */
    record Scale(
            String across,
            boolean bytes,
            String unit,
            double most,
            String limitOf,
            OptionalDouble floor,
            OptionalDouble ceiling,
            java.util.function.DoubleFunction<String> number) {}

    private final List<Line> lines;
    private final Scale scale;

    LineChart(List<Line> lines, Scale scale) {
        this.lines = lines.stream()
                .map(LineChart::sound)
                .filter(line -> !line.points().isEmpty())
                .toList();
        this.scale = scale;
    }

    private static Line sound(Line line) {
        return new Line(
                line.name(),
                line.points().stream()
                        .filter(point -> point.x() > 0 && Double.isFinite(point.x()) && Double.isFinite(point.y()))
                        .sorted(Comparator.comparingDouble(Point::x))
                        .toList());
    }

    @Override
    public int height() {
        return HEIGHT;
    }

    @Override
    public boolean isEmpty() {
        return lines.isEmpty();
    }

    @Override
    public Csv csv() {
        Csv csv = new Csv("curve", scale.across(), scale.unit());
        lines.forEach(line -> line.points()
                .forEach(point ->
                        csv.row(line.name(), scale.bytes() ? (Number) Math.round(point.x()) : point.x(), point.y())));
        return csv;
    }

    @Override
    public void draw(Svg svg) {
        double high = Math.max(
                Math.max(scale.most(), all(Point::y).max().orElse(1)),
                Math.max(
                        finite(scale.floor()).orElse(0), finite(scale.ceiling()).orElse(0)));
        Axis y = Axis.over(0, high, BOTTOM, TOP);
        LogAxis x = axis();
        svg.text(0, TOP - 16, scale.unit(), "start", Svg.INK);
        y.grid(svg, LEFT, RIGHT);
        x.across(svg, BOTTOM, scale.across());
        limit(svg, y, scale.floor(), scale.limitOf() + "≥ ");
        limit(svg, y, scale.ceiling(), scale.limitOf() + "ceiling ");
        for (int i = 0; i < lines.size(); i++) {
            curve(svg, new Mark(i), lines.get(i), x, y);
        }
        names(svg, x, y);
    }

    private LogAxis axis() {
        return scale.bytes()
                ? LogAxis.bytes(
                        all(Point::x).min().orElse(1), all(Point::x).max().orElse(1), LEFT, RIGHT)
                : LogAxis.values(all(Point::x).distinct().sorted().boxed().toList(), LEFT, RIGHT);
    }

    private static OptionalDouble finite(OptionalDouble value) {
        return value.isPresent() && Double.isFinite(value.getAsDouble()) ? value : OptionalDouble.empty();
    }

    private static void limit(Svg svg, Axis y, OptionalDouble limit, String word) {
        finite(limit).ifPresent(value -> {
            svg.dashed(LEFT, y.pixel(value), RIGHT, y.pixel(value));
            svg.text(LEFT + 4, y.pixel(value) - 4, word + Words.exact(value), "start", Svg.VERMILION, Svg.HALO);
        });
    }

    private static void curve(Svg svg, Mark mark, Line line, LogAxis x, Axis y) {
        StringBuilder path = new StringBuilder();
        line.points().forEach(point -> Svg.point(path, x.pixel(point.x()), y.pixel(point.y())));
        svg.path(path.toString(), mark.colour(), 1.4, mark.dashes());
        line.points().forEach(point -> mark.at(svg, x.pixel(point.x()), y.pixel(point.y())));
    }

    /** At the curves' ends, from top to bottom as these lie, moved apart where they lie close. */
    private void names(Svg svg, LogAxis x, Axis y) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingDouble(i -> y.pixel(lines.get(i).last().y())));
        List<Double> wanted =
                order.stream().map(i -> y.pixel(lines.get(i).last().y())).toList();
        List<Double> places = apart(wanted);
        for (int i = 0; i < order.size(); i++) {
            Mark mark = new Mark(order.get(i));
            Line line = lines.get(order.get(i));
            double place = places.get(i);
            svg.line(x.pixel(line.last().x()) + 5, wanted.get(i), RIGHT + 12, place, Svg.PALE, 0.6, "");
            mark.at(svg, RIGHT + 19, place);
            String value = " " + scale.number().apply(line.last().y());
            svg.text(
                    RIGHT + 28,
                    place + 4,
                    Clean.shorten(Clean.text(line.name()), LABEL_CHARACTERS - Clean.width(value)) + value,
                    "start",
                    Svg.INK,
                    Svg.SMALL);
        }
    }

    /** Rising places as near as possible to rising ones that are wanted, a label's height apart, above the foot. */
    private static List<Double> apart(List<Double> wanted) {
        double[] places = new double[wanted.size()];
        double before = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < places.length; i++) {
            before = Math.max(wanted.get(i), before + LABEL_HEIGHT);
            places[i] = before;
        }
        double after = HEIGHT - 20.0;
        for (int i = places.length - 1; i >= 0; i--) {
            after = Math.min(places[i], after);
            places[i] = after;
            after -= LABEL_HEIGHT;
        }
        return java.util.Arrays.stream(places).boxed().toList();
    }

    private java.util.stream.DoubleStream all(ToDoubleFunction<Point> of) {
        return lines.stream().flatMap(line -> line.points().stream()).mapToDouble(of);
    }
}
