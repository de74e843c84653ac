package dev.assay.summary;

import dev.assay.measurement.Metric;
import dev.assay.summary.Charts.Series;
import dev.assay.verdict.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** Small multiples over time: a row a metric, and a column a GPU where there are few. */
final class TelemetryChart implements Picture {
    private static final List<Metric> METRICS = List.of(
            Metric.SM_ACTIVE,
            Metric.TENSOR_ACTIVE,
            Metric.DRAM_ACTIVE,
            Metric.POWER,
            Metric.SM_CLOCK,
            Metric.TEMPERATURE);

    /** Of the same counters as SM-active: where no GPU tells them its panel says so, and theirs would say it again. */
    private static final Set<Metric> BESIDE = EnumSet.of(Metric.TENSOR_ACTIVE, Metric.DRAM_ACTIVE);

    private static final int LEFT = 78;
    private static final int RIGHT = 8;
    private static final int TOP = 44;
    private static final int ROW = 84;
    private static final int ROW_GAP = 21;
    private static final int COLUMN_GAP = 8;
    private static final int FOOT = 52;
    private static final int COLUMNS = 8;
    private static final int LINES = 64;

    private final List<Series> gpus;
    private final List<Metric> metrics;
    private final Map<Metric, Double> limits;
    private final double seconds;

    TelemetryChart(List<Series> gpus, Map<Metric, Double> limits) {
        this.gpus = List.copyOf(gpus);
        this.limits = Map.copyOf(limits);
        this.metrics = METRICS.stream()
                .filter(metric -> !BESIDE.contains(metric)
                        || gpus.stream()
                                .anyMatch(series -> series.telemetry().columns().containsKey(metric)))
                .toList();
        this.seconds = gpus.stream()
                .flatMap(series -> series.telemetry().seconds().stream())
                .filter(Double::isFinite)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
    }

    @Override
    public int height() {
        return TOP + metrics.size() * (ROW + ROW_GAP) + FOOT;
    }

    /** Without a GPU too it has its panels, which say so. */
    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public String remark() {
        return gpus.size() > LINES ? "; drawn: the 64 GPUs with the worst mean" : "";
    }

    /** One line a GPU and tick. */
    @Override
    public Csv csv() {
        List<String> heads = new ArrayList<>(List.of("gpu", "seconds"));
        metrics.forEach(metric -> heads.add(metric.key() + " " + metric.unit().symbol()));
        Csv csv = new Csv(heads);
        for (Series series : gpus) {
            List<Double> seconds = series.telemetry().seconds();
            for (int tick = 0; tick < seconds.size(); tick++) {
                List<Object> cells = new ArrayList<>(List.of(series.gpu(), seconds.get(tick)));
                for (Metric metric : metrics) {
                    List<Double> column = series.telemetry().columns().getOrDefault(metric, List.of());
                    cells.add(column.isEmpty() ? OptionalDouble.empty() : column.get(tick));
                }
                csv.row(cells.toArray());
            }
        }
        return csv;
    }

    @Override
    public void draw(Svg svg) {
        boolean together = gpus.size() > COLUMNS;
        for (int row = 0; row < metrics.size(); row++) {
            double top = TOP + row * (double) (ROW + ROW_GAP);
            Axis y = axis(metrics.get(row), top);
            rowLabels(svg, metrics.get(row), y, top);
            if (together || gpus.isEmpty()) {
                shared(svg, metrics.get(row), y, top);
            } else {
                columns(svg, metrics.get(row), y, top, row == 0);
            }
        }
        feet(svg, together);
    }

    private void columns(Svg svg, Metric metric, Axis y, double top, boolean heads) {
        double width = columnWidth();
        for (int i = 0; i < gpus.size(); i++) {
            double left = LEFT + i * (width + COLUMN_GAP);
            Axis x = time(left, width);
            if (heads) {
                String head = Clean.shorten(Clean.text(gpus.get(i).gpu()), (int) (width / Svg.SMALL_LETTER));
                svg.text(left + width / 2, TOP - 8, head, "middle", Svg.INK, Svg.SMALL);
            }
            grid(svg, y, left, width);
            List<Double> column = gpus.get(i).telemetry().columns().get(metric);
            if (column == null) {
                svg.text(left + width / 2, top + ROW / 2.0, "not available", "middle", Svg.QUIET, Svg.SMALL);
            } else {
                svg.path(trace(gpus.get(i), metric, x, y, (int) width), Svg.BLUE, 1.1);
            }
            limit(svg, metric, y, left, width);
        }
    }

    private void shared(Svg svg, Metric metric, Axis y, double top) {
        double width = WIDTH - LEFT - RIGHT;
        grid(svg, y, LEFT, width);
        List<Series> worstFirst = gpus.stream()
                .filter(series -> !values(series, metric).isEmpty())
                .sorted(Comparator.comparingDouble(series -> badness(series, metric)))
                .limit(LINES)
                .toList();
        if (worstFirst.isEmpty()) {
            svg.text(LEFT + width / 2, top + ROW / 2.0, "no telemetry", "middle", Svg.QUIET);
            return;
        }
        Axis x = time(LEFT, width);
        for (int i = worstFirst.size() - 1; i > 0; i--) {
            svg.path(trace(worstFirst.get(i), metric, x, y, 80), Svg.PALE, 0.5);
        }
        Series worst = worstFirst.get(0);
        svg.path(trace(worst, metric, x, y, 240), Svg.BLUE, 1.6);
        limit(svg, metric, y, LEFT, width);
        String says = (metric == Metric.TEMPERATURE ? "highest mean: " : "lowest mean: ") + Clean.text(worst.gpu())
                + ", "
                + Words.withUnit(Words.number(Samples.mean(values(worst, metric)), metric.unit()), metric.unit());
        svg.text(WIDTH - RIGHT, top - 3, Clean.shorten(says, 90), "end", Svg.BLUE, Svg.HALO + " " + Svg.SMALL);
    }

    /** Worst is lowest, but for temperature. */
    private static double badness(Series series, Metric metric) {
        double mean = Samples.mean(values(series, metric));
        return metric == Metric.TEMPERATURE ? -mean : mean;
    }

    private void rowLabels(Svg svg, Metric metric, Axis y, double top) {
        svg.text(0, top + 9, name(metric), "start", Svg.INK);
        svg.text(0, top + 22, metric.unit().symbol(), "start", Svg.QUIET, Svg.SMALL);
        for (double tick : y.ticks()) {
            svg.text(LEFT - 5, y.pixel(tick) + 3, y.label(tick), "end", Svg.QUIET, Svg.SMALL);
        }
    }

    private void grid(Svg svg, Axis y, double left, double width) {
        for (double tick : y.ticks()) {
            svg.line(left, y.pixel(tick), left + width, y.pixel(tick), Svg.GRID, 1, "");
        }
    }

    /** Over the traces: a power trace lies on its limit. */
    private void limit(Svg svg, Metric metric, Axis y, double left, double width) {
        Double limit = limits.get(metric);
        if (limit != null && Double.isFinite(limit)) {
            svg.dashed(left, y.pixel(limit), left + width, y.pixel(limit));
        }
    }

    private void feet(Svg svg, boolean together) {
        double bottom = TOP + metrics.size() * (double) (ROW + ROW_GAP) - ROW_GAP + 13;
        int columns = together ? 1 : Math.max(1, gpus.size());
        double width = together || gpus.isEmpty() ? WIDTH - LEFT - RIGHT : columnWidth();
        for (int i = 0; i < columns; i++) {
            double left = LEFT + i * (width + COLUMN_GAP);
            svg.text(left, bottom, "0", "start", Svg.QUIET, Svg.SMALL);
            String end = Words.exact(Math.round(seconds * 10) / 10.0);
            svg.text(left + width, bottom, end, "end", Svg.QUIET, Svg.SMALL);
        }
        double middle = LEFT + (WIDTH - LEFT - RIGHT) / 2.0;
        svg.text(middle, bottom + 14, "seconds since the measured window began", "middle", Svg.QUIET, Svg.SMALL);
        if (!limits.isEmpty()) {
            svg.dashed(WIDTH - RIGHT - 60, bottom + 10, WIDTH - RIGHT - 34, bottom + 10);
            svg.text(WIDTH - RIGHT, bottom + 14, "limit", "end", Svg.QUIET, Svg.SMALL);
        }
    }

    private double columnWidth() {
        return (WIDTH - LEFT - RIGHT - (gpus.size() - 1.0) * COLUMN_GAP) / gpus.size();
    }

    private Axis time(double left, double width) {
        double most = Math.max(seconds, 1e-3);
        return new Axis(0, most, most, left, left + width);
    }

    private Axis axis(Metric metric, double top) {
        List<Double> all = new ArrayList<>();
        gpus.forEach(series -> all.addAll(values(series, metric)));
        Double limit = limits.get(metric);
        if (limit != null && Double.isFinite(limit)) {
            all.add(limit);
        }
        double least = all.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double most = all.stream().mapToDouble(Double::doubleValue).max().orElse(100);
        if (metric == Metric.SM_ACTIVE || BESIDE.contains(metric)) {
            return Axis.over(least >= 80 ? 80 : 0, Math.max(100, most), top + ROW, top);
        }
        double room = Math.max(0, leastSpan(metric) - (most - least)) / 2;
        return Axis.over(Math.max(0, least - room), most + room, top + ROW, top);
    }

    /** Noise smaller than this is not to fill a panel. */
    private static double leastSpan(Metric metric) {
        if (metric == Metric.POWER) {
            return 100;
        }
        return metric == Metric.SM_CLOCK ? 200 : 20;
    }

    private static List<Double> values(Series series, Metric metric) {
        List<Double> column = series.telemetry().columns().getOrDefault(metric, List.of());
        return column.stream().filter(Double::isFinite).toList();
    }

    private static String trace(Series series, Metric metric, Axis x, Axis y, int stretches) {
        List<Double> column = series.telemetry().columns().getOrDefault(metric, List.of());
        return Trace.path(series.telemetry().seconds(), column, x, y, stretches);
    }

    private static String name(Metric metric) {
        return switch (metric) {
            case SM_ACTIVE -> "SM active";
            case TENSOR_ACTIVE -> "Tensor";
            case DRAM_ACTIVE -> "DRAM";
            case POWER -> "Power";
            case SM_CLOCK -> "SM clock";
            default -> "Temp.";
        };
    }
}
