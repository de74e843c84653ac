package dev.assay.plan;

import java.util.List;
import java.util.Locale;

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

    /** {@code 2, 4 and 8}. */
    static String list(List<Integer> counts) {
        List<String> words = counts.stream().map(String::valueOf).toList();
        if (words.size() == 1) {
            return words.get(0);
        }
        return String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.get(words.size() - 1);
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
