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
    private final HeatScale scale;
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
        List<Double> values = links.stream().map(Link::value).toList();
        scale = new HeatScale(values, limit, lowIsGood);
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
        double shade = scale.shade(link.value());
        boolean missed = scale.missed(link.value());
        boolean outlier = outlier(link);
        svg.rectangle(
                x,
                y,
                cell - 1,
                CELL_HEIGHT - 1,
                HeatScale.colour(shade),
                missed ? "stroke=\"" + Svg.VERMILION + "\" stroke-width=\"2\"" : "");
        if (outlier) {
            svg.diamond(x + 6, y + CELL_HEIGHT / 2 - 0.5, 6, "#ffffff");
            svg.diamond(x + 6, y + CELL_HEIGHT / 2 - 0.5, 4, Svg.VERMILION);
        }
        if (cell >= NARROWEST_WITH_NUMBER) {
            svg.text(
                    x + (outlier ? cell / 2 + 4 : (cell - 1) / 2),
                    y + CELL_HEIGHT - 5.5,
                    HeatScale.number(link.value()),
                    "middle",
                    shade > 0.55 ? "#ffffff" : Svg.INK,
                    "font-size=\"9\"" + (missed || outlier ? Svg.BOLD : ""));
        }
    }

    private void legend(Svg svg) {
        String axes = names.isEmpty()
                ? "; row: GPU that drives, column: the other GPU"
                : "; row and column: nodes, by number";
        svg.text(0, 36, (unit.isBare() ? "value" : unit.symbol()) + axes, "start", Svg.INK, "font-size=\"10\"");
        scale.legend(svg, median);
    }

    /** The worst link by name, and what is left out. */
    private void remark(Svg svg, int shown) {
        List<Link> outliers = shownOnce().filter(this::outlier).toList();
        Optional<Link> worst =
                outliers.stream().max(Comparator.comparingDouble(link -> Math.abs(link.value() - median)));
        String text = worst.map(link -> ends(link) + ": " + Words.withUnit(HeatScale.number(link.value()), unit)
                        + others(outliers.size() - 1))
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
}
