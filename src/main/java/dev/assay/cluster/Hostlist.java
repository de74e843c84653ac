package dev.assay.cluster;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Slurm's short form of node names, {@code node[001-007,9],login1}: one bracket a name, numbers with kept leading zeros.
 * Done here, not by {@code scontrol}, so that a plan can be made and read without a cluster.
 */
public final class Hostlist {
    /** More is a typing error: the largest clusters that exist have fewer nodes. */
    static final int MOST_NAMES = 10_000;

    static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,62})");
    private static final Pattern PART = Pattern.compile("([^\\[\\],]*)(?:\\[([0-9,-]*)\\]([^\\[\\],]*))?");
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");
    private static final Pattern NUMBERED = Pattern.compile("(.*?)([0-9]{1,9})");

    private Hostlist() {}

    /**
     * All names, in the order written.
     *
     * @throws InputException on names that are no host names, empty or backward ranges, duplicates, too many
     */
    public static List<String> expand(String hostlist) {
        Set<String> names = new LinkedHashSet<>();
        for (String part : split(hostlist)) {
            for (String name : expandPart(hostlist, part)) {
                if (!names.add(name)) {
                    throw error(hostlist, "the node " + name + " twice", "every node once");
                }
                if (names.size() > MOST_NAMES) {
                    throw error(hostlist, "more than " + MOST_NAMES + " names", "at most " + MOST_NAMES + " nodes");
                }
            }
        }
        return List.copyOf(names);
    }

    /** Splits at the commas outside brackets. */
    private static List<String> split(String hostlist) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < hostlist.length(); i++) {
            char c = hostlist.charAt(i);
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (depth < 0 || depth > 1) {
                throw error(hostlist, "brackets that do not match", "one pair of brackets a name");
            }
            if (c == ',' && depth == 0) {
                parts.add(hostlist.substring(start, i));
                start = i + 1;
            }
        }
        if (depth != 0) {
            throw error(hostlist, "a bracket that is never closed", "one pair of brackets a name");
        }
        parts.add(hostlist.substring(start));
        return parts;
    }

    private static List<String> expandPart(String hostlist, String part) {
        Matcher matcher = PART.matcher(part);
        if (!matcher.matches()) {
            throw error(hostlist, "\"" + part + "\"", "a prefix, then at most one bracket of numbers and ranges");
        }
        if (matcher.group(2) == null) {
            return List.of(checked(hostlist, part));
        }
        List<String> names = new ArrayList<>();
        for (String range : matcher.group(2).split(",", -1)) {
            for (String number : numbers(hostlist, range)) {
                names.add(checked(hostlist, matcher.group(1) + number + matcher.group(3)));
            }
        }
        return names;
    }

    private static List<String> numbers(String hostlist, String range) {
        Matcher matcher = RANGE.matcher(range);
        if (!matcher.matches()) {
            throw error(hostlist, "\"" + range + "\" in brackets", "a number or a range such as 001-007");
        }
        String low = matcher.group(1);
        String high = matcher.group(2) == null ? low : matcher.group(2);
        int from = Integer.parseInt(low);
        int to = Integer.parseInt(high);
        if (to < from) {
            throw error(hostlist, "the backward range " + range, "the lower number first");
        }
        if (to - from >= MOST_NAMES) {
            throw error(hostlist, "the range " + range, "at most " + MOST_NAMES + " nodes");
        }
        List<String> numbers = new ArrayList<>();
        for (int number = from; number <= to; number++) {
            numbers.add(padded(number, low.length()));
        }
        return numbers;
    }

    private static String padded(int number, int width) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }

    private static String checked(String hostlist, String name) {
        if (!NAME.matcher(name).matches()) {
            throw error(
                    hostlist, "the name \"" + name + "\"", "1 to 63 of A-Z a-z 0-9 . _ -, the first a letter or digit");
        }
        return name;
    }

    private static InputException error(String hostlist, String found, String valid) {
        String shown = hostlist.length() <= 80 ? hostlist : hostlist.substring(0, 80) + "…";
        return new InputException(
                "Expanding the node list \"" + shown.replaceAll("\\p{Cntrl}", "?") + "\"",
                found,
                valid,
                "write it as Slurm does, e.g. node[001-007],node009");
    }

    /** The short form; {@link #expand} gives back the same names in the same order. */
    public static String compress(List<String> names) {
        List<String> parts = new ArrayList<>();
        int next = 0;
        while (next < names.size()) {
            int end = next + 1;
            while (end < names.size() && sameSeries(names.get(next), names.get(end))) {
                end++;
            }
            parts.add(compressSeries(names.subList(next, end)));
            next = end;
        }
        return String.join(",", parts);
    }

    private static boolean sameSeries(String first, String second) {
        Matcher a = NUMBERED.matcher(first);
        Matcher b = NUMBERED.matcher(second);
        return a.matches() && b.matches() && a.group(1).equals(b.group(1));
    }

    private static String compressSeries(List<String> names) {
        if (names.size() == 1) {
            return names.get(0);
        }
        List<String> ranges = new ArrayList<>();
        int next = 0;
        while (next < names.size()) {
            int end = next + 1;
            while (end < names.size()
                    && follows(digits(names.get(end - 1)), digits(names.get(end)), digits(names.get(next)))) {
                end++;
            }
            String low = digits(names.get(next));
            ranges.add(end - next == 1 ? low : low + "-" + digits(names.get(end - 1)));
            next = end;
        }
        String first = names.get(0);
        String prefix = first.substring(0, first.length() - digits(first).length());
        return prefix + "[" + String.join(",", ranges) + "]";
    }

    /** Whether counting on from {@code before}, padded as the range's {@code low} is, gives {@code digits}. */
    private static boolean follows(String before, String digits, String low) {
        return digits.equals(padded(Integer.parseInt(before) + 1, low.length()));
    }

    private static String digits(String name) {
        Matcher matcher = NUMBERED.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a series holds numbered names, got " + name);
        }
        return matcher.group(2);
    }
}
