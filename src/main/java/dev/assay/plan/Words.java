package dev.assay.plan;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Counts and times as people read them. */
final class Words {
    private Words() {}

    /** {@code 2 nodes × 1 GPU}. */
    static String nodesTimesGpus(int nodes, int gpusPerNode) {
        return plural(nodes, "node") + " × " + plural(gpusPerNode, "GPU");
    }

    static String plural(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** {@code 2, 4 and 8 nodes}. */
    static String nodeCounts(List<Integer> counts) {
        int last = counts.get(counts.size() - 1);
        String before = counts.subList(0, counts.size() - 1).stream()
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        return (before.isEmpty() ? "" : before + " and ") + plural(last, "node");
    }

    /** Decimal, three digits: {@code 24.6 kB}, {@code 534 MB}, {@code 3.00 GB}. */
    static String bytes(long bytes) {
        int power = bytes >= 1e9 ? 3 : bytes >= 1e6 ? 2 : 1;
        double value = bytes / Math.pow(1000, power);
        return fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : 2) + " "
                + List.of("B", "kB", "MB", "GB").get(power);
    }

    /** {@code 45 s}, {@code 12 min 5 s}, {@code 3 h 20 min}: what a person waits. */
    static String time(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 100) {
            return whole + " s";
        }
        return whole < 3600
                ? whole / 60 + " min " + whole % 60 + " s"
                : whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }

    static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
