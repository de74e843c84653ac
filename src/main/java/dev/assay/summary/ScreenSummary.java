package dev.assay.summary;

import dev.assay.plan.Plan;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;

/** The one screen at the end of a run, at most 120 columns wide. */
public final class ScreenSummary {
    static final int WIDTH = 120;
    private static final int SENTENCES = 8;
    private static final int ATTEMPTS = 5;
    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";

    private ScreenSummary() {}

    public static String text(Conclusion conclusion) {
        return text(conclusion, false);
    }

    /**
     * @param ansi colours the decision; for terminals only
     */
    public static String text(Conclusion conclusion, boolean ansi) {
        List<String> lines = new ArrayList<>();
        lines.addAll(box(conclusion, ansi));
        lines.add("");
        lines.addAll(new ScreenTable(ScreenFold.of(conclusion.verdicts()), WIDTH).lines());
        lines.addAll(reasons(conclusion));
        lines.add("");
        lines.addAll(labelled("Coverage", List.of(coverage(conclusion))));
        lines.addAll(labelled("Jobs", conclusion.durations()));
        lines.addAll(labelled("Warnings", conclusion.warnings()));
        lines.addAll(labelled("Attempts before", attempts(conclusion)));
        lines.addAll(labelled("Not certified", conclusion.notCertified()));
        lines.addAll(labelled("Report", conclusion.reports()));
        return String.join("\n", lines) + "\n";
    }

    private static List<String> box(Conclusion conclusion, boolean ansi) {
        Plan plan = conclusion.plan();
        List<String> inside = new ArrayList<>();
        inside.add(conclusion.decision().words());
        inside.addAll(wrap(conclusion.meaning(), WIDTH - 4));
        String replay = conclusion.replayOf().isPresent() ? " · replay of recorded results" : "";
        inside.addAll(wrap(
                plan.cluster().name() + " · " + Words.nodeCounts(plan.nodeCounts()) + " of "
                        + Words.count(plan.cluster().nodes().size(), "node") + " × "
                        + Words.count(plan.cluster().gpusPerNode(), "GPU") + " · run " + conclusion.runId() + replay,
                WIDTH - 4));
        int width = inside.stream().mapToInt(Clean::width).max().orElse(0);
        List<String> lines = new ArrayList<>();
        lines.add("┌" + "─".repeat(width + 2) + "┐");
        for (int i = 0; i < inside.size(); i++) {
            String text = inside.get(i) + " ".repeat(width - Clean.width(inside.get(i)));
            lines.add("│ " + (ansi && i == 0 ? colour(conclusion.decision()) + text + PLAIN : text) + " │");
        }
        lines.add("└" + "─".repeat(width + 2) + "┘");
        return lines;
    }

    private static String colour(Decision decision) {
        return switch (decision) {
            case ACCEPTED, SUITE_OK -> GREEN;
            case REJECTED, SUITE_BROKEN -> RED;
            case PARTIAL, INCONCLUSIVE -> YELLOW;
        };
    }

    /** What to look at, for each verdict that is not green. */
    private static List<String> reasons(Conclusion conclusion) {
        List<Verdict> open = conclusion.verdicts().stream()
                .filter(verdict -> verdict.state() != State.PASS && verdict.state() != State.NOT_APPLICABLE)
                .toList();
        List<String> lines = new ArrayList<>();
        if (!open.isEmpty()) {
            lines.add("");
        }
        for (Verdict verdict : open.subList(0, Math.min(SENTENCES, open.size()))) {
            lines.addAll(hang(Words.state(verdict.state()) + ": ", verdict.title() + ": " + Words.finding(verdict)));
        }
        if (open.size() > SENTENCES) {
            lines.add("and " + (open.size() - SENTENCES) + " more; the report has them all");
        }
        return lines;
    }

    private static String coverage(Conclusion conclusion) {
        long whole = conclusion.verdicts().stream()
                .filter(verdict -> verdict.coverage().whole())
                .count();
        Plan plan = conclusion.plan();
        return conclusion.gpusSeen() + " of " + Words.count(plan.cluster().gpus(), "GPU") + " of the contract seen; "
                + whole
                + " of " + conclusion.verdicts().size() + " criteria wholly covered; "
                + Words.exact(plan.durationSeconds()) + " s measured per workload and node count";
    }

    private static List<String> attempts(Conclusion conclusion) {
        List<Attempt> all = conclusion.attemptsBefore();
        List<String> lines = new ArrayList<>();
        if (all.isEmpty()) {
            lines.add("none known here");
        }
        for (Attempt attempt : all.subList(Math.max(0, all.size() - ATTEMPTS), all.size())) {
            String reason = attempt.reason().isBlank() ? "" : ": " + attempt.reason();
            lines.add(attempt.startedAt() + " · " + attempt.runId() + " · " + Words.nodeCounts(attempt.nodeCounts())
                    + " nodes · " + attempt.outcome() + reason);
        }
        if (all.size() > ATTEMPTS) {
            lines.add(0, "the last " + ATTEMPTS + " of " + all.size() + "; the report has them all");
        }
        return lines;
    }

    private static List<String> labelled(String label, List<String> values) {
        List<String> lines = new ArrayList<>();
        for (String value : values) {
            String head = lines.isEmpty() ? label : "";
            lines.addAll(hang(head + " ".repeat(17 - head.length()), value));
        }
        return lines;
    }

    /** The text behind its head, further lines as far in as the first. */
    private static List<String> hang(String head, String text) {
        List<String> lines = new ArrayList<>();
        for (String line : wrap(text, WIDTH - head.length())) {
            lines.add((lines.isEmpty() ? head : " ".repeat(head.length())) + line);
        }
        return lines;
    }

    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : Clean.text(text).split(" +", -1)) {
            if (line.length() > 0 && Clean.width(line.toString()) + 1 + Clean.width(word) > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            String rest = word;
            while (line.length() == 0 && Clean.width(rest) > width) {
                int cut = rest.offsetByCodePoints(0, width);
                lines.add(rest.substring(0, cut));
                rest = rest.substring(cut);
            }
            line.append(line.length() > 0 ? " " : "").append(rest);
        }
        lines.add(line.toString());
        return lines;
    }
}
