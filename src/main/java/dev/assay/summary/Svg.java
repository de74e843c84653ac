package dev.assay.summary;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Writes SVG, one element a call. Coordinates have two decimals, so that the bytes do not depend on the last bit. */
final class Svg {
    static final String BLUE = "#0072B2";
    static final String VERMILION = "#D55E00";
    static final String INK = "#1a1a1a";
    static final String QUIET = "#595959";
    static final String GRID = "#e2e2e2";
    static final String PALE = "#b5b5b5";
    /** White around the letters, so that no line runs through them. */
    static final String HALO = "paint-order=\"stroke\" stroke=\"#ffffff\" stroke-width=\"3\"";

    /** Pixels that a letter of {@link #SMALL} takes, at the mean. */
    static final double SMALL_LETTER = 5.6;

    static final String SMALL = "font-size=\"10\"";
    static final String DOTTED = "stroke-dasharray=\"2 3\"";
    static final String BOLD = " font-weight=\"600\"";
    private static final String FONT = "'Helvetica Neue', 'Segoe UI', Arial, 'Liberation Sans', sans-serif";

    private final StringBuilder out = new StringBuilder();

    Svg(String title, int width, int height) {
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 ")
                .append(width)
                .append(' ')
                .append(height)
                .append("\" width=\"")
                .append(width)
                .append("\" height=\"")
                .append(height)
                .append("\" font-family=\"")
                .append(FONT)
                .append("\" font-size=\"11\">\n<title>")
                .append(Clean.html(title))
                .append("</title>\n<rect width=\"")
                .append(width)
                .append("\" height=\"")
                .append(height)
                .append("\" fill=\"#ffffff\"/>\n");
        text(0, 16, Clean.shorten(Clean.text(title), width / 8), "start", INK, "font-size=\"14\" font-weight=\"600\"");
    }

    void line(double x1, double y1, double x2, double y2, String colour, double width, String more) {
        out.append("<line x1=\"").append(n(x1)).append("\" y1=\"").append(n(y1));
        out.append("\" x2=\"").append(n(x2)).append("\" y2=\"").append(n(y2));
        out.append("\" stroke=\"")
                .append(colour)
                .append("\" stroke-width=\"")
                .append(n(width))
                .append("\" ");
        out.append(more).append("/>\n");
    }

    /** A limit. */
    void dashed(double x1, double y1, double x2, double y2) {
        line(x1, y1, x2, y2, VERMILION, 1.2, "stroke-dasharray=\"5 3\"");
    }

    void path(String d, String colour, double width) {
        path(d, colour, width, "");
    }

    void path(String d, String colour, double width, String more) {
        if (!d.isEmpty()) {
            out.append("<path d=\"")
                    .append(d)
                    .append("\" fill=\"none\" stroke=\"")
                    .append(colour);
            out.append("\" stroke-width=\"").append(n(width)).append("\" stroke-linejoin=\"round\" ");
            out.append(more).append("/>\n");
        }
    }

    /** Puts a point at the end of a path that is being written. */
    static void point(StringBuilder d, double x, double y) {
        d.append(d.length() == 0 ? 'M' : 'L').append(n(x)).append(' ').append(n(y));
    }

    /** @param more attributes of its outline, if it has one */
    void rectangle(double x, double y, double width, double height, String fill, String more) {
        out.append("<rect x=\"").append(n(x)).append("\" y=\"").append(n(y));
        out.append("\" width=\"").append(n(width)).append("\" height=\"").append(n(height));
        out.append("\" fill=\"").append(fill).append("\" ").append(more).append("/>\n");
    }

    void circle(double x, double y, double radius, String fill) {
        out.append("<circle cx=\"").append(n(x)).append("\" cy=\"").append(n(y));
        out.append("\" r=\"")
                .append(n(radius))
                .append("\" fill=\"")
                .append(fill)
                .append("\"/>\n");
    }

    void diamond(double x, double y, double radius, String fill) {
        out.append("<path d=\"M").append(n(x)).append(' ').append(n(y - radius));
        out.append('L').append(n(x + radius)).append(' ').append(n(y));
        out.append('L').append(n(x)).append(' ').append(n(y + radius));
        out.append('L')
                .append(n(x - radius))
                .append(' ')
                .append(n(y))
                .append("Z\" fill=\"")
                .append(fill);
        out.append("\"/>\n");
    }

    void triangle(double x, double y, double radius, String fill) {
        out.append("<path d=\"M").append(n(x)).append(' ').append(n(y - radius));
        out.append('L').append(n(x + radius)).append(' ').append(n(y + 0.8 * radius));
        out.append('L').append(n(x - radius)).append(' ').append(n(y + 0.8 * radius));
        out.append("Z\" fill=\"").append(fill).append("\"/>\n");
    }

    void text(double x, double y, String text, String anchor, String colour) {
        text(x, y, text, anchor, colour, "");
    }

    void text(double x, double y, String text, String anchor, String colour, String more) {
        out.append("<text x=\"").append(n(x)).append("\" y=\"").append(n(y));
        out.append("\" text-anchor=\"")
                .append(anchor)
                .append("\" fill=\"")
                .append(colour)
                .append("\" ")
                .append(more);
        out.append('>').append(Clean.html(text)).append("</text>\n");
    }

    /** Where the numbers lie, at the foot. */
    String end(int height, int width, String source) {
        text(0, height - 5, Clean.shorten("Source: " + Clean.text(source), (int) (width / 5.5)), "start", QUIET, SMALL);
        return out.append("</svg>\n").toString();
    }

    static String n(double value) {
        return BigDecimal.valueOf(value)
                .setScale(2, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
