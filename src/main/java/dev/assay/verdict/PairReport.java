package dev.assay.verdict;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** What a search for slow parts came to, a line each: the accused, the suspects that are left, and who is cleared. */
final class PairReport {
    static final String TWO_NODES =
            "of two nodes neither is known to be good: whose fault a slow pair is takes a third node";

    /** Strays are many in a large fleet. */
    private static final int MOST_CLEARED = 8;

    private final PairPasses passes;
    private final Attribution verdict;
    private final List<String> lines = new ArrayList<>();

    private PairReport(PairPasses passes) {
        this.passes = passes;
        this.verdict = passes.verdict();
    }

    /** Empty where nobody looked slow. */
    static List<String> lines(PairPasses passes) {
        if (!passes.isComparable()) {
            return List.of(TWO_NODES);
        }
        PairReport report = new PairReport(passes);
        if (passes.sifting().isEmpty()) {
            report.notAgain("suspect, not measured again: ", passes.toSift().chosen());
        } else if (passes.judging().isEmpty()) {
            report.notAgain(
                    "suspect, not measured against known-good partners: ",
                    passes.toJudge().chosen());
            report.cleared();
        } else {
            report.judged();
            report.cleared();
        }
        return List.copyOf(report.lines);
    }

    private void notAgain(String head, List<Culprit> suspects) {
        suspects.forEach(suspect -> lines.add(head + suspect.text()));
    }

    private void judged() {
        notAgain("accused: ", verdict.culprits());
        notAgain("suspect, not proven: ", verdict.suspects());
        notAgain(
                "suspect, not judged for want of known-good partners: ",
                passes.toJudge().leftOut());
    }

    /** Whoever looked slow at first and no longer does; what lies on an accused node may be the accused one's doing. */
    private void cleared() {
        Set<String> inQuestion = new HashSet<>(verdict.nodesInQuestion());
        (passes.judging().isEmpty() ? Stream.concat(passes.toJudge().chosen().stream(), leftOut()) : leftOut())
                .flatMap(culprit -> culprit.parts().stream())
                .forEach(part -> inQuestion.addAll(part.nodes()));
        List<Culprit> cleared =
                PairPasses.screened(passes.fleet(), passes.better(), passes.screening()).toSift().chosen().stream()
                        .filter(suspect -> suspect.parts().stream()
                                .flatMap(part -> part.nodes().stream())
                                .noneMatch(inQuestion::contains))
                        .toList();
        if (!cleared.isEmpty()) {
            PairIndex all = new PairIndex(
                    Stream.of(passes.screening(), passes.sifting(), passes.judging())
                            .flatMap(List::stream)
                            .toList(),
                    passes.better());
            cleared.stream().limit(MOST_CLEARED).forEach(suspect -> lines.add(words(suspect, all)));
        }
        if (cleared.size() > MOST_CLEARED) {
            lines.add("cleared: " + (cleared.size() - MOST_CLEARED) + " more that looked slow once");
        }
    }

    private Stream<Culprit> leftOut() {
        return passes.toJudge().leftOut().stream();
    }

    private String words(Culprit suspect, PairIndex all) {
        return "cleared: " + suspect.names()
                + String.format(Locale.ROOT, ": %.1f %% slower in the first pass", suspect.percent())
                + overall(suspect.parts().get(0), all);
    }

    private String overall(Part part, PairIndex all) {
        for (int i = 0; i < all.parts(); i++) {
            double[] medians = all.meetingMedians(i, new boolean[all.size()]);
            if (all.part(i).equals(part) && medians.length > 0) {
                double percent = passes.better().percent(Robust.medianOfSorted(medians, medians.length));
                return String.format(Locale.ROOT, ", %.1f %% over all its %d meetings", percent, medians.length);
            }
        }
        return "";
    }
}
