package dev.assay.worker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What perftest printed: its table has one row, whose columns the line above it names ({@code RESULT_FMT_G},
 * {@code RESULT_FMT_LAT} in its {@code perftest_parameters.h}). Its JSON, from version 4.5-0.11 on, has the same numbers with
 * the same digits, so the text is read that every version prints.
 *
 * @param bytes of a message
 * @param iterations messages over all queue pairs
 * @param columns the others by name, in Gb/s or µs
 */
record PerftestReport(long bytes, long iterations, Map<String, Double> columns) {
    static final String BANDWIDTH = "BW average[Gb/sec]";
    static final String LATENCY = "t_typical[usec]";
    static final String LEAST = "t_min[usec]";
    static final String P99 = "99% percentile[usec]";
    static final String P999 = "99.9% percentile[usec]";

    private static final List<String> OF_BANDWIDTH = List.of("BW peak[Gb/sec]", BANDWIDTH, "MsgRate[Mpps]");
    private static final List<String> OF_LATENCY =
            List.of(LEAST, "t_max[usec]", LATENCY, "t_avg[usec]", "t_stdev[usec]", P99, P999);

    private static final String NUMBER = "[0-9]+(\\.[0-9]+)?";

    PerftestReport {
        columns = Map.copyOf(columns);
    }

    /** Of {@code ib_write_bw --report_gbits}; empty where there is no such table, or more than one. */
    static Optional<PerftestReport> ofBandwidth(String output) {
        return of(output, OF_BANDWIDTH).filter(report -> report.value(BANDWIDTH) > 0);
    }

    /** Of {@code ib_write_lat}. */
    static Optional<PerftestReport> ofLatency(String output) {
        return of(output, OF_LATENCY).filter(report -> report.value(LATENCY) > 0);
    }

    double value(String column) {
        return columns.getOrDefault(column, Double.NaN);
    }

    /** Warnings may stand between the two lines, as both of its outputs go to one file. */
    private static Optional<PerftestReport> of(String output, List<String> names) {
        String header = "#bytes #iterations " + String.join(" ", names);
        List<String> lines = output.lines().map(PerftestReport::plain).toList();
        List<PerftestReport> found = new ArrayList<>();
        boolean below = false;
        for (String line : lines) {
            below |= line.startsWith(header);
            if (below) {
                row(line, names).ifPresent(found::add);
            }
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static Optional<PerftestReport> row(String line, List<String> names) {
        List<String> words = Arrays.asList(line.split(" "));
        boolean numbers = words.size() >= 2 + names.size()
                && words.subList(0, 2).stream().allMatch(word -> word.matches("[0-9]{1,15}"))
                && words.subList(2, 2 + names.size()).stream().allMatch(word -> word.matches(NUMBER));
        if (!numbers) {
            return Optional.empty();
        }
        Map<String, Double> columns = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            columns.put(names.get(i), Double.parseDouble(words.get(2 + i)));
        }
        return Optional.of(new PerftestReport(Long.parseLong(words.get(0)), Long.parseLong(words.get(1)), columns));
    }

    private static String plain(String line) {
        return line.strip().replaceAll("\\s+", " ");
    }
}
