package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.summary.Conclusion;
import dev.assay.summary.Gate;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Faults of ranks, files and jobs on a real Slurm: the right state and words, no accepting decision, no job left. Who of several
 * is the odd one is asked of three nodes, by {@link SlurmOddOneOutTest}.
 */
@Tag("slurm-box")
class SlurmFaultsTest {
    @TempDir
    static Path folder;

    private static SlurmBox box;
    private static Path earlierResult;

    @BeforeAll
    static void startsSlurmAndRunsOnceWithoutFault() throws IOException {
        box = SlurmBox.start(folder.resolve("box"), 2);
        Run clean = prepare("none", Map.of());
        earlierResult = clean.folder().result("burn", "load-2", 1);

        Conclusion conclusion = judgeAll(clean);

        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_OK);
        assertThat(earlierResult).exists();
    }

    @AfterAll
    static void stopsSlurm() {
        box.close();
    }

    /** Faults that end a job or its step early: what comes after it must be unharmed. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kill-measuring | NOT_RUN | rank 1 on n2 killed by SIGKILL (137) in phase measure
            hang           | NOT_RUN | still missing: rank 1 (n2)
            vanish         | NOT_RUN | rank 1 on n2 killed from outside, its wrapper too
            cancel         | NOT_RUN | cancelled from outside: CANCELLED
            """)
    void aFaultInOneExperimentIsNamedAndTheOtherGoesOn(String fault, State state, String words) throws IOException {
        Run run = prepare(fault, Map.of("FAULT", fault, "FAULT_FILE", earlierResult.toString()));

        Conclusion conclusion = judgeAll(run);

        assertNamed(conclusion, state, words);
        assertThat(of(conclusion, "coupled"))
                .as("the other experiment")
                .allSatisfy(verdict -> assertThat(verdict.state()).isIn(State.PASS, State.NOT_APPLICABLE))
                .anySatisfy(verdict -> assertThat(verdict.state()).isEqualTo(State.PASS));
        assertNothingAccepted(run, conclusion);
    }

    /** What one rank leaves or does not leave; the other experiment is not waited for. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kill           | rank 1 on n2 killed by SIGKILL (137)
            crash          | rank 1 on n2 killed by SIGABRT (134)
            exit           | rank 1 on n2 exited with 42
            hang-measuring | waiting for rank 1 (n2)
            truncate       | rank-1.ndjson is truncated
            half           | rank 1 on n2 exited with 0 but left its result half-written: rank-1.ndjson.part
            foreign        | rank-1.ndjson is of another run
            missing        | rank 1 on n2 exited with 0 but left no result file
            """)
    void aFaultInOneRankIsNamedAndNothingIsAccepted(String fault, String words) throws IOException {
        Run run = prepare(fault, Map.of("FAULT", fault, "FAULT_FILE", earlierResult.toString()));

        run.rows("burn").forEach(run::verdict);
        Conclusion conclusion = Conclusions.conclude(run, "not judged");

        assertNamed(conclusion, State.NOT_RUN, words);
        assertThat(of(conclusion, "burn"))
                .allSatisfy(verdict -> assertThat(verdict.state()).isEqualTo(State.NOT_RUN));
        assertNothingAccepted(run, conclusion);
    }

    @Test
    void anAbortedRunLeavesNoJobAndAVerdictThatAcceptsNothing() throws Exception {
        Run run = prepare("abort", Map.of());
        Thread measuring = new Thread(() -> run.result("burn"));
        measuring.setUncaughtExceptionHandler((thread, e) -> {});
        measuring.start();
        awaitJob();

        String words = run.abort("stopped by a signal");
        Conclusion conclusion = Conclusions.conclude(run, "stopped by a signal");

        measuring.join(60_000);
        assertThat(words).contains("gone");
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
        assertThat(conclusion.verdicts()).allSatisfy(v -> assertThat(v.state()).isEqualTo(State.NOT_RUN));
        assertThat(gate(run)).isNotZero();
        assertThat(box.liveJobs()).isEmpty();
    }

    private static void assertNamed(Conclusion conclusion, State state, String words) {
        assertThat(of(conclusion, "burn")).anySatisfy(verdict -> {
            assertThat(verdict.state()).isEqualTo(state);
            assertThat(verdict.sentence() + verdict.details()).contains(words);
        });
    }

    private static void assertNothingAccepted(Run run, Conclusion conclusion) {
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
        assertThat(gate(run)).isNotZero();
        assertThat(box.liveJobs()).isEmpty();
    }

    private static void awaitJob() throws InterruptedException {
        for (int i = 0; i < 100 && box.liveJobs().isEmpty(); i++) {
            Thread.sleep(100);
        }
        assertThat(box.liveJobs()).isNotEmpty();
    }

    private static List<Verdict> of(Conclusion conclusion, String workload) {
        return conclusion.verdicts().stream()
                .filter(verdict -> verdict.criterion().workload().equals(workload))
                .toList();
    }

    private static Conclusion judgeAll(Run run) {
        run.plan().rows().forEach(run::verdict);
        return Conclusions.conclude(run, "not judged");
    }

    private static int gate(Run run) {
        return Gate.judge(
                run.output().resolve("verdict.json"),
                run.folder().runId(),
                run.plan().rows().stream().map(row -> row.key()).toList(),
                true,
                new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }

    private static Run prepare(String name, Map<String, String> fault) throws IOException {
        return WholeRun.prepare(box, folder, name, fault, Map.of("nodes", "2"));
    }
}
