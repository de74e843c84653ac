package dev.assay.summary;

import dev.assay.measurement.Metric;
import dev.assay.measurement.Telemetry;
import dev.assay.measurement.Unit;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

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
        return new Chart(title, new TelemetryChart(gpus, limits).svg(title, source));
    }

    /**
     * Throughput over nodes against the ideal line through the first point, and beside it the efficiency that follows.
     *
     * @param unit of the throughput, e.g. {@code TFLOPS}
     * @param floorPercent least efficiency, drawn as a dashed line
     */
    public static Chart scaling(
            String title, List<ScalePoint> points, String unit, OptionalDouble floorPercent, String source) {
        return new Chart(title, new ScalingChart(points, unit, floorPercent).svg(title, source));
    }

    /**
     * One dot a unit in the order given, with median and limit; outliers are diamonds, the furthest is named.
     *
     * @param limit drawn as a dashed line
     */
    public static Chart spread(String title, List<Dot> dots, Unit unit, OptionalDouble limit, String source) {
        return new Chart(title, new SpreadChart(dots, unit, limit).svg(title, source));
    }

    /** A value over sizes, which span decades, a curve each; its limits are dashed lines. */
    public static Chart sizes(
            String title,
            List<SizeCurve> curves,
            Unit unit,
            OptionalDouble floor,
            OptionalDouble ceiling,
            String source) {
        return new Chart(title, new SizeChart(curves, unit, floor, ceiling).svg(title, source));
    }

    /** The numbers of {@link #sizes}. */
    public static String sizesCsv(List<SizeCurve> curves, Unit unit) {
        StringBuilder csv = new StringBuilder("curve,bytes," + quoted(unit.symbol()) + "\n");
        curves.forEach(curve -> curve.points()
                .forEach(point -> csv.append(quoted(curve.name()))
                        .append(',')
                        .append(point.bytes())
                        .append(',')
                        .append(point.value())
                        .append('\n')));
        return csv.toString();
    }

    /**
     * A heat map a node of the links between its GPUs; outliers have a diamond, the furthest is named, what misses the limit
     * has a frame.
     *
     * @param lowIsGood whether the limit is one from above
     */
    public static Chart matrix(
            String title, List<Link> links, Unit unit, OptionalDouble limit, boolean lowIsGood, String source) {
        return new Chart(title, new MatrixChart(links, unit, limit, lowIsGood).svg(title, source));
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
        return new Chart(
                title, MatrixChart.ofNodes(pairs, unit, limit, lowIsGood).svg(title, source));
    }

    /** The numbers of {@link #pairs}. */
    public static String pairsCsv(List<NodePair> pairs, Unit unit) {
        StringBuilder csv = new StringBuilder("node,node," + quoted("value " + unit.symbol()) + "\n");
        pairs.forEach(pair -> csv.append(quoted(pair.a()))
                .append(',')
                .append(quoted(pair.b()))
                .append(',')
                .append(pair.value())
                .append('\n'));
        return csv.toString();
    }

    /** The numbers of {@link #telemetry}: one line a GPU and tick. */
    public static String telemetryCsv(List<Series> gpus) {
        StringBuilder csv = new StringBuilder("gpu,seconds");
        TelemetryChart.METRICS.forEach(metric ->
                csv.append(',').append(quoted(metric.key() + " " + metric.unit().symbol())));
        csv.append('\n');
        for (Series series : gpus) {
            for (int tick = 0; tick < series.telemetry().seconds().size(); tick++) {
                csv.append(quoted(series.gpu()))
                        .append(',')
                        .append(series.telemetry().seconds().get(tick));
                for (Metric metric : TelemetryChart.METRICS) {
                    List<Double> column = series.telemetry().columns().get(metric);
                    csv.append(',')
                            .append(column == null ? "" : column.get(tick).toString());
                }
                csv.append('\n');
            }
        }
        return csv.toString();
    }

    /** The numbers of {@link #scaling}. */
    public static String scalingCsv(List<ScalePoint> points, String unit) {
        StringBuilder csv = new StringBuilder("nodes," + quoted("throughput " + unit) + ",low,high\n");
        for (ScalePoint p : points) {
            csv.append(p.nodes()).append(',').append(p.throughput()).append(',');
            csv.append(p.low()).append(',').append(p.high()).append('\n');
        }
        return csv.toString();
    }

    /** The numbers of {@link #spread}. */
    public static String spreadCsv(List<Dot> dots, Unit unit) {
        StringBuilder csv = new StringBuilder("unit," + quoted("value " + unit.symbol()) + "\n");
        dots.forEach(dot ->
                csv.append(quoted(dot.unit())).append(',').append(dot.value()).append('\n'));
        return csv.toString();
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
        return new Chart(title, new CurveChart(curves, across).svg(title, source));
    }

    /** The numbers of {@link #curves}. */
    public static String curvesCsv(List<Curve> curves, String across) {
        StringBuilder csv = new StringBuilder("curve," + quoted(across) + ",percent\n");
        for (Curve curve : curves) {
            for (int i = 0; i < curve.x().size(); i++) {
                csv.append(quoted(curve.name())).append(',').append(curve.x().get(i));
                csv.append(',').append(curve.percent().get(i)).append('\n');
            }
        }
        return csv.toString();
    }

    /** The numbers of {@link #matrix}. */
    public static String matrixCsv(List<Link> links, Unit unit) {
        StringBuilder csv = new StringBuilder("node,from,to," + quoted("value " + unit.symbol()) + "\n");
        for (Link link : links) {
            csv.append(quoted(link.node())).append(',').append(link.from()).append(',');
            csv.append(link.to()).append(',').append(link.value()).append('\n');
        }
        return csv.toString();
    }

    private static String quoted(String cell) {
        return '"' + Clean.text(cell).replace("\"", "\"\"") + '"';
    }
}
