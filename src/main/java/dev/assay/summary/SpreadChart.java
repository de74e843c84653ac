package dev.assay.summary;

import dev.assay.measurement.Unit;
import dev.assay.summary.Charts.Dot;
import dev.assay.verdict.Outliers;
import dev.assay.verdict.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoublePredicate;

/** One dot a unit, in order, so that a sick node stands out as well as a sick GPU. */
final class SpreadChart implements Picture {
    private static final int HEIGHT = 290;
    private static final int TOP = 58;
    private static final int BOTTOM = 226;
    private static final int LEFT = 64;
    private static final int RIGHT = 790;
    private static final int TICK_ROOM = 30;
    private static final int NAMED = 8;

    private final List<Dot> dots;
    private final Unit unit;
    private final OptionalDouble limit;

    SpreadChart(List<Dot> dots, Unit unit, OptionalDouble limit) {
        this.dots = dots.stream().filter(dot -> Double.isFinite(dot.value())).toList();
        this.unit = unit;
        this.limit = limit.isPresent() && Double.isFinite(limit.getAsDouble()) ? limit : OptionalDouble.empty();
    }

    @Override
    public int height() {
        return HEIGHT;
    }

    @Override
    public boolean isEmpty() {
        return dots.isEmpty();
    }

    @Override
    public Csv csv() {
        Csv csv = new Csv("unit", "value " + unit.symbol());
        dots.forEach(dot -> csv.row(dot.unit(), dot.value()));
        return csv;
    }

    @Override
    public void draw(Svg svg) {
        List<Double> values = dots.stream().map(Dot::value).toList();
        double median = Samples.median(values);
        DoublePredicate outlier = Outliers.among(values);
        Axis y = axis(values);
        svg.text(0, TOP - 16, unit.isBare() ? "value" : unit.symbol(), "start", Svg.INK);
        y.grid(svg, LEFT, RIGHT);
        svg.line(LEFT, y.pixel(median), RIGHT, y.pixel(median), Svg.QUIET, 1, Svg.DOTTED);
        limit.ifPresent(value -> svg.dashed(LEFT, y.pixel(value), RIGHT, y.pixel(value)));
        marks(svg, y, outlier);
        worst(median, outlier).ifPresent(dot -> name(svg, y, dot));
        legend(svg, median);
    }

    private void marks(Svg svg, Axis y, DoublePredicate outlier) {
        int every = (int) Math.ceil(TICK_ROOM / slot());
        for (int i = 0; i < dots.size(); i++) {
            double value = dots.get(i).value();
            if (outlier.test(value)) {
                svg.diamond(x(i), y.pixel(value), 5.5, Svg.VERMILION);
            } else {
                svg.circle(x(i), y.pixel(value), 3, Svg.BLUE);
            }
            if (i % every == 0) {
                svg.text(x(i), BOTTOM + 15, label(i), "middle", Svg.QUIET, Svg.SMALL);
            }
        }
        svg.text((LEFT + RIGHT) / 2.0, BOTTOM + 31, "unit, in the order of nodes and local ranks", "middle", Svg.QUIET);
    }

    /** A few have names, many numbers. */
    private String label(int i) {
        return dots.size() > NAMED
                ? String.valueOf(i)
                : Clean.shorten(Clean.text(dots.get(i).unit()), (int) (slot() / Svg.SMALL_LETTER) - 1);
    }

    /** Above or below its dot, towards the middle of the drawing. */
    private void name(Svg svg, Axis y, Dot dot) {
        double x = x(dots.indexOf(dot));
        String anchor = x < LEFT + 150 ? "start" : x > RIGHT - 150 ? "end" : "middle";
        double up = y.pixel(dot.value()) > (TOP + BOTTOM) / 2.0 ? -11 : 19;
        String text =
                Clean.shorten(Clean.text(dot.unit()), 60) + ": " + Words.withUnit(Words.brief(dot.value(), unit), unit);
        svg.text(x, y.pixel(dot.value()) + up, text, anchor, Svg.INK, Svg.HALO + Svg.BOLD);
    }

    private void legend(Svg svg, double median) {
        double y = TOP - 16;
        svg.circle(RIGHT - 430, y - 4, 3, Svg.BLUE);
        svg.text(RIGHT - 422, y, "unit", "start", Svg.QUIET, Svg.SMALL);
        svg.diamond(RIGHT - 386, y - 4, 5, Svg.VERMILION);
        svg.text(RIGHT - 376, y, "outlier", "start", Svg.QUIET, Svg.SMALL);
        svg.line(RIGHT - 328, y - 4, RIGHT - 304, y - 4, Svg.QUIET, 1, Svg.DOTTED);
        svg.text(RIGHT - 298, y, "median " + Words.brief(median, unit), "start", Svg.QUIET, Svg.SMALL);
        if (limit.isPresent()) {
            svg.dashed(RIGHT - 180, y - 4, RIGHT - 154, y - 4);
            svg.text(RIGHT - 148, y, "limit " + Words.exact(limit.getAsDouble()), "start", Svg.QUIET, Svg.SMALL);
        }
    }

    private Axis axis(List<Double> values) {
        List<Double> all = new ArrayList<>(values);
        limit.ifPresent(all::add);
        double least = all.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double most = all.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        double room = (most - least) * 0.08;
        return Axis.over(least >= 0 ? Math.max(0, least - room) : least - room, most + room, BOTTOM, TOP);
    }

    private Optional<Dot> worst(double median, DoublePredicate outlier) {
        return dots.stream()
                .filter(dot -> outlier.test(dot.value()))
                .max(Comparator.comparingDouble(dot -> Math.abs(dot.value() - median)));
    }

    private double slot() {
        return (RIGHT - LEFT) / (double) dots.size();
    }

    private double x(int i) {
        return LEFT + (i + 0.5) * slot();
    }
}
