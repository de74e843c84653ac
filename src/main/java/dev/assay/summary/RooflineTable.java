package dev.assay.summary;

import dev.assay.measurement.Unit;
import dev.assay.summary.Charts.Rate;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The points of a roofline as numbers, each under the number that it has in the drawing. */
final class RooflineTable {
    static final int ROW = 14;

    private static final int LEFT = 494;
    private static final int MEDIAN = 706;
    private static final int WORST = 760;

    private final List<Rate> rates;
    private final Function<Rate, Mark> mark;
    private final Function<Rate, OptionalDouble> roof;

    RooflineTable(List<Rate> rates, Function<Rate, Mark> mark, Function<Rate, OptionalDouble> roof) {
        this.rates = rates;
        this.mark = mark;
        this.roof = roof;
    }

    /**
     * @param top of the heads
     * @param foot where the unit stands
     */
    void draw(Svg svg, double top, double foot) {
        double y = top;
        svg.text(MEDIAN, y, "median", "end", Svg.QUIET, Svg.SMALL);
        svg.text(WORST, y, "worst", "end", Svg.QUIET, Svg.SMALL);
        svg.text(Picture.WIDTH - 2, y, "of roof", "end", Svg.QUIET, Svg.SMALL);
        String mode = "";
        for (int i = 0; i < rates.size(); i++) {
            Rate rate = rates.get(i);
            if (!rate.mode().equals(mode)) {
                mode = rate.mode();
                y += ROW;
                svg.text(LEFT - 6, y, Clean.shorten(Clean.text(mode), 24), "start", Svg.QUIET, Svg.SMALL);
            }
            y += ROW;
            row(svg, i, y);
        }
        svg.text(Picture.WIDTH - 2, foot, "TFLOPS of the median and the worst GPU", "end", Svg.QUIET, Svg.SMALL);
    }

    private void row(Svg svg, int i, double y) {
        Rate rate = rates.get(i);
        svg.text(LEFT + 8, y, String.valueOf(i + 1), "end", mark.apply(rate).colour(), Svg.SMALL);
        mark.apply(rate).at(svg, LEFT + 17, y - 3.5, !rate.mode().equals("burst"));
        String name = rate.precision() + " " + shape(rate.shape());
        svg.text(LEFT + 26, y, Clean.shorten(Clean.text(name), 29), "start", Svg.INK, Svg.SMALL);
        svg.text(MEDIAN, y, Words.brief(rate.median(), Unit.TFLOPS), "end", Svg.INK, Svg.SMALL);
        svg.text(WORST, y, Words.brief(rate.worst(), Unit.TFLOPS), "end", Svg.INK, Svg.SMALL);
        OptionalDouble most = roof.apply(rate);
        String share = most.isPresent() ? Math.round(100 * rate.median() / most.getAsDouble()) + " %" : Words.NONE;
        svg.text(Picture.WIDTH - 2, y, share, "end", Svg.INK, Svg.SMALL);
    }

    /** A cube by one side. */
    private static String shape(String shape) {
        String[] sides = shape.split("x", -1);
        boolean cube = sides.length == 3 && sides[0].equals(sides[1]) && sides[1].equals(sides[2]);
        return cube ? sides[0] + "³" : String.join(" × ", sides);
    }
}
