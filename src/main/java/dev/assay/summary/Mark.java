package dev.assay.summary;

import java.util.List;

/**
 * How the curves or kinds of one chart are told apart: by colour (Okabe and Ito's, the darker ones), by dashes and by the
 * shape of their points, so that print and every eye can.
 */
record Mark(int number) {
    private static final List<String> COLOURS =
            List.of(Svg.BLUE, Svg.VERMILION, "#009E73", Svg.INK, "#A0527D", "#3A8FC4", "#7A6A00");
    private static final List<String> DASHES = List.of("", "6 2", "2 2", "8 3 2 3", "1 2");
    private static final int SHAPES = 4;

    String colour() {
        return COLOURS.get(number % COLOURS.size());
    }

    /** For a line of it. */
    String dashes() {
        String dashes = DASHES.get(number % DASHES.size());
        return dashes.isEmpty() ? "" : "stroke-dasharray=\"" + dashes + "\"";
    }

    void at(Svg svg, double x, double y) {
        at(svg, x, y, number / SHAPES % 2 == 1);
    }

    void at(Svg svg, double x, double y, boolean hollow) {
        shape(svg, x, y, 1, colour());
        if (hollow) {
            shape(svg, x, y, 0.5, "#ffffff");
        }
    }

    private void shape(Svg svg, double x, double y, double size, String fill) {
        switch (number % SHAPES) {
            case 0 -> svg.circle(x, y, 3.8 * size, fill);
            case 1 -> svg.diamond(x, y, 5.2 * size, fill);
            case 2 -> svg.rectangle(x - 3.3 * size, y - 3.3 * size, 6.6 * size, 6.6 * size, fill, "");
            default -> svg.triangle(x, y, 4.8 * size, fill);
        }
    }
}
