package dev.assay.summary;

import java.util.ArrayList;
import java.util.List;

/** Short texts in a drawing, each where it covers none before it. */
final class Labels {
    private static final double HEIGHT = 8;
    /** Where a text may stand beside its point, in order of preference: right, left, above, below, and further out. */
    private static final int[][] PLACES = {
        {8, 4},
        {-8, 4},
        {0, -8},
        {0, 15},
        {9, -5},
        {9, 12},
        {-9, -5},
        {-9, 12},
        {20, 4},
        {-20, 4},
        {0, -19},
        {0, 26},
        {18, -13},
        {18, 20},
        {-18, -13},
        {-18, 20},
        {32, 4},
        {-32, 4}
    };

    private final Svg svg;
    private final Box inside;
    private final List<Box> taken = new ArrayList<>();

    private record Box(double left, double right, double top, double bottom) {
        boolean meets(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }

        boolean holds(Box other) {
            return left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom;
        }
    }

    Labels(Svg svg, double left, double right, double top, double bottom) {
        this.svg = svg;
        this.inside = new Box(left, right, top, bottom);
    }

    static double width(String text) {
        return Svg.SMALL_LETTER * Clean.width(text);
    }

    /** No text comes so close to this point. */
    void keepFree(double x, double y, double radius) {
        taken.add(new Box(x - radius, x + radius, y - radius, y + radius));
    }

    /** Just there, to the right of {@code x}. */
    void text(double x, double y, String text, String colour) {
        taken.add(box(x, y, text));
        svg.text(x, y, text, "start", colour, Svg.HALO + " " + Svg.SMALL);
    }

    /** Near a point, at the first free place; where none is free it has no text. */
    void beside(double x, double y, String text, String colour) {
        for (int[] place : PLACES) {
            double left = place[0] > 0 ? x + place[0] : place[0] < 0 ? x + place[0] - width(text) : x - width(text) / 2;
            Box box = box(left, y + place[1], text);
            if (inside.holds(box) && taken.stream().noneMatch(box::meets)) {
                text(left, y + place[1], text, colour);
                return;
            }
        }
    }

    private static Box box(double x, double y, String text) {
        return new Box(x, x + width(text), y - HEIGHT, y + 1);
    }
}
