package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.assay.summary.Conclusion;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes on which the run folder is another one, as with a home that is local to each host. */
@Tag("slurm-box")
class SlurmUnsharedFolderTest {
    @TempDir
    Path folder;

    @Test
    void theVerdictAsksForAFolderThatTheNodesShare() throws IOException {
        assumeThat(System.getProperty("user.name")).as("a mount needs root").isEqualTo("root");
        Path home = Files.createDirectories(folder.resolve("home"));
        Path output = Files.createDirectories(folder.resolve("out"));
        try (SlurmBox box = SlurmBox.startWhereNodesDoNotSee(home, folder.resolve("box"), 2)) {
            Map<String, String> properties = Map.of(
                    "cluster", box.clusterFile().toString(),
                    "nodes", "2",
                    "duration", "1",
                    "assay.home", home.toString(),
                    "assay.output", output.toString());
            Options options = Options.from(properties::get);
            Preparation.prepare(options, System.out);
            Run run = Run.open(options, true);

            run.rows("burn").forEach(run::verdict);
            Conclusion conclusion = Conclusions.conclude(run, "not judged");

            assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
            assertThat(conclusion.verdicts())
                    .allSatisfy(v -> assertThat(v.state()).isEqualTo(State.NOT_RUN));
            assertThat(conclusion.verdicts())
                    .anySatisfy(verdict -> assertThat(verdict.sentence())
                            .contains("the nodes must share the run folder (-Dassay.home=)"));
            assertThat(box.liveJobs()).isEmpty();
        }
    }
}
