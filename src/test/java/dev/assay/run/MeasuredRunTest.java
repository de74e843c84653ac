package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.InputException;
import dev.assay.plan.MeasuredParts;
import dev.assay.training.Estimate;
import dev.assay.training.Figure;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dplan.from} with the recorded run on two real H200s, of {@code burn} and {@code coupled}. */
class MeasuredRunTest {
    private static final Path RUNS = Path.of("src/test/resources/runs");

    @TempDir
    Path folder;

    @Test
    void aRealRunGivesItsFigures() {
        MeasuredParts parts = MeasuredRun.read(RUNS.resolve("h200-x2"), folder, ClusterFile.read("spectrumx-h200"));

        Estimate gemms = Optional.ofNullable(parts.gpus().get(Figure.GEMMS)).orElseThrow();
        assertThat(gemms.value())
                .as("README: the worst of the two sustained 674.1 TFLOPS")
                .isBetween(673.0, 675.5);
        assertThat(gemms.source()).isEqualTo("run bb869f22 of 2026-11-23T01:18:42Z, burn, the slowest of 2 GPUs");
        Estimate slowed = Optional.ofNullable(parts.gpus().get(Figure.SLOWED)).orElseThrow();
        assertThat(slowed.value())
                .as("3.7 GB beside 203 ms of GEMMs cost about 11 ms")
                .isBetween(1.5, 4.5);
        assertThat(slowed.source()).contains("coupled, 5 launches");
        assertThat(parts.links()).as("it has no collective").isEmpty();
    }

    @Test
    void thePlanIsMadeOfThem() {
        String plan = plan(Map.of("plan.from", RUNS.resolve("h200-x2").toString(), "suite", "sft"));

        assertThat(plan)
                .contains("from run bb869f22 of", "GEMMs: 674 TFLOPS")
                .contains("Projection with its stated error, on the nodes asked for and on all of 8 nodes × 8 GPUs");
    }

    @Test
    void plainJavaSaysNothingOfAGpu() {
        assertThatThrownBy(() -> MeasuredRun.read(RUNS.resolve("embedded"), folder, ClusterFile.read("spectrumx-h200")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("Reference device")
                .hasMessageContaining("h200-sxm");
    }

    @Test
    void whatIsNoRunIsRefused() {
        assertThatThrownBy(() -> MeasuredRun.read(folder, folder, ClusterFile.read("spectrumx-h200")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("-Dplan.from")
                .hasMessageContaining("no run.json");
    }

    @Test
    void onlyTrainingIsPredicted() {
        assertThatThrownBy(
                        () -> plan(Map.of("plan.from", RUNS.resolve("h200-x2").toString())))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("write -Dsuite=sft -Dplan.from=RUN");
    }

    private String plan(Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(more);
        properties.put("cluster", "spectrumx-h200");
        properties.put("nodes", "2");
        properties.put("plan", "true");
        properties.put("assay.home", folder.resolve("home").toString());
        properties.put("assay.output", folder.resolve("out").toString());
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Preparation.prepare(Options.from(properties::get), new PrintStream(printed, false, StandardCharsets.UTF_8));
        return printed.toString(StandardCharsets.UTF_8);
    }
}
