package dev.assay.summary;

import dev.assay.measurement.Unit;
import dev.assay.summary.Charts.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/**
 * Left: what GPUs reach over what a byte of memory must be good for, under the roofs of memory and of each precision. Right:
 * the same as numbers.
 */
final class RooflineChart implements Picture {
    private static final int TOP = 58;
    private static final int PLOT = 270;
    private static final int FOOT = 60;
    private static final int LEFT = 52;
    private static final int RIGHT = 470;

    private final List<Rate> rates;
    private final OptionalDouble memoryGBps;
    private final List<String> precisions;

    RooflineChart(List<Rate> rates, OptionalDouble memoryGBps) {
        this.rates = rates.stream().filter(RooflineChart::drawable).toList();
        this.memoryGBps = memoryGBps;
        this.precisions = this.rates.stream().map(Rate::precision).distinct().toList();
    }

    private static boolean drawable(Rate rate) {
        return DoubleStream.of(rate.intensity(), rate.median(), rate.worst(), rate.peak())
                .allMatch(value -> value > 0 && Double.isFinite(value));
    }

    @Override
    public int height() {
        return TOP + Math.max(PLOT, RooflineTable.ROW * (2 + rates.size() + (int) modes())) + FOOT;
    }

    private long modes() {
        return rates.stream().map(Rate::mode).distinct().count();
    }

    @Override
    public boolean isEmpty() {
        return rates.isEmpty();
    }

    @Override
    public Csv csv() {
        Csv csv = new Csv(
                "precision",
                "shape",
                "mode",
                "FLOP per byte",
                "median GPU TFLOPS",
                "worst GPU TFLOPS",
                "worst GPU",
                "GPUs",
                "roof TFLOPS");
        rates.forEach(rate -> csv.row(
                rate.precision(),
                rate.shape(),
                rate.mode(),
                rate.intensity(),
                rate.median(),
                rate.worst(),
                rate.worstGpu(),
                rate.gpus(),
                roof(rate)));
        return csv;
    }

    /** Nothing can be faster: the memory's rate times the intensity, and the precision's peak. */
    private OptionalDouble roof(Rate rate) {
        return memoryGBps.isPresent()
                ? OptionalDouble.of(Math.min(rate.peak(), slope(rate.intensity())))
                : OptionalDouble.empty();
    }

    /** TFLOPS that the memory feeds. */
    private double slope(double intensity) {
        return memoryGBps.orElse(0) * intensity / 1e3;
    }

    private double ridge(double peak) {
        return 1e3 * peak / memoryGBps.orElse(1);
    }

    @Override
    public void draw(Svg svg) {
        TreeMap<Double, List<String>> roofs = new TreeMap<>();
        if (memoryGBps.isPresent()) {
            rates.forEach(rate -> roofs.computeIfAbsent(rate.peak(), peak -> new ArrayList<>())
                    .add(rate.precision()));
        }
        double bottom = height() - (double) FOOT;
        LogAxis x = LogAxis.decades(
                DoubleStream.concat(
                                rates.stream().mapToDouble(Rate::intensity),
                                roofs.keySet().stream().mapToDouble(this::ridge))
                        .min()
                        .orElse(1),
                rates.stream().mapToDouble(Rate::intensity).max().orElse(1),
                LEFT,
                RIGHT);
        LogAxis y = LogAxis.decades(
                rates.stream().mapToDouble(Rate::worst).min().orElse(1),
                DoubleStream.concat(
                                rates.stream().mapToDouble(Rate::median),
                                roofs.keySet().stream().mapToDouble(peak -> peak))
                        .max()
                        .orElse(1),
                bottom,
                TOP);
        svg.text(0, TOP - 16, Unit.TFLOPS.symbol(), "start", Svg.INK);
        y.grid(svg, LEFT, RIGHT);
        x.across(svg, bottom, "FLOP per byte of A, B and C, each moved once");
        Labels labels = new Labels(svg, LEFT, RIGHT, TOP - 10, bottom);
        roofs(svg, labels, roofs, x, y);
        points(svg, labels, x, y);
        new RooflineTable(rates, this::mark, this::roof).draw(svg, TOP - 16, height() - FOOT + 33.0);
    }

    private void roofs(Svg svg, Labels labels, SortedMap<Double, List<String>> roofs, LogAxis x, LogAxis y) {
        if (roofs.isEmpty()) {
            svg.text(LEFT + 4, TOP - 16, "no roof is known of this device", "start", Svg.QUIET, Svg.SMALL);
            return;
        }
        double first = Math.max(x.low(), ridge(y.low()));
        double highest = Math.max(first, ridge(roofs.lastKey()));
        svg.line(x.pixel(first), y.pixel(slope(first)), x.pixel(highest), y.pixel(roofs.lastKey()), Svg.INK, 1.2, "");
        roofs.forEach((peak, names) -> {
            double from = x.pixel(Math.max(ridge(peak), x.low()));
            svg.line(from, y.pixel(peak), RIGHT, y.pixel(peak), Svg.INK, 1.2, "");
            String text = Words.brief(peak, Unit.TFLOPS) + "  "
                    + String.join(", ", names.stream().distinct().toList());
            labels.text(Math.min(from + 4, RIGHT - Labels.width(text)), y.pixel(peak) - 4, text, Svg.INK);
        });
        double middle = middle(slope(first), roofs.keySet());
        String memory = "memory " + Words.exact(memoryGBps.orElse(0)) + " GB/s";
        labels.text(x.pixel(ridge(middle)) + 9, y.pixel(middle) + 4, memory, Svg.INK);
    }

    /** Of the widest gap between roofs, where the memory's slope has room for its name. */
    private static double middle(double lowest, Iterable<Double> peaks) {
        double below = lowest;
        double widest = 1;
        double middle = lowest;
        for (double peak : peaks) {
            if (peak / below > widest) {
                widest = peak / below;
                middle = Math.sqrt(peak * below);
            }
            below = peak;
        }
        return middle;
    }

    private void points(Svg svg, Labels labels, LogAxis x, LogAxis y) {
        for (Rate rate : rates) {
            labels.keepFree(x.pixel(rate.intensity()), y.pixel(rate.median()), 5);
        }
        for (int i = 0; i < rates.size(); i++) {
            Rate rate = rates.get(i);
            double at = x.pixel(rate.intensity());
            svg.line(
                    at,
                    y.pixel(rate.median()),
                    at,
                    y.pixel(rate.worst()),
                    mark(rate).colour(),
                    1.2,
                    "");
            svg.line(
                    at - 4,
                    y.pixel(rate.worst()),
                    at + 4,
                    y.pixel(rate.worst()),
                    mark(rate).colour(),
                    1.2,
                    "");
            mark(rate).at(svg, at, y.pixel(rate.median()), !rate.mode().equals("burst"));
            labels.beside(
                    at,
                    y.pixel(rate.median()),
                    String.valueOf(i + 1),
                    mark(rate).colour());
        }
    }

    private Mark mark(Rate rate) {
        return new Mark(precisions.indexOf(rate.precision()));
    }
}
