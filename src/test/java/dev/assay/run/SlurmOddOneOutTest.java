package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.summary.Conclusion;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of three nodes on a real Slurm differs from the others: of three there is a majority, so that it alone is named. */
@Tag("slurm-box")
class SlurmOddOneOutTest {
    @TempDir
    static Path folder;

    private static SlurmBox box;

    @BeforeAll
    static void startsSlurm() {
        box = SlurmBox.start(folder.resolve("box"), 3);
    }

    @AfterAll
    static void stopsSlurm() {
        box.close();
    }

    @Test
    void aRankThatFlipsABitOfItsResultsIsNamedAndNoOther() throws IOException {
        Conclusion conclusion = judged("flip");

        FlippedBitTest.assertAccused(conclusion, "n2 GPU 0", "n1 GPU 0", "n3 GPU 0");
        assertNothingAccepted(conclusion);
    }

    @Test
    void aNodeWithAnotherDriverIsNamedAndNoOther() throws IOException {
        Conclusion conclusion = judged("driver");

        Verdict identity = WholeRun.verdict(conclusion, "identity-equal@3");
        assertThat(identity.state()).as(identity.sentence()).isEqualTo(State.FAIL);
        assertThat(identity.sentence())
                .contains("n2 GPU 0 (REF-n2-0): driver an older driver as on 1 of 3", "missed by 1")
                .doesNotContain("n1 GPU 0", "n3 GPU 0");
        assertThat(identity.details())
                .filteredOn(line -> line.contains("an older driver as on"))
                .allMatch(line -> line.startsWith("n2 GPU 0"));
        assertNothingAccepted(conclusion);
    }

    private static void assertNothingAccepted(Conclusion conclusion) {
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
        assertThat(box.liveJobs()).isEmpty();
    }

    /** The family that the fault strikes, alone. */
    private static Conclusion judged(String fault) throws IOException {
        Run run =
                WholeRun.prepare(box, folder, fault, Map.of("FAULT", fault), Map.of("nodes", "3", "it.groups", "burn"));
        run.plan().rows().forEach(run::verdict);
        return Conclusions.conclude(run, "not judged");
    }
}
