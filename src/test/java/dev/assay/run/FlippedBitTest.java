package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.summary.Conclusion;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real run of real processes on this host, one of which flips a bit in what it computes. */
@Tag("whole-run")
@Timeout(120)
class FlippedBitTest {
    @TempDir
    Path folder;

    @Test
    void theRankWhoseResultDiffersIsNamedAndNoOther() throws IOException {
        Run run = WholeRun.prepare(folder, List.of("here1", "here2", "here3"), "1", FlippedBitWorker.class);

        run.rows("burn").forEach(run::verdict);
        Conclusion conclusion = Conclusions.conclude(run, "not asked for");

        assertAccused(conclusion, "here2 GPU 0", "here1 GPU 0", "here3 GPU 0");
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
    }

    /**
     * Of a burn on three GPUs: the bits tell who it was. Bounds on rounding and a repeated multiplication let it through, unless
     * the very element is among the 64 of 1920 that are computed again; then that check names it.
     */
    static void assertAccused(Conclusion conclusion, String culprit, String... others) {
        Verdict equal = WholeRun.verdict(conclusion, "gemm-bitwise-equal@3");
        Verdict correct = WholeRun.verdict(conclusion, "gemm-correct@3");
        boolean sampled = correct.state() == State.FAIL;
        assertThat(equal.state()).as(equal.sentence()).isEqualTo(State.FAIL);
        assertThat(equal.sentence())
                .contains(sampled ? "gemm.fp64" : "gemm.c of launch load-3: " + culprit, culprit)
                .doesNotContain(others);
        assertThat(equal.details())
                .filteredOn(line -> line.contains("deviating"))
                .allSatisfy(line -> assertThat(line).contains(culprit).doesNotContain(others));
        assertThat(sampled || correct.state() == State.PASS)
                .as(correct.sentence())
                .isTrue();
    }
}
