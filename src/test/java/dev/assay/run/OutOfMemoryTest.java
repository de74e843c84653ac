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

/** A real run of real processes on this host, where one device has no room left. */
@Tag("whole-run")
@Timeout(120)
class OutOfMemoryTest {
    @TempDir
    Path folder;

    @Test
    void oneRankWithoutRoomBreaksItsExperimentWithTheArithmeticAndTheRestGoesOn() throws IOException {
        Run run = WholeRun.prepare(folder, List.of("here1", "here2"), "1", FullDeviceWorker.class);

        run.rows("hbm").forEach(run::verdict);
        run.rows("burn").forEach(run::verdict);
        Conclusion conclusion = Conclusions.conclude(run, "not asked for");

        Verdict hbm = WholeRun.verdict(conclusion, "hbm-correct@2");
        assertThat(hbm.state()).isEqualTo(State.NOT_RUN);
        assertThat(hbm.sentence())
                .contains("rank 1 on here2", "allocating 1048576 bytes", "524288 of 1073741824 bytes are free")
                .contains("hbm takes 3 × 1.00 MiB of buffers = 3.00 MiB at once");
        assertThat(WholeRun.verdict(conclusion, "gemm-correct@2").state()).isEqualTo(State.PASS);
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
    }
}
