package dev.assay.cluster;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** The valid word that someone probably meant. */
public final class Nearest {
    private Nearest() {}

    /** @return {@code did you mean "nics"?}, or {@code otherwise} where nothing is near */
    public static String suggestion(String word, Collection<String> valid, String otherwise) {
        return valid.stream()
                .min(Comparator.comparingInt((String candidate) -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(candidate -> near(word, candidate))
                .map(candidate -> "did you mean \"" + candidate + "\"?")
                .orElse(otherwise);
    }

    private static boolean near(String word, String candidate) {
        return distance(word, candidate) <= Math.max(2, candidate.length() / 3)
                || (word.length() >= 3 && candidate.startsWith(word));
    }

    /** Levenshtein's, without regard to case. */
    public static int distance(String first, String second) {
        String a = first.toLowerCase(Locale.ROOT);
        String b = second.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
