package dev.assay.summary;

import dev.assay.criteria.Limit;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the one screen shows of many criteria: the headline workloads whole, whatever is not green whole, and of each other
 * workload the criterion that passed with the least to spare, for all that passed.
 */
final class ScreenFold {
    /** A screen holds so many beside the rest of the summary. */
    static final int MOST = 32;

    private static final Set<String> HEADLINES = Set.of("burn", "coupled");

    /** @param title of the verdict's criterion, with what it stands for */
    record Line(Verdict verdict, String title) {}

    private ScreenFold() {}

    static List<Line> of(List<Verdict> verdicts) {
        if (verdicts.size() <= MOST) {
            return verdicts.stream()
                    .map(verdict -> new Line(verdict, verdict.criterion().title()))
                    .toList();
        }
        Map<String, List<Verdict>> byWorkload = new LinkedHashMap<>();
        verdicts.forEach(verdict -> byWorkload
                .computeIfAbsent(verdict.criterion().workload(), workload -> new ArrayList<>())
                .add(verdict));
        List<Line> lines = new ArrayList<>();
        byWorkload.forEach((workload, all) -> lines.addAll(lines(workload, all)));
        return lines;
    }

    private static List<Line> lines(String workload, List<Verdict> all) {
        return HEADLINES.contains(workload) ? headline(workload, all) : folded(workload, all);
    }

    /** Whole, but for the health that passed: all of it is one line. */
    private static List<Line> headline(String workload, List<Verdict> all) {
        List<Verdict> healthy = all.stream()
                .filter(verdict -> verdict.state() == State.PASS
                        && verdict.criterion().metric().key().startsWith("health."))
                .toList();
        List<Line> lines = new ArrayList<>();
        for (Verdict verdict : all) {
            if (healthy.size() < 2 || !healthy.contains(verdict)) {
                lines.add(new Line(verdict, verdict.criterion().title()));
            } else if (verdict.equals(healthy.get(0))) {
                lines.add(new Line(
                        verdict,
                        workload + ", health, " + healthy.size() + " passed, such as: "
                                + verdict.criterion().title()));
            }
        }
        return lines;
    }

    private static List<Line> folded(String workload, List<Verdict> all) {
        List<Line> lines = new ArrayList<>();
        List<Verdict> passed =
                all.stream().filter(verdict -> verdict.state() == State.PASS).toList();
        Optional<Verdict> tightest = passed.stream()
                .min(Comparator.comparingDouble(ScreenFold::room))
                .filter(verdict -> passed.size() > 1);
        tightest.ifPresent(verdict -> lines.add(new Line(
                verdict,
                workload + ", " + passed.size() + " passed, tightest: "
                        + verdict.criterion().title())));
        all.stream()
                .filter(verdict -> tightest.isEmpty() || open(verdict))
                .forEach(verdict ->
                        lines.add(new Line(verdict, verdict.criterion().title())));
        return lines;
    }

    private static boolean open(Verdict verdict) {
        return verdict.state() != State.PASS && verdict.state() != State.NOT_APPLICABLE;
    }

    /** The margin as a share of the value; what must be zero or equal has none to be tight by. */
    private static double room(Verdict verdict) {
        Limit limit = verdict.criterion().limit();
        boolean scaled = limit instanceof Limit.AtLeast
                || limit instanceof Limit.OfMedian
                || limit instanceof Limit.AtMostOfMedian
                || (limit instanceof Limit.AtMost most && most.most() > 0);
        if (!scaled || verdict.margin().isEmpty() || verdict.value().isEmpty()) {
            return Double.MAX_VALUE;
        }
        return verdict.margin().getAsDouble()
                / Math.max(Math.abs(verdict.value().getAsDouble()), Double.MIN_NORMAL);
    }
}
