package dev.assay.summary;

import dev.assay.measurement.Unit;
import dev.assay.summary.Charts.ScalePoint;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/** Left: throughput over nodes against ideal. Right: the efficiency, where a loss of 5 % can be seen. */
final class ScalingChart implements Picture {
    private static final int HEIGHT = 330;
    private static final int TOP = 58;
    private static final int BOTTOM = 262;
    private static final int LEFT = 64;
    private static final int MIDDLE = 410;
    private static final int SECOND = 484;
    private static final int RIGHT = 790;
    private static final int LABEL_ROOM = 44;

    private final List<ScalePoint> points;
    private final String unit;
    private final OptionalDouble floor;

    ScalingChart(List<ScalePoint> points, String unit, OptionalDouble floor) {
        this.points = points.stream()
                .filter(p -> Double.isFinite(p.throughput()) && Double.isFinite(p.low()) && Double.isFinite(p.high()))
                .sorted(Comparator.comparingInt(ScalePoint::nodes))
                .toList();
        this.unit = unit;
        this.floor = floor.isPresent() && Double.isFinite(floor.getAsDouble()) ? floor : OptionalDouble.empty();
    }

    @Override
    public int height() {
        return HEIGHT;
    }

    @Override
    public boolean isEmpty() {
        return points.isEmpty() || points.get(0).throughput() <= 0;
    }

    @Override
    public Csv csv() {
        Csv csv = new Csv("nodes", "throughput " + unit, "low", "high");
        points.forEach(point -> csv.row(point.nodes(), point.throughput(), point.low(), point.high()));
        return csv;
    }

    @Override
    public void draw(Svg svg) {
        throughput(svg);
        efficiency(svg);
    }

    private double perNode() {
        return points.get(0).throughput() / points.get(0).nodes();
    }

    private void throughput(Svg svg) {
        int most = points.get(points.size() - 1).nodes();
        double high = points.stream().mapToDouble(ScalePoint::high).max().orElse(1);
        Axis x = new Axis(0, most, most, LEFT, MIDDLE);
        Axis y = Axis.over(0, Math.max(high, perNode() * most), BOTTOM, TOP);
        svg.text(0, TOP - 16, "Throughput of all nodes, " + Clean.shorten(Clean.text(unit), 20), "start", Svg.INK);
        y.grid(svg, LEFT, MIDDLE);
        double before = Double.NEGATIVE_INFINITY;
        for (ScalePoint point : points) {
            if (x.pixel(point.nodes()) - before >= 22) {
                before = x.pixel(point.nodes());
                svg.text(before, BOTTOM + 15, String.valueOf(point.nodes()), "middle", Svg.QUIET);
            }
        }
        svg.line(x.pixel(0), y.pixel(0), x.pixel(most), y.pixel(perNode() * most), Svg.QUIET, 1, Svg.DOTTED);
        svg.path(line(x, y), Svg.BLUE, 1.5);
        for (ScalePoint point : points) {
            interval(svg, x.pixel(point.nodes()), y.pixel(point.low()), y.pixel(point.high()));
            svg.circle(x.pixel(point.nodes()), y.pixel(point.throughput()), 3.5, Svg.BLUE);
        }
        svg.text((LEFT + MIDDLE) / 2.0, BOTTOM + 32, "nodes", "middle", Svg.QUIET);
        idealLegend(svg);
    }

    /** In the upper left of the drawing, where no throughput lies. */
    private void idealLegend(Svg svg) {
        svg.line(LEFT + 8, TOP + 14, LEFT + 34, TOP + 14, Svg.QUIET, 1, Svg.DOTTED);
        String text = "ideal: " + points.get(0).nodes() + "-node point × nodes";
        svg.text(LEFT + 40, TOP + 18, text, "start", Svg.QUIET, Svg.HALO + " font-size=\"10\"");
    }

    private void efficiency(Svg svg) {
        double lowest = points.stream().mapToDouble(this::low).min().orElse(0);
        double highest = points.stream().mapToDouble(this::high).max().orElse(100);
        double floorOr = floor.orElse(100);
        Axis y = Axis.over(Math.min(lowest, floorOr) - 1, Math.max(highest, 100) + 1, BOTTOM, TOP);
        svg.text(
                SECOND - 42,
                TOP - 16,
                "Efficiency per node, % of the " + points.get(0).nodes() + "-node point",
                "start",
                Svg.INK);
        y.grid(svg, SECOND, RIGHT);
        if (floor.isPresent()) {
            svg.dashed(SECOND, y.pixel(floorOr), RIGHT, y.pixel(floorOr));
            svg.dashed(RIGHT - 86, TOP - 20, RIGHT - 60, TOP - 20);
            svg.text(RIGHT, TOP - 16, "≥ " + Words.exact(floorOr) + " %", "end", Svg.QUIET, Svg.SMALL);
        }
        double slot = (RIGHT - SECOND) / (double) points.size();
        int every = (int) Math.ceil(LABEL_ROOM / slot);
        for (int i = 0; i < points.size(); i++) {
            ScalePoint point = points.get(i);
            double x = SECOND + (i + 0.5) * slot;
            interval(svg, x, y.pixel(low(point)), y.pixel(high(point)));
            svg.circle(x, y.pixel(share(point, point.throughput())), 3.5, Svg.BLUE);
            if (i % every == 0) {
                svg.text(x, BOTTOM + 15, String.valueOf(point.nodes()), "middle", Svg.QUIET);
                label(svg, y, point, x, slot);
            }
        }
        svg.text((SECOND + RIGHT) / 2.0, BOTTOM + 32, "nodes", "middle", Svg.QUIET);
    }

    /** Beside the dot where there is room, else above the interval; on white, so that no line runs through it. */
    private void label(Svg svg, Axis y, ScalePoint point, double x, double slot) {
        double share = share(point, point.throughput());
        List<Double> bounds = floor.isPresent() ? List.of(floor.getAsDouble()) : List.of();
        String text = Words.number(share, Unit.PERCENT, bounds) + " %";
        if (slot >= 2 * LABEL_ROOM + 20) {
            svg.text(x + 10, y.pixel(share) + 4, text, "start", Svg.INK, Svg.HALO + Svg.BOLD);
        } else {
            svg.text(x, y.pixel(high(point)) - 8, text, "middle", Svg.INK, Svg.HALO + Svg.BOLD + " font-size=\"10\"");
        }
    }

    private double share(ScalePoint point, double throughput) {
        return 100 * throughput / point.nodes() / perNode();
    }

    private double low(ScalePoint point) {
        return share(point, point.low());
    }

    private double high(ScalePoint point) {
        return share(point, point.high());
    }

    private String line(Axis x, Axis y) {
        StringBuilder d = new StringBuilder();
        points.forEach(point -> Svg.point(d, x.pixel(point.nodes()), y.pixel(point.throughput())));
        return d.toString();
    }

    private static void interval(Svg svg, double x, double low, double high) {
        if (low != high) {
            svg.line(x, low, x, high, Svg.BLUE, 1.2, "");
            svg.line(x - 4, low, x + 4, low, Svg.BLUE, 1.2, "");
            svg.line(x - 4, high, x + 4, high, Svg.BLUE, 1.2, "");
        }
    }
}
