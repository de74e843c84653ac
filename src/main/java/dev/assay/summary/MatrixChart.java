package dev.assay.summary;

import dev.assay.measurement.Unit;
import dev.assay.summary.Charts.Link;
import dev.assay.summary.Charts.NodePair;
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
import java.util.stream.Stream;

/**
 * A heat map a node: rows are where a link begins, columns where it ends, every cell with its number. Or one of nodes against
 * nodes, where rows and columns are nodes and both halves are the same.
 */
final class MatrixChart implements Picture {
    private static final int TOP = 76;
    private static final int LABELS = 34;
    private static final int NAMES = 150;
    private static final int MOST_LETTERS = 20;
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
    /** Of nodes, in the order of rows; empty where rows are GPUs. */
    private final List<String> names;

    /** @param lowIsGood whether the limit is one from above */
    MatrixChart(List<Link> all, Unit unit, OptionalDouble limit, boolean lowIsGood) {
        this(all, unit, limit, lowIsGood, List.of());
    }

    /** In the order of their names, each pair on both sides of the diagonal. */
    static MatrixChart ofNodes(List<NodePair> pairs, Unit unit, OptionalDouble limit, boolean lowIsGood) {
        List<String> names = pairs.stream()
                .flatMap(pair -> Stream.of(pair.a(), pair.b()))
                .distinct()
                .sorted()
                .toList();
        List<Link> links = pairs.stream()
                .flatMap(pair -> {
                    int a = names.indexOf(pair.a());
                    int b = names.indexOf(pair.b());
                    return Stream.of(new Link("", a, b, pair.value()), new Link("", b, a, pair.value()));
                })
                .toList();
        return new MatrixChart(links, unit, limit, lowIsGood, names);
    }

    private MatrixChart(List<Link> all, Unit unit, OptionalDouble limit, boolean lowIsGood, List<String> names) {
        this.names = names;
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
        cell = Math.min(WIDEST_CELL, (WIDTH - labels()) / (double) side);
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
        if (names.isEmpty()) {
            Csv csv = new Csv("node", "from", "to", "value " + unit.symbol());
            links.forEach(link -> csv.row(link.node(), link.from(), link.to(), link.value()));
            return csv;
        }
        Csv csv = new Csv("node", "node", "value " + unit.symbol());
        links.stream()
                .filter(link -> link.from() < link.to())
                .forEach(link -> csv.row(names.get(link.from()), names.get(link.to()), link.value()));
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

    private int labels() {
        return names.isEmpty() ? LABELS : NAMES;
    }

    private String rowName(int row) {
        return names.isEmpty()
                ? String.valueOf(row)
                : Clean.shorten(Clean.text(names.get(row)), MOST_LETTERS) + "  " + row;
    }

    private int perRow() {
        return Math.max(1, (int) ((WIDTH + GAP) / panelWidth()));
    }

    private double panelWidth() {
        return labels() + side * cell + GAP;
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
        double x0 = left + labels();
        double y0 = top + HEAD;
        for (int i = 0; i < side; i++) {
            svg.text(x0 + (i + 0.5) * cell, y0 - 4, String.valueOf(i), "middle", Svg.QUIET, "font-size=\"9\"");
            svg.text(x0 - 5, y0 + (i + 0.7) * CELL_HEIGHT, rowName(i), "end", Svg.QUIET, "font-size=\"9\"");
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
                        + (names.isEmpty()
                                ? "; row: GPU that drives, column: the other GPU"
                                : "; row and column: nodes, by number"),
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
        List<Link> outliers = shownOnce().filter(this::outlier).toList();
        Optional<Link> worst =
                outliers.stream().max(Comparator.comparingDouble(link -> Math.abs(link.value() - median)));
        String text = worst.map(link ->
                        ends(link) + ": " + Words.withUnit(number(link.value()), unit) + others(outliers.size() - 1))
                .orElse("no outlier among " + shownOnce().count() + (names.isEmpty() ? " links" : " pairs of nodes"));
        String left = shown < nodes.size() ? "; the " + shown + " most conspicuous of " + nodes.size() + " nodes" : "";
        svg.text(0, 54, text + left, "start", Svg.INK, worst.isPresent() ? Svg.BOLD : "");
    }

    private String ends(Link link) {
        return names.isEmpty()
                ? Clean.shorten(Clean.text(link.node()), 40) + " GPU " + link.from() + " to GPU " + link.to()
                : Clean.shorten(Clean.text(names.get(link.from())), 40) + " with "
                        + Clean.shorten(Clean.text(names.get(link.to())), 40);
    }

    /** Of nodes both halves hold the same. */
    private Stream<Link> shownOnce() {
        return links.stream().filter(link -> names.isEmpty() || link.from() < link.to());
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
