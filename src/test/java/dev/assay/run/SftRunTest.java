package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Metric;
import dev.assay.summary.Conclusion;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes of this host train what stands for the configs of ds-configs. */
@Tag("whole-run")
@Timeout(300)
class SftRunTest {
    @TempDir
    Path folder;

    @Test
    void everyConfigTrainsToAVerdict() throws IOException {
        Run run = prepare("2");

        run.rows("sft").forEach(run::verdict);
        Conclusion conclusion = Conclusions.conclude(run, "not asked for");

        assertThat(conclusion.verdicts())
                .isNotEmpty()
                .as("%s", conclusion.verdicts().stream().map(Verdict::sentence).toList())
                .allMatch(verdict -> verdict.state() == State.PASS || verdict.state() == State.NOT_APPLICABLE);
        assertThat(conclusion.verdicts())
                .filteredOn(verdict -> verdict.criterion().metric() == Metric.TRAIN_LOSS)
                .hasSize(8)
                .allMatch(verdict -> verdict.value().orElseThrow() > 4);
        assertThat(conclusion.verdicts())
                .filteredOn(verdict -> verdict.criterion().metric() == Metric.SCALE_EFFICIENCY)
                .as("shown, against one node")
                .hasSize(8)
                .allMatch(verdict -> verdict.value().isPresent());
        assertThat(conclusion.verdicts())
                .filteredOn(verdict -> verdict.criterion().metric() == Metric.DISTINCT_RESULTS)
                .hasSize(8)
                .allMatch(verdict -> verdict.state() == State.PASS);
        assertThat(conclusion.decision()).isEqualTo(Decision.PARTIAL);
    }

    private Run prepare(String nodes) throws IOException {
        Map<String, String> properties = Map.of(
                "cluster",
                "embedded",
                "suite",
                "sft",
                "nodes",
                nodes,
                "assay.home",
                folder.resolve("home").toString(),
                "assay.output",
                Files.createDirectories(folder.resolve("out")).toString());
        Options options = Options.from(properties::get);
        Preparation.prepare(options, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        return Run.open(options, true);
    }
}
