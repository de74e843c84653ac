package dev.assay.plan;

import dev.assay.cluster.InputException;
import dev.assay.cluster.Nearest;
import dev.assay.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which part of the suite was asked for. What is left out is not planned, so nobody misses its verdict, and the decision is
 * PARTIAL at best.
 *
 * @param families workloads, as {@code -Dit.groups=} names them; empty: all of the suite
 */
public record Selection(Suite suite, List<String> families) {
    public static final Selection STANDARD = new Selection(Suite.STANDARD, List.of());

    public Selection {
        families = List.copyOf(families);
    }

    /** @throws InputException on a suite or a family that does not exist, or where together they leave nothing */
    public static Selection parse(Optional<String> suite, Optional<String> groups) {
        Selection selection = new Selection(suite.map(Selection::suite).orElse(Suite.STANDARD), families(groups));
        if (Workload.KEYS.stream().noneMatch(selection::takes)) {
            throw new InputException(
                    "Reading the selection (-Dsuite=" + selection.suite.key() + ", -Dit.groups)",
                    "only " + String.join(", ", selection.families) + ", which the suite " + selection.suite.key()
                            + " leaves out",
                    "families of that suite, or another suite",
                    "write for example -Dsuite=standard");
        }
        return selection;
    }

    private static Suite suite(String word) {
        List<String> valid = Arrays.stream(Suite.values()).map(Suite::key).toList();
        return Arrays.stream(Suite.values())
                .filter(suite -> suite.key().equals(word))
                .findFirst()
                .orElseThrow(() -> unknown("Reading the suite (-Dsuite)", word, String.join(", ", valid), valid));
    }

    /** Joined as JUnit's tags are: by {@code |}, or by a comma. */
    public static List<String> families(Optional<String> groups) {
        List<String> families = new ArrayList<>();
        for (String word : groups.map(text -> text.split("[|,]", -1)).orElse(new String[0])) {
            String family = word.strip();
            if (!Workload.KEYS.contains(family)) {
                throw unknown(
                        "Reading the families (-Dit.groups)",
                        family,
                        "one or more of " + String.join(", ", Workload.KEYS) + ", joined by a comma or |",
                        Workload.KEYS);
            }
            if (!families.contains(family)) {
                families.add(family);
            }
        }
        return families;
    }

    private static InputException unknown(String doing, String word, String valid, List<String> words) {
        return new InputException(
                doing,
                "\"" + word + "\"",
                valid,
                Nearest.suggestion(word, words, "write one of those, or leave the property away"));
    }

    /** Whether it runs this workload. */
    boolean takes(String workload) {
        return !suite.leftOut().contains(workload) && (families.isEmpty() || families.contains(workload));
    }

    /** Whether it leaves out nothing that a decision over the whole contract rests on. */
    public boolean whole() {
        return suite.leftOut().isEmpty() && families.isEmpty();
    }

    /** The suite, and what was chosen of it. */
    public String words() {
        String of = families.isEmpty() ? "" : ", only " + String.join(", ", families);
        return suite.key() + of + (whole() ? "" : "; PARTIAL at best");
    }

    /**
     * What a decision over it does not say, one sentence a line.
     *
     * @param judged workloads that the criteria name
     */
    List<String> omits(List<String> judged) {
        List<String> lines = new ArrayList<>();
        List<String> left = suite.leftOut().stream().filter(judged::contains).toList();
        if (!left.isEmpty()) {
            lines.add("What -Dsuite=" + suite.key() + " leaves out: " + String.join(", ", left)
                    + (suite == Suite.SFT
                            ? "; the decision is PARTIAL at best."
                            : "; and it measures briefly what it runs. A screening; the decision is PARTIAL at best."));
        }
        List<String> unselected = Workload.KEYS.stream()
                .filter(key -> judged.contains(key) && !left.contains(key) && !takes(key))
                .toList();
        if (!unselected.isEmpty()) {
            lines.add("Families that -Dit.groups leaves out: " + String.join(", ", unselected)
                    + "; the decision is PARTIAL at best.");
        }
        return lines;
    }
}
