package dev.assay.verdict;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What the slow pairs have in common.
 *
 * @param parts one, or those that the data cannot tell apart
 * @param percent how much slower its meetings are than the fleet's usual ones
 * @param meetings how often it met others
 * @param slow in how many of them it lost at least half of that
 * @param chance how often a healthy fleet would show this anywhere: at most the number of parts looked at times the chance
 *     of one
 */
public record Culprit(List<Part> parts, double percent, int meetings, int slow, double chance) {
    public Culprit {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a culprit must have ≥ 1 part, got none");
        }
    }

    /** Its parts in words. */
    String names() {
        String names = parts.stream().map(Part::text).collect(Collectors.joining(", "));
        return parts.size() == 1 ? names : "cannot tell apart: {" + names + "}";
    }

    /** One line with numbers. */
    public String text() {
        return names()
                + String.format(
                        Locale.ROOT,
                        ": %.1f %% slower than the fleet's median, in %d of %d meetings; a healthy fleet shows that with"
                                + " probability %.1g",
                        percent,
                        slow,
                        meetings,
                        chance);
    }
}
