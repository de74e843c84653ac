package dev.assay.acceptance;

import dev.assay.measurement.ExperimentResult;
import dev.assay.plan.Row;
import dev.assay.run.Run;
import dev.assay.summary.Conclusion;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Named;

/** What every row does: ask for its verdict, leave the evidence, say in JUnit's words what the verdict says. */
final class Acceptance {
    private Acceptance() {}

    static Stream<Named<Row>> rows(String workload) {
        return CurrentRun.get().rows(workload).stream().map(row -> Named.of(row.title(), row));
    }

    static void judge(String epic, Row row) {
        Run run = CurrentRun.get();
        Verdict verdict = run.verdict(row);
        ExperimentResult result = run.result(row.experiment());
        RowEvidence.attach(epic, run, row, verdict, result);
        say(verdict);
    }

    /** Failed: the cluster. Broken: the suite or the job. Skipped only with the proof that there is nothing to measure. */
    private static void say(Verdict verdict) {
        String sentence = words(verdict);
        switch (verdict.state()) {
            case PASS -> {}
            case FAIL -> throw new AssertionError(sentence);
            case INCONCLUSIVE, INVALID, NOT_RUN -> throw new NotMeasuredException(sentence);
            case NOT_APPLICABLE -> Assumptions.abort(sentence);
        }
    }

    /** As {@code allure-config/categories.json} sorts them: a wrong result is not a slow one. */
    static String words(Verdict verdict) {
        return verdict.state() + (verdict.wrongResult() ? " wrong result" : "") + ": " + verdict.sentence();
    }

    /** In the category of its worst row. */
    private static String rejected(Conclusion conclusion) {
        List<Verdict> failed = conclusion.verdicts().stream()
                .filter(verdict -> verdict.state() == State.FAIL)
                .toList();
        boolean wrong = failed.stream().anyMatch(Verdict::wrongResult);
        return (wrong ? "FAIL wrong result: " : "FAIL: ")
                + conclusion.decision().words() + ", for "
                + failed.stream().map(Verdict::key).collect(Collectors.joining(", "));
    }

    static void assertAccepting(Conclusion conclusion) {
        String words = conclusion.decision().words();
        switch (conclusion.decision()) {
            case ACCEPTED, SUITE_OK, PARTIAL -> {}
            case REJECTED -> throw new AssertionError(rejected(conclusion));
            case INCONCLUSIVE, SUITE_BROKEN -> throw new NotMeasuredException(words);
        }
    }
}
