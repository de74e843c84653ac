package dev.assay.run;

import dev.assay.plan.Plan;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a decision does not say: what the plan leaves out, and what it asked for and nobody could run. */
final class NotCertified {
    private NotCertified() {}

    /** A family that was not run, one sentence a line with the first reason, before what the plan says. */
    static List<String> of(Plan plan, List<Verdict> verdicts) {
        Map<String, List<Verdict>> judged = new LinkedHashMap<>();
        verdicts.stream()
                .filter(verdict -> verdict.criterion().judged())
                .forEach(
                        verdict -> judged.computeIfAbsent(verdict.criterion().workload(), workload -> new ArrayList<>())
                                .add(verdict));
        List<String> lines = new ArrayList<>();
        judged.forEach((workload, all) -> notRun(all)
                .findFirst()
                .ifPresent(first -> lines.add(
                        "What " + workload + " measures: " + notRun(all).count() + " of " + all.size()
                                + " verdicts are NOT_RUN, so nothing is accepted; " + reason(first))));
        lines.addAll(plan.omits());
        return lines;
    }

    private static Stream<Verdict> notRun(List<Verdict> verdicts) {
        return verdicts.stream().filter(verdict -> verdict.state() == State.NOT_RUN);
    }

    /** The sentence without the criterion's title. */
    private static String reason(Verdict verdict) {
        String title = verdict.criterion().title() + ": ";
        return verdict.sentence().startsWith(title) ? verdict.sentence().substring(title.length()) : verdict.sentence();
    }
}
