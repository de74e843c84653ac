package dev.assay.summary;

import dev.assay.summary.Charts.OverSteps;
import java.util.List;

/** What training gave step by step: a panel each, the steps below; those before the measured ones on grey. */
final class StepsChart implements Picture {
    private static final int TOP = 58;
    private static final int PANEL = 118;
    private static final int GAP = 34;
    private static final int FOOT = 56;
    private static final int LEFT = 64;
    private static final int RIGHT = 700;
    private static final int MARKED = 60;
    private static final String SHADE = "#f2f2f2";

    private final List<OverSteps> panels;
    private final int warmUp;

    StepsChart(List<OverSteps> panels, int warmUp) {
        this.panels = panels.stream()
                .filter(panel ->
                        !panel.values().isEmpty() && panel.values().stream().allMatch(Double::isFinite))
                .toList();
        this.warmUp = warmUp;
    }

    @Override
    public int height() {
        return TOP + Math.max(1, panels.size()) * (PANEL + GAP) - GAP + FOOT;
    }

    @Override
    public boolean isEmpty() {
        return panels.isEmpty();
    }

    @Override
    public Csv csv() {
        Csv csv = new Csv("value", "step", "measured", "number");
        panels.forEach(panel -> {
            for (int step = 0; step < panel.values().size(); step++) {
                csv.row(
                        panel.name(),
                        step + 1,
                        step < warmUp ? "no" : "yes",
                        panel.values().get(step));
            }
        });
        return csv;
    }

    @Override
    public void draw(Svg svg) {
        for (int i = 0; i < panels.size(); i++) {
            panel(svg, panels.get(i), TOP + i * (double) (PANEL + GAP));
        }
        double bottom = TOP + panels.size() * (double) (PANEL + GAP) - GAP;
        steps(svg, bottom);
    }

    private void panel(Svg svg, OverSteps panel, double top) {
        List<Double> values = panel.values();
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        double room = (most - least) * 0.05;
        double low = least >= 0 ? Math.max(0, least - room) : least - room;
        Axis y = Axis.over(low, most + room, top + PANEL, top);
        if (warmUp > 0) {
            double end = Math.min(RIGHT, (x(warmUp) + x(warmUp + 1)) / 2);
            svg.rectangle(LEFT, top, end - LEFT, PANEL, SHADE, "");
        }
        svg.text(0, top - 10, Clean.shorten(Clean.text(panel.name()), 70), "start", Svg.INK);
        y.grid(svg, LEFT, RIGHT);
        StringBuilder path = new StringBuilder();
        for (int step = 0; step < values.size(); step++) {
            Svg.point(path, x(step + 1), y.pixel(values.get(step)));
        }
        svg.path(path.toString(), Svg.BLUE, 1.5);
        for (int step = 0; step < values.size() && values.size() <= MARKED; step++) {
            svg.circle(x(step + 1), y.pixel(values.get(step)), 3, Svg.BLUE);
        }
        double last = values.get(values.size() - 1);
        svg.text(RIGHT + 10, y.pixel(last) + 4, "last " + StackChart.figure(last), "start", Svg.INK, Svg.SMALL);
        svg.text(RIGHT, top - 10, "first " + StackChart.figure(values.get(0)), "end", Svg.QUIET, Svg.SMALL);
    }

    private void steps(Svg svg, double bottom) {
        int all = count();
        int every = Math.max(1, (int) Math.ceil(Axis.over(0, (double) all, 0, 1).step() / 2));
        for (int step = every; step <= all; step += every) {
            svg.text(x(step), bottom + 15, String.valueOf(step), "middle", Svg.QUIET, Svg.SMALL);
        }
        String words = "step" + (warmUp > 0 ? "; on grey: warm-up" : "");
        svg.text((LEFT + RIGHT) / 2.0, bottom + 32, words, "middle", Svg.QUIET);
    }

    private int count() {
        return panels.stream().mapToInt(panel -> panel.values().size()).max().orElse(1);
    }

    private double x(double step) {
        double inset = 14;
        return count() == 1
                ? (LEFT + RIGHT) / 2.0
                : LEFT + inset + (step - 1) / (count() - 1) * (RIGHT - LEFT - 2 * inset);
    }
}
