package dev.assay.summary;

import dev.assay.verdict.Decision;
import dev.assay.verdict.State;

/** A shape for every state, so that a black-and-white print and every eye can tell them apart. */
final class Shapes {
    private static final String WHITE =
            " fill=\"none\" stroke=\"#fff\" stroke-width=\"2.2\" stroke-linecap=\"round\"/>";
    private static final String TICK = "<path d=\"M5 10.5l3.4 3.4L15 7\"" + WHITE;
    private static final String CROSS = "<path d=\"M6.5 6.5l7 7m0-7l-7 7\"" + WHITE;
    private static final String OCTAGON = "M6 1h8l5 5v8l-5 5H6l-5-5V6z";
    private static final String DIAMOND = "M10 0l10 10-10 10L0 10z";
    private static final String TRIANGLE = "M10 1l9.6 18H.4z";

    private Shapes() {}

    static String of(State state) {
        return switch (state) {
            case PASS -> good();
            case FAIL -> bad();
            case INCONCLUSIVE -> doubt();
            case INVALID -> broken();
            case NOT_RUN -> open();
            case NOT_APPLICABLE -> svg("<path d=\"M4 10h12\" stroke=\"currentColor\" stroke-width=\"2.4\"/>");
        };
    }

    static String of(Decision decision) {
        return switch (decision) {
            case ACCEPTED -> good();
            case REJECTED -> bad();
            case INCONCLUSIVE -> doubt();
            case PARTIAL -> half();
            case SUITE_OK ->
                svg("<rect x=\"1\" y=\"1\" width=\"18\" height=\"18\" rx=\"2\" fill=\"currentColor\"/>" + TICK);
            case SUITE_BROKEN -> broken();
        };
    }

    /** The class that carries the colour. */
    static String colour(State state) {
        return switch (state) {
            case PASS -> "good";
            case FAIL -> "bad";
            case INCONCLUSIVE, NOT_RUN -> "doubt";
            case INVALID -> "broken";
            case NOT_APPLICABLE -> "quiet";
        };
    }

    static String colour(Decision decision) {
        return switch (decision) {
            case ACCEPTED -> "good";
            case REJECTED -> "bad";
            case INCONCLUSIVE, PARTIAL -> "doubt";
            case SUITE_OK -> "suite";
            case SUITE_BROKEN -> "broken";
        };
    }

    private static String good() {
        return svg("<circle cx=\"10\" cy=\"10\" r=\"9.5\" fill=\"currentColor\"/>" + TICK);
    }

    private static String bad() {
        return svg(filled(OCTAGON) + CROSS);
    }

    private static String doubt() {
        return svg(filled(DIAMOND) + mark("?"));
    }

    private static String broken() {
        return svg(filled(TRIANGLE) + mark("!").replace("y=\"14.2\"", "y=\"16.4\""));
    }

    private static String open() {
        return svg("<circle cx=\"10\" cy=\"10\" r=\"8.5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>"
                + "<path d=\"M4 16L16 4\" stroke=\"currentColor\" stroke-width=\"2\"/>");
    }

    private static String half() {
        return svg("<circle cx=\"10\" cy=\"10\" r=\"8.5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>"
                + "<path d=\"M10 1.5a8.5 8.5 0 0 0 0 17z\" fill=\"currentColor\"/>");
    }

    private static String filled(String path) {
        return "<path d=\"" + path + "\" fill=\"currentColor\"/>";
    }

    private static String mark(String character) {
        return "<text x=\"10\" y=\"14.2\" text-anchor=\"middle\" font-size=\"12\" font-weight=\"700\" fill=\"#fff\">"
                + character + "</text>";
    }

    private static String svg(String inside) {
        return "<svg class=\"shape\" viewBox=\"0 0 20 20\" aria-hidden=\"true\">" + inside + "</svg>";
    }
}
