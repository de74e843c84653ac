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

/** A real run of real processes on this host, where some nodes have another driver than the others. */
@Tag("whole-run")
@Timeout(120)
class OtherDriverTest {
    @TempDir
    Path folder;

    @Test
    void theNodeThatDiffersIsNamedAndNothingIsAccepted() throws IOException {
        Run run = WholeRun.prepare(folder, List.of("here1", "here2", "here3"), "1", OtherDriverWorker.class);

        run.rows("burn").forEach(run::verdict);
        Conclusion conclusion = Conclusions.conclude(run, "not asked for");

        Verdict identity = WholeRun.verdict(conclusion, "identity-equal@3");
        assertThat(identity.state()).isEqualTo(State.FAIL);
        assertThat(identity.sentence())
                .contains("here2 GPU 0 (REF-here2-0): driver an older driver as on 1 of 3")
                .contains("missed by 1");
        assertThat(WholeRun.verdict(conclusion, "gemm-correct@3").state()).isEqualTo(State.INVALID);
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
    }

    @Test
    void nodesThatAreAlikeAreNamedByNobody() throws IOException {
        Run run = WholeRun.prepare(folder, List.of("here1", "here2", "here3"), "none", OtherDriverWorker.class);

        run.rows("burn").forEach(run::verdict);
        Conclusion conclusion = Conclusions.conclude(run, "not asked for");

        assertThat(WholeRun.verdict(conclusion, "identity-equal@3").state()).isEqualTo(State.PASS);
        assertThat(WholeRun.verdict(conclusion, "gemm-correct@3").state()).isEqualTo(State.PASS);
    }
}
