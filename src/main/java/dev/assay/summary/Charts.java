package dev.assay.summary;

import dev.assay.measurement.Metric;
import dev.assay.measurement.Telemetry;
import dev.assay.measurement.Unit;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Charts for page and report: pure functions, the same input gives the same bytes. Colours are Okabe and Ito's, which
 * colour-blind readers can tell apart, and nothing is said by colour alone.
 */
public final class Charts {
    private Charts() {}

    /** A value at a size. */
    public record SizePoint(long bytes, double value) {}

    /** Values over sizes, of one operation for example. */
    public record SizeCurve(String name, List<SizePoint> points) {
        public SizeCurve {
            points = List.copyOf(points);
        }
    }

    /**
     * One GPU's telemetry.
     *
     * @param gpu as people name it, short, e.g. {@code node001 GPU 0}
     */
    public record Series(String gpu, Telemetry telemetry) {}

    /**
     * Throughput at a node count.
     *
     * @param throughput of all nodes together
     * @param low lower end of its interval; equal to throughput where there is none
     */
    public record ScalePoint(int nodes, double throughput, double low, double high) {
        public ScalePoint {
            if (nodes < 1) {
                throw new IllegalArgumentException("a scale point's nodes must be ≥ 1, got " + nodes);
            }
        }
    }

    /** One unit's value. */
    public record Dot(String unit, double value) {}

    /**
     * A link's value.
     *
     * @param node that holds both ends
     * @param from local rank of the end that drives
     * @param to of the other end
     */
    public record Link(String node, int from, int to, double value) {
        public Link {
            if (from < 0 || to < 0) {
                throw new IllegalArgumentException("a link's ends must be ≥ 0, got " + from + " and " + to);
            }
        }
    }

    /**
     * SM-active, power, SM clock and temperature over time: up to 8 GPUs one column each; more share one panel a metric, the
     * worst of them highlighted and named.
     *
     * @param limits drawn as dashed lines
     * @param source where the numbers lie, e.g. a path in the run folder
     */
    public static Chart telemetry(String title, List<Series> gpus, Map<Metric, Double> limits, String source) {
        return new TelemetryChart(gpus, limits).chart(title, source);
    }

    /**
     * Throughput over nodes against the ideal line through the first point, and beside it the efficiency that follows.
     *
     * @param unit of the throughput, e.g. {@code TFLOPS}
     * @param floorPercent least efficiency, drawn as a dashed line
     */
    public static Chart scaling(
            String title, List<ScalePoint> points, String unit, OptionalDouble floorPercent, String source) {
        return new ScalingChart(points, unit, floorPercent).chart(title, source);
    }

    /**
     * One dot a unit in the order given, with median and limit; outliers are diamonds, the furthest is named.
     *
     * @param limit drawn as a dashed line
     */
    public static Chart spread(String title, List<Dot> dots, Unit unit, OptionalDouble limit, String source) {
        return new SpreadChart(dots, unit, limit).chart(title, source);
    }

    /**
     * A value over sizes, which span decades, a curve each; its limits are dashed lines.
     *
     * @param limitOf whose limits they are, before their numbers; may be empty
     */
    public static Chart sizes(
            String title,
            List<SizeCurve> curves,
            Unit unit,
            String limitOf,
            OptionalDouble floor,
            OptionalDouble ceiling,
            String source) {
        List<LineChart.Line> lines = curves.stream()
                .map(curve -> new LineChart.Line(
                        curve.name(),
                        curve.points().stream()
                                .map(point -> new LineChart.Point((double) point.bytes(), point.value()))
                                .toList()))
                .toList();
        return new LineChart(
                        lines,
                        new LineChart.Scale(
                                "bytes", true, unit.symbol(), 0, limitOf, floor, ceiling, y -> Words.brief(y, unit)))
                .chart(title, source);
    }

    /**
     * A heat map a node of the links between its GPUs; outliers have a diamond, the furthest is named, what misses the limit
     * has a frame.
     *
     * @param lowIsGood whether the limit is one from above
     */
    public static Chart matrix(
            String title, List<Link> links, Unit unit, OptionalDouble limit, boolean lowIsGood, String source) {
        return new MatrixChart(links, unit, limit, lowIsGood).chart(title, source);
    }

    /**
     * Two nodes that met.
     *
     * @param value of both together: it has no direction
     */
    public record NodePair(String a, String b, double value) {}

    /**
     * One heat map of nodes against nodes; outliers have a diamond, the furthest is named, what misses the limit has a frame.
     *
     * @param lowIsGood whether the limit is one from above
     */
    public static Chart pairs(
            String title, List<NodePair> pairs, Unit unit, OptionalDouble limit, boolean lowIsGood, String source) {
        return MatrixChart.ofNodes(pairs, unit, limit, lowIsGood).chart(title, source);
    }

    /**
     * A share over a size.
     *
     * @param x finite, &gt; 0, rising
     * @param percent one for each x, 0 to 100
     */
    public record Curve(String name, List<Double> x, List<Double> percent) {
        public Curve {
            x = List.copyOf(x);
            percent = List.copyOf(percent);
            boolean sizes = x.stream().allMatch(value -> value > 0 && Double.isFinite(value));
            boolean shares = percent.stream().allMatch(value -> value >= 0 && value <= 100);
            if (!sizes || !shares || x.size() != percent.size()) {
                throw new IllegalArgumentException("a curve must have x > 0 and as many percent of 0 to 100, got " + x
                        + " and " + percent + " in " + name);
            }
        }
    }

    /**
     * One line a curve over a logarithmic x.
     *
     * @param across what x is, with its unit
     */
    public static Chart curves(String title, List<Curve> curves, String across, String source) {
        List<LineChart.Line> lines = curves.stream()
                .map(curve -> new LineChart.Line(
                        curve.name(),
                        IntStream.range(0, curve.x().size())
                                .mapToObj(i -> new LineChart.Point(
                                        curve.x().get(i), curve.percent().get(i)))
                                .toList()))
                .toList();
        OptionalDouble none = OptionalDouble.empty();
        return new LineChart(
                        lines,
                        new LineChart.Scale(
                                across, false, "%", 100, "", none, none, y -> Words.number(y, Unit.PERCENT)))
                .chart(title, source);
    }

    /**
     * What GPUs reach with one GEMM.
     *
     * @param precision its {@code dtype}
     * @param mode e.g. {@code burst}
     * @param intensity FLOP a byte of its operands and output
     * @param median TFLOPS of the median GPU
     * @param worst TFLOPS of the worst GPU, {@code worstGpu}
     * @param peak TFLOPS that the GPU's datasheet gives to the precision
     */
    public record Rate(
            String precision,
            String shape,
            String mode,
            double intensity,
            double median,
            double worst,
            String worstGpu,
            int gpus,
            double peak) {}

    /**
     * Rates over arithmetic intensity, both logarithmic, under their roofs.
     *
     * @param memoryGBps bandwidth of the memory by the datasheet; without it there is no roof
     */
    public static Chart roofline(String title, List<Rate> rates, OptionalDouble memoryGBps, String source) {
        return new RooflineChart(rates, memoryGBps).chart(title, source);
    }

    /**
     * What columns are made of.
     *
     * @param said of it in the legend, e.g. its mean; may be empty
     */
    public record Part(String name, String said) {}

    /** @param values a value for each part, of the same order, &ge; 0 */
    public record Stack(String unit, List<Double> values) {
        public Stack {
            values = List.copyOf(values);
        }
    }

    /**
     * How stacks are shown.
     *
     * @param across what the columns are
     * @param legend words above the legend; may be empty
     * @param totals whether a column's sum stands above it, where they are few
     * @param limit drawn as a dashed line, and named
     */
    public record StackScale(
            String unit, String across, String legend, boolean totals, OptionalDouble limit, String limitName) {}

    /** A column a unit of parts that add up. */
    public static Chart stacks(String title, List<Part> parts, List<Stack> stacks, StackScale scale, String source) {
        stacks.stream()
                .filter(stack -> stack.values().size() != parts.size())
                .findFirst()
                .ifPresent(stack -> {
                    throw new IllegalArgumentException(
                            "a stack must have a value for each of " + parts.size() + " parts, " + stack.unit()
                                    + " has " + stack.values().size());
                });
        return new StackChart(parts, stacks, scale).chart(title, source);
    }

    /** One value a step, from the very first. */
    public record OverSteps(String name, List<Double> values) {
        public OverSteps {
            values = List.copyOf(values);
        }
    }

    /**
     * A panel each over the same steps.
     *
     * @param warmUp steps before the measured ones
     */
    public static Chart steps(String title, List<OverSteps> panels, int warmUp, String source) {
        return new StepsChart(panels, warmUp).chart(title, source);
    }

    /**
     * What one config was predicted to do on so many nodes.
     *
     * @param experiment that measured it; may be empty: projected only
     * @param figures the step's time first
     */
    public record Foretold(String name, int nodes, int gpus, String experiment, List<Figure> figures) {
        /** @param measured empty: it was not, or gave no number */
        public record Figure(String name, String unit, double value, double low, double high, OptionalDouble measured) {
            public Figure {
                if (!(value > 0) || !(low <= value) || !(value <= high)) {
                    throw new IllegalArgumentException("a prediction must have 0 < value and low ≤ value ≤ high, got "
                            + low + ", " + value + ", " + high + " of " + name);
                }
                measured = measured.isPresent() && Double.isFinite(measured.getAsDouble())
                        ? measured
                        : OptionalDouble.empty();
            }

            OptionalDouble ratio() {
                return measured.isPresent()
                        ? OptionalDouble.of(measured.getAsDouble() / value)
                        : OptionalDouble.empty();
            }

            boolean contains() {
                return measured.isPresent() && low <= measured.getAsDouble() && measured.getAsDouble() <= high;
            }
        }

        public Foretold {
            figures = List.copyOf(figures);
            if (figures.isEmpty()) {
                throw new IllegalArgumentException("a prediction must have a figure, got none of " + name);
            }
        }

        Figure step() {
            return figures.get(0);
        }
    }

    /** Predictions with their ranges and, where there is one, the result. */
    public static Chart forecasts(String title, List<Foretold> rows, String source) {
        return new ForecastChart(rows).chart(title, source);
    }
}
