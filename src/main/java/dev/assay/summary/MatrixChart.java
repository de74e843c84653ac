package dev.assay.summary;

import dev.assay.measurement.Unit;
import dev.assay.summary.Charts.Link;
import dev.assay.verdict.Outliers;
import dev.assay.verdict.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoublePredicate;

/** A heat map a node: rows are where a link begins, columns where it ends, every cell with its number. */
final class MatrixChart implements Picture {
    private static final int TOP = 76;
    private static final int LABELS = 34;
    private static final double WIDEST_CELL = 40;
    private static final double NARROWEST_WITH_NUMBER = 26;
    private static final double CELL_HEIGHT = 18;
    private static final int GAP = 24;
    private static final int HEAD = 32;
    private static final int FOOT = 20;
    /** Panels beyond these are left out, the least conspicuous first, and the chart says so. */
    private static final int MOST_NODES = 12;

    private final Map<String, List<Link>> nodes = new LinkedHashMap<>();
    private final List<Link> links;
    private final Unit unit;
    private final OptionalDouble limit;
    private final boolean lowIsGood;
    private final double median;
    private final DoublePredicate outlier;
    private final int side;
    private final double cell;

    /** @param lowIsGood whether the limit is one from above */
    MatrixChart(List<Link> all, Unit unit, OptionalDouble limit, boolean lowIsGood) {
        links = all.stream().filter(link -> Double.isFinite(link.value())).toList();
        this.unit = unit;
        this.limit = limit.isPresent() && Double.isFinite(limit.getAsDouble()) ? limit : OptionalDouble.empty();
        this.lowIsGood = lowIsGood;
        List<Double> values = links.stream().map(Link::value).toList();
        median = values.isEmpty() ? 0 : Samples.median(values);
        outlier = Outliers.among(values);
        side = 1
                + links.stream()
                        .mapToInt(link -> Math.max(link.from(), link.to()))
                        .max()
                        .orElse(0);
        cell = Math.min(WIDEST_CELL, (WIDTH - LABELS) / (double) side);
        links.forEach(link ->
                nodes.computeIfAbsent(link.node(), node -> new ArrayList<>()).add(link));
    }

    @Override
    public int height() {
        int rows = (shown().size() + perRow() - 1) / perRow();
        return (int) Math.ceil(TOP + Math.max(1, rows) * panelHeight() + FOOT);
    }

    @Override
    public boolean isEmpty() {
        return links.isEmpty();
    }

    @Override
    public Csv csv() {
        Csv csv = new Csv("node", "from", "to", "value " + unit.symbol());
        links.forEach(link -> csv.row(link.node(), link.from(), link.to(), link.value()));
        return csv;
    }

    @Override
    public void draw(Svg svg) {
        List<String> shown = shown();
        legend(svg);
        remark(svg, shown.size());
        for (int i = 0; i < shown.size(); i++) {
            int line = i / perRow();
            panel(svg, shown.get(i), (i - line * perRow()) * panelWidth(), TOP + line * panelHeight());
        }
    }

    private int perRow() {
        return Math.max(1, (int) ((WIDTH + GAP) / panelWidth()));
    }

    private double panelWidth() {
        return LABELS + side * cell + GAP;
    }

    private double panelHeight() {
        return HEAD + side * CELL_HEIGHT + GAP / 2.0;
    }

    /** In their order; of too many those whose worst link lies furthest from the median. */
    private List<String> shown() {
        if (nodes.size() <= MOST_NODES) {
            return List.copyOf(nodes.keySet());
        }
        List<String> conspicuous = nodes.keySet().stream()
                .sorted(Comparator.comparingDouble((String node) -> -distance(node)))
                .limit(MOST_NODES)
                .toList();
        return nodes.keySet().stream().filter(conspicuous::contains).toList();
    }

    private double distance(String node) {
        return nodes.getOrDefault(node, List.of()).stream()
                .mapToDouble(link -> Math.abs(link.value() - median))
                .max()
                .orElse(0);
    }

    private void panel(Svg svg, String node, double left, double top) {
        svg.text(
                left,
                top + 12,
                Clean.shorten(Clean.text(node), (int) (panelWidth() / 7)),
                "start",
                Svg.INK,
                "font-size=\"11\"");
        double x0 = left + LABELS;
        double y0 = top + HEAD;
        for (int i = 0; i < side; i++) {
            svg.text(x0 + (i + 0.5) * cell, y0 - 4, String.valueOf(i), "middle", Svg.QUIET, "font-size=\"9\"");
            svg.text(x0 - 5, y0 + (i + 0.7) * CELL_HEIGHT, String.valueOf(i), "end", Svg.QUIET, "font-size=\"9\"");
            svg.rectangle(x0 + i * cell, y0 + i * CELL_HEIGHT, cell - 1, CELL_HEIGHT - 1, Svg.GRID, "");
        }
        for (Link link : nodes.getOrDefault(node, List.of())) {
            cell(svg, link, x0 + link.to() * cell, y0 + link.from() * CELL_HEIGHT);
        }
    }

    private void cell(Svg svg, Link link, double x, double y) {
        double shade = shade(link.value());
        boolean missed = missed(link);
        boolean outlier = outlier(link);
        svg.rectangle(
                x,
                y,
                cell - 1,
                CELL_HEIGHT - 1,
                colour(shade),
                missed ? "stroke=\"" + Svg.VERMILION + "\" stroke-width=\"2\"" : "");
        if (outlier) {
            svg.diamond(x + 6, y + CELL_HEIGHT / 2 - 0.5, 6, "#ffffff");
            svg.diamond(x + 6, y + CELL_HEIGHT / 2 - 0.5, 4, Svg.VERMILION);
        }
        if (cell >= NARROWEST_WITH_NUMBER) {
            svg.text(
                    x + (outlier ? cell / 2 + 4 : (cell - 1) / 2),
                    y + CELL_HEIGHT - 5.5,
                    number(link.value()),
                    "middle",
                    shade > 0.55 ? "#ffffff" : Svg.INK,
                    "font-size=\"9\"" + (missed || outlier ? Svg.BOLD : ""));
        }
    }

    private void legend(Svg svg) {
        String more = "font-size=\"10\"";
        svg.text(
                0,
                36,
                (unit == Unit.COUNT || unit == Unit.RATIO ? "value" : unit.symbol())
                        + "; row: GPU that drives, column: the other GPU",
                "start",
                Svg.INK,
                more);
        double x = 360;
        for (int i = 0; i < 5; i++) {
            svg.rectangle(x + 12 * i, 28, 12, 9, colour(i / 4.0), "");
        }
        svg.text(x + 66, 36, number(least()) + " to " + number(most()), "start", Svg.QUIET, more);
        svg.diamond(512, 32, 4, Svg.VERMILION);
        svg.text(520, 36, "outlier", "start", Svg.QUIET, more);
        svg.text(566, 36, "median " + number(median), "start", Svg.QUIET, more);
        if (limit.isPresent()) {
            svg.rectangle(656, 28, 12, 9, "#ffffff", "stroke=\"" + Svg.VERMILION + "\" stroke-width=\"2\"");
            svg.text(
                    674,
                    36,
                    "misses " + (lowIsGood ? "≤ " : "≥ ") + number(limit.getAsDouble()),
                    "start",
                    Svg.QUIET,
                    more);
        }
    }

    /** The worst link by name, and what is left out. */
    private void remark(Svg svg, int shown) {
        List<Link> outliers = links.stream().filter(this::outlier).toList();
        Optional<Link> worst =
                outliers.stream().max(Comparator.comparingDouble(link -> Math.abs(link.value() - median)));
        String text = worst.map(link -> Clean.shorten(Clean.text(link.node()), 40) + " GPU " + link.from() + " to GPU "
                        + link.to() + ": " + Words.withUnit(number(link.value()), unit)
                        + others(outliers.size() - 1))
                .orElse("no outlier among " + links.size() + " links");
        String left = shown < nodes.size() ? "; the " + shown + " most conspicuous of " + nodes.size() + " nodes" : "";
        svg.text(0, 54, text + left, "start", Svg.INK, worst.isPresent() ? Svg.BOLD : "");
    }

    private static String others(int count) {
        return count == 0 ? "" : " and " + count + (count == 1 ? " more outlier" : " more outliers");
    }

    private boolean outlier(Link link) {
        return outlier.test(link.value());
    }

    private boolean missed(Link link) {
        return limit.isPresent()
                && (lowIsGood ? link.value() > limit.getAsDouble() : link.value() < limit.getAsDouble());
    }

    /** From 0, the least, to 1; the limit belongs to the range, so that noise among good links does not look like contrast. */
    private double shade(double value) {
        return most() > least() ? (value - least()) / (most() - least()) : 0.5;
    }

    private double least() {
        double least = links.stream().mapToDouble(Link::value).min().orElse(0);
        return limit.isPresent() ? Math.min(least, limit.getAsDouble()) : least;
    }

    private double most() {
        double most = links.stream().mapToDouble(Link::value).max().orElse(1);
        return limit.isPresent() ? Math.max(most, limit.getAsDouble()) : most;
    }

    /** One hue from light to Okabe and Ito's blue: lightness alone tells the order, in print and to every eye. */
    private static String colour(double shade) {
        return String.format(
                Locale.ROOT, "#%02x%02x%02x", mix(0xf2, 0x00, shade), mix(0xf7, 0x72, shade), mix(0xfb, 0xb2, shade));
    }

    private static int mix(int light, int dark, double shade) {
        return (int) Math.round(light + (dark - light) * shade);
    }

    /** At least three digits, in little room. */
    private static String number(double value) {
        double size = Math.abs(value);
        if (size >= 1e5) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
