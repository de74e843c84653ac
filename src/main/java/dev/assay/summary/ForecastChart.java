package dev.assay.summary;

import dev.assay.summary.Charts.Foretold;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A row a prediction: its range, in parts of the predicted value, and where the result lies in it. All of it is shown, nothing
 * judged by it.
 */
final class ForecastChart implements Picture {
    private static final int TOP = 60;
    private static final int ROW = 17;
    private static final int FOOT = 46;
    private static final int LEFT = 150;
    private static final int RIGHT = 450;
    private static final int PREDICTED = 596;
    private static final int MEASURED = 664;
    private static final int RATIO = 718;
    /** A result further off than this many times the prediction stands at the edge. */
    private static final double FURTHEST = 3;

    private final List<Foretold> rows;

    ForecastChart(List<Foretold> rows) {
        this.rows = List.copyOf(rows);
    }

    @Override
    public int height() {
        return TOP + ROW * Math.max(3, rows.size()) + FOOT;
    }

    @Override
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    @Override
    public Csv csv() {
        Csv csv = new Csv(
                "config",
                "nodes",
                "GPUs",
                "experiment",
                "figure",
                "unit",
                "predicted",
                "predicted low",
                "predicted high",
                "measured",
                "measured over predicted",
                "inside");
        rows.forEach(row -> row.figures()
                .forEach(figure -> csv.row(
                        row.name(),
                        row.nodes(),
                        row.gpus(),
                        row.experiment(),
                        figure.name(),
                        figure.unit(),
                        figure.value(),
                        figure.low(),
                        figure.high(),
                        figure.measured(),
                        figure.ratio(),
                        inside(figure))));
        return csv;
    }

    @Override
    public void draw(Svg svg) {
        Axis x = axis();
        double bottom = TOP + ROW * rows.size();
        svg.text(PREDICTED, TOP - 8, "predicted step, s", "end", Svg.QUIET, Svg.SMALL);
        svg.text(MEASURED, TOP - 8, "measured", "end", Svg.QUIET, Svg.SMALL);
        svg.text(RATIO, TOP - 8, "ratio", "end", Svg.QUIET, Svg.SMALL);
        svg.text(Picture.WIDTH - 2, TOP - 8, "in its range", "end", Svg.QUIET, Svg.SMALL);
        for (double tick : x.ticks()) {
            svg.line(x.pixel(tick), TOP - 2, x.pixel(tick), bottom, Svg.GRID, 1, "");
            svg.text(x.pixel(tick), bottom + 13, x.label(tick), "middle", Svg.QUIET, Svg.SMALL);
        }
        svg.line(x.pixel(1), TOP - 2, x.pixel(1), bottom, Svg.QUIET, 1, Svg.DOTTED);
        for (int i = 0; i < rows.size(); i++) {
            row(svg, x, rows.get(i), TOP + ROW * i + ROW / 2.0);
        }
        svg.text((LEFT + RIGHT) / 2.0, bottom + 27, "step over its prediction", "middle", Svg.QUIET, Svg.SMALL);
    }

    private static void row(Svg svg, Axis x, Foretold row, double y) {
        Foretold.Figure step = row.step();
        String name = row.name() + ", " + row.nodes() + (row.nodes() == 1 ? " node" : " nodes");
        svg.text(0, y + 4, Clean.shorten(Clean.text(name), 26), "start", Svg.INK, Svg.SMALL);
        double low = x.pixel(step.low() / step.value());
        double high = x.pixel(step.high() / step.value());
        svg.rectangle(low, y - 4, high - low, 8, Svg.PALE, "");
        step.ratio().ifPresent(ratio -> {
            if (step.contains()) {
                svg.circle(x.pixel(ratio), y, 3.5, Svg.BLUE);
            } else {
                svg.diamond(x.pixel(ratio), y, 5, Svg.VERMILION);
            }
        });
        String predicted = number(step.value()) + " (" + number(step.low()) + " … " + number(step.high()) + ")";
        svg.text(PREDICTED, y + 4, predicted, "end", Svg.INK, Svg.SMALL);
        svg.text(MEASURED, y + 4, text(step.measured()), "end", Svg.INK, Svg.SMALL);
        svg.text(RATIO, y + 4, text(step.ratio()), "end", Svg.INK, Svg.SMALL);
        svg.text(Picture.WIDTH - 2, y + 4, inside(step), "end", Svg.INK, Svg.SMALL);
    }

    /** A projection that nothing has measured is none that holds. */
    private static String inside(Foretold.Figure figure) {
        return figure.measured().isEmpty() ? "not measured" : figure.contains() ? "yes" : "no";
    }

    private Axis axis() {
        List<Double> values = new ArrayList<>(List.of(1.0));
        rows.forEach(row -> {
            values.add(row.step().low() / row.step().value());
            values.add(row.step().high() / row.step().value());
            row.step().ratio().ifPresent(values::add);
        });
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(2);
        return Axis.over(Math.max(0, least), Math.min(FURTHEST, most), LEFT, RIGHT);
    }

    private static String text(OptionalDouble value) {
        return value.isPresent() ? number(value.getAsDouble()) : Words.NONE;
    }

    private static String number(double value) {
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
        return String.format(java.util.Locale.ROOT, "%." + decimals + "f", value);
    }
}
