package dev.assay.verdict;

import dev.assay.measurement.Measurement;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * By which NICs one end of a pair met the other, in NCCL's words.
 *
 * @param found all NICs that the process found, by name
 * @param used numbers of those that its connections took, those of rings and trees among them
 * @param sends number of the NIC by channel, of sends alone; empty where NCCL did not tell
 * @param receives the same of receives
 */
record RailWays(List<String> found, Set<String> used, Map<Integer, String> sends, Map<Integer, String> receives) {
    private static final Pattern WAY = Pattern.compile("(\\d{1,4}):(\\d{1,4})");

    RailWays {
        found = List.copyOf(found);
        used = Collections.unmodifiableSet(new TreeSet<>(used));
        sends = Collections.unmodifiableMap(new TreeMap<>(sends));
        receives = Collections.unmodifiableMap(new TreeMap<>(receives));
    }

    static RailWays of(Measurement measurement) {
        Map<String, String> said = measurement.conditions();
        return new RailWays(
                words(said.getOrDefault("nics", "")),
                new TreeSet<>(words(said.getOrDefault("nicsUsed", ""))),
                ways(said.getOrDefault("nicSends", "")),
                ways(said.getOrDefault("nicReceives", "")));
    }

    /** Why what these two exchanged is not known to have crossed, all of it; empty: it did. */
    Optional<String> uncrossed(RailWays other) {
        if (bound() && other.bound()) {
            return found.equals(other.found) ? Optional.of(same(found)) : Optional.empty();
        }
        if (!found.equals(other.found)) {
            return Optional.of("found the NICs " + String.join(" ", found) + " at the one end and "
                    + String.join(" ", other.found)
                    + " at the other, so that their numbers do not tell whether a byte crossed between rails");
        }
        if (Collections.disjoint(used, other.used)) {
            return Optional.empty();
        }
        if (used.size() == 1 && used.equals(other.used)) {
            return Optional.of(same(used));
        }
        return byChannel(other);
    }

    /** A rank that is bound to one NIC counts it as its first, so its name tells more than its number. */
    private boolean bound() {
        return found.size() == 1;
    }

    private Optional<String> byChannel(RailWays other) {
        boolean told = !sends.isEmpty()
                && !receives.isEmpty()
                && sends.keySet().equals(other.receives.keySet())
                && receives.keySet().equals(other.sends.keySet());
        if (!told) {
            return Optional.of("took NICs " + String.join(" ", used) + " at the one end and "
                    + String.join(" ", other.used)
                    + " at the other, and did not tell of each channel by which it sends and receives (lines such as"
                    + " \"Channel 00/1 : 0[0] -> 1[4] [send] via NET/IB/0\"), so that no byte is known to have crossed"
                    + " between rails");
        }
        long stay = staying(sends, other.receives) + staying(receives, other.sends);
        return stay == 0
                ? Optional.empty()
                : Optional.of("led " + stay + " of " + (sends.size() + receives.size())
                        + " connections by the same NIC at both ends, so that these crossed no rails");
    }

    private static long staying(Map<Integer, String> one, Map<Integer, String> other) {
        return one.entrySet().stream()
                .filter(way -> way.getValue().equals(other.get(way.getKey())))
                .count();
    }

    private static String same(Iterable<String> nics) {
        return "took NIC " + String.join(" ", nics)
                + " at both ends, so that no byte is known to have crossed between rails";
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList();
    }

    private static Map<Integer, String> ways(String text) {
        return words(text).stream()
                .map(WAY::matcher)
                .filter(way -> way.matches())
                .collect(
                        Collectors.toMap(way -> Integer.valueOf(way.group(1)), way -> way.group(2), (one, two) -> two));
    }
}
