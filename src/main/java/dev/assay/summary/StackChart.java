package dev.assay.summary;

import dev.assay.summary.Charts.Part;
import dev.assay.summary.Charts.Stack;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** A column a unit of parts that add up; parts are told apart by colour, by number and by their order in the legend. */
final class StackChart implements Picture {
    private static final int HEIGHT = 340;
    private static final int TOP = 58;
    private static final int BOTTOM = 274;
    private static final int LEFT = 64;
    private static final int RIGHT = 540;
    private static final int LEGEND = 566;
    private static final int ROW = 17;
    private static final int WIDEST = 84;
    private static final int TICK_ROOM = 30;
    private static final int NAMED = 8;
    private static final int MOST = 128;
    private static final int DIGITS = 4;

    /** Okabe and Ito's, and greys; of different lightness from one to the next. */
    private static final List<String> COLOURS = List.of(
            "#0072B2", "#56B4E9", "#009E73", "#F0E442", "#D55E00", "#b5b5b5", "#CC79A7", "#E69F00", "#595959",
            "#9AD0C2", "#7A6A00", "#d8d8d8");

    /** On which white letters cannot be read. */
    private static final List<String> LIGHT =
            List.of("#56B4E9", "#F0E442", "#b5b5b5", "#CC79A7", "#E69F00", "#9AD0C2", "#d8d8d8");

    private final List<Part> parts;
    private final List<Stack> stacks;
    private final Charts.StackScale scale;

    StackChart(List<Part> parts, List<Stack> stacks, Charts.StackScale scale) {
        this.parts = List.copyOf(parts);
        this.stacks = stacks.stream()
                .filter(stack -> stack.values().stream().allMatch(value -> value >= 0 && Double.isFinite(value)))
                .toList();
        this.scale = scale;
    }

    @Override
    public int height() {
        return HEIGHT;
    }

    @Override
    public boolean isEmpty() {
        return stacks.isEmpty() || highest() <= 0;
    }

    @Override
    public String remark() {
        return stacks.size() > MOST ? "; drawn: " + MOST + " of " + stacks.size() + " columns, evenly" : "";
    }

    @Override
    public Csv csv() {
        List<String> heads = new ArrayList<>(List.of("unit"));
        parts.forEach(part -> heads.add(part.name() + " " + scale.unit()));
        Csv csv = new Csv(heads);
        for (Stack stack : stacks) {
            List<Object> cells = new ArrayList<>(List.of(stack.unit()));
            cells.addAll(stack.values());
            csv.row(cells.toArray());
        }
        return csv;
    }

    @Override
    public void draw(Svg svg) {
        Axis y = Axis.over(0, Math.max(highest(), limit().orElse(0)), BOTTOM, TOP);
        svg.text(0, TOP - 16, scale.unit(), "start", Svg.INK);
        y.grid(svg, LEFT, RIGHT);
        List<Stack> drawn = drawn();
        double slot = (RIGHT - LEFT) / (double) drawn.size();
        double width = Math.min(WIDEST, slot * (drawn.size() > NAMED ? 0.86 : 0.7));
        int every = (int) Math.ceil(TICK_ROOM / slot);
        for (int i = 0; i < drawn.size(); i++) {
            double middle = LEFT + (i + 0.5) * slot;
            column(svg, y, drawn.get(i), middle, width);
            if (i % every == 0) {
                svg.text(middle, BOTTOM + 15, label(drawn.get(i), slot), "middle", Svg.QUIET, Svg.SMALL);
            }
        }
        svg.text((LEFT + RIGHT) / 2.0, BOTTOM + 34, scale.across(), "middle", Svg.QUIET);
        limit(svg, y);
        legend(svg);
    }

    private void column(Svg svg, Axis y, Stack stack, double middle, double width) {
        double below = 0;
        for (int part = 0; part < parts.size(); part++) {
            double above = below + stack.values().get(part);
            double height = y.pixel(below) - y.pixel(above);
            if (height > 0) {
                svg.rectangle(
                        middle - width / 2,
                        y.pixel(above),
                        width,
                        height,
                        colour(part),
                        "stroke=\"#ffffff\" stroke-width=\"" + (width > 8 ? "0.6" : "0") + "\"");
            }
            if (height >= 12 && width >= 14) {
                number(svg, part, middle, y.pixel(above) + height / 2 + 3.5);
            }
            below = above;
        }
        if (scale.totals() && stacks.size() <= NAMED) {
            svg.text(middle, y.pixel(below) - 5, figure(below), "middle", Svg.INK, Svg.HALO + " " + Svg.SMALL);
        }
    }

    private void legend(Svg svg) {
        if (!scale.legend().isEmpty()) {
            svg.text(LEGEND, TOP - 16, Clean.shorten(Clean.text(scale.legend()), 40), "start", Svg.QUIET, Svg.SMALL);
        }
        double y = TOP + 4;
        for (int part = parts.size() - 1; part >= 0; part--) {
            svg.rectangle(LEGEND, y - 10, 15, 13, colour(part), "stroke=\"#ffffff\" stroke-width=\"0.6\"");
            number(svg, part, LEGEND + 7.5, y);
            String said = parts.get(part).said();
            String words = parts.get(part).name() + (said.isEmpty() ? "" : ": " + said);
            svg.text(LEGEND + 22, y, Clean.shorten(Clean.text(words), 38), "start", Svg.INK, Svg.SMALL);
            y += ROW;
        }
    }

    private static void number(Svg svg, int part, double x, double y) {
        String ink = LIGHT.contains(colour(part)) ? Svg.INK : "#ffffff";
        svg.text(x, y, String.valueOf(part + 1), "middle", ink, Svg.SMALL);
    }

    private void limit(Svg svg, Axis y) {
        limit().ifPresent(value -> {
            svg.dashed(LEFT, y.pixel(value), RIGHT, y.pixel(value));
            svg.text(
                    LEFT + 4,
                    y.pixel(value) + 12,
                    scale.limitName() + " " + figure(value),
                    "start",
                    Svg.VERMILION,
                    Svg.HALO + " " + Svg.SMALL);
        });
    }

    private OptionalDouble limit() {
        OptionalDouble limit = scale.limit();
        return limit.isPresent() && Double.isFinite(limit.getAsDouble()) ? limit : OptionalDouble.empty();
    }

    /** A few have names, many numbers. */
    private String label(Stack stack, double slot) {
        return stacks.size() > NAMED
                ? String.valueOf(stacks.indexOf(stack))
                : Clean.shorten(Clean.text(stack.unit()), Math.max(2, (int) (slot / Svg.SMALL_LETTER) - 1));
    }

    private List<Stack> drawn() {
        return stacks.size() <= MOST
                ? stacks
                : IntStream.range(0, MOST)
                        .mapToObj(i -> stacks.get((int) ((long) i * stacks.size() / MOST)))
                        .toList();
    }

    private double highest() {
        return stacks.stream()
                .mapToDouble(stack ->
                        stack.values().stream().mapToDouble(Double::doubleValue).sum())
                .max()
                .orElse(0);
    }

    private static String colour(int part) {
        return COLOURS.get(part % COLOURS.size());
    }

    /** Four digits. */
    static String figure(double value) {
        return Words.exact(new BigDecimal(value).round(new MathContext(DIGITS)).doubleValue());
    }
}
