package dev.assay.summary;

import java.util.List;

/** A curve of many samples over time, in few points. */
final class Trace {
    private Trace() {}

    /**
     * Lowest and highest value of every stretch of time: no dip is lost, however long the run.
     *
     * @param column a value for each time; as many or none
     * @return the path's {@code d}; empty where nothing is finite
     */
    static String path(List<Double> times, List<Double> column, Axis x, Axis y, int stretches) {
        StringBuilder d = new StringBuilder();
        int ticks = column.size();
        int stretch = Math.max(1, (ticks + stretches - 1) / stretches);
        for (int start = 0; start < ticks; start += stretch) {
            int low = -1;
            int high = -1;
            for (int i = start; i < Math.min(ticks, start + stretch); i++) {
                if (Double.isFinite(column.get(i)) && Double.isFinite(times.get(i))) {
                    low = low < 0 || column.get(i) < column.get(low) ? i : low;
                    high = high < 0 || column.get(i) > column.get(high) ? i : high;
                }
            }
            if (low >= 0) {
                Svg.point(d, x.pixel(times.get(Math.min(low, high))), y.pixel(column.get(Math.min(low, high))));
            }
            if (low != high) {
                Svg.point(d, x.pixel(times.get(Math.max(low, high))), y.pixel(column.get(Math.max(low, high))));
            }
        }
        return d.toString();
    }
}
