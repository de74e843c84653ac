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
import java.util.Set;
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
        assertDrawn(run);
    }

    /** On the page, and beside the rows in the report. */
    private void assertDrawn(Run run) throws IOException {
        assertThat(Files.readString(folder.resolve("out").resolve("summary.html")))
                .contains(
                        "Where a step&#39;s time goes, sft-7b-2",
                        "Loss and gradient norm over steps, sft-7b-2",
                        "Memory planned and in use, sft-7b-2",
                        "Tokens over nodes against ideal, 7b")
                .doesNotContain("nothing measured");
        assertThat(run.rows("sft"))
                .filteredOn(row -> Set.of(
                                Metric.STEP_TIME, Metric.TRAIN_EXPOSED, Metric.TRAIN_LOSS, Metric.SCALE_EFFICIENCY)
                        .contains(row.criterion().metric()))
                .hasSize(4 * 8)
                .allMatch(row -> RunCharts.of(run, row).size() == 1);
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
