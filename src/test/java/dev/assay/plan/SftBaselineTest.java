package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.workload.Sft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is foretold and what is run are held against the same baseline, also where nobody named one. */
class SftBaselineTest {
    private static final Path CONFIGS = Path.of("ds-configs");
    private static final Cluster SPECTRUMX = ClusterFile.read("spectrumx-h200");

    @TempDir
    Path folder;

    /** 70B fits two nodes and 175B four, though the plan asks for eight only. */
    @ParameterizedTest
    @CsvSource({"7b, 1", "13b, 1", "70b, 2", "175b, 4"})
    void withoutANameItIsTheFewestThatItFitsOn(String config, int baseline) throws IOException {
        Path own = unnamed(config);
        for (List<Integer> counts : List.of(List.of(8), List.of(4, 8))) {
            Plan plan = plan(own, counts);
            String text = TrainingPlan.text(
                    SPECTRUMX, GpuModels.get("h200-sxm"), counts, Optional.of(own), CONFIGS, MeasuredParts.none());

            assertThat(((Sft) plan.experiment("sft-own-8").workload()).baselineNodes())
                    .isEqualTo(baseline);
            assertThat(plan.training().orElseThrow().forecasts())
                    .filteredOn(each -> each.nodes() == 8 && each.run() == Sft.Run.NOMINAL)
                    .singleElement()
                    .satisfies(each -> {
                        assertThat(each.baselineNodes()).contains(baseline);
                        assertThat(each.scale()).isPresent();
                    });
            assertThat(text)
                    .contains("  predicted, seconds a step; scale against " + Words.plural(baseline, "node"))
                    .contains("  own, scale against " + Words.plural(baseline, "node"));
        }
    }

    /** Every experiment of every config: what its launches count from, its forecast counts from. */
    @Test
    void everyForecastHasTheBaselineOfItsExperiment() throws IOException {
        for (String config : List.of("7b", "70b", "175b")) {
            Plan plan = plan(unnamed(config), List.of(1, 2, 3, 4, 8));

            assertThat(plan.training().orElseThrow().forecasts())
                    .filteredOn(each -> each.experiment().isPresent())
                    .isNotEmpty()
                    .allSatisfy(each -> {
                        Experiment run = plan.experiment(each.experiment().orElseThrow());
                        boolean scales = run.launches().stream()
                                .anyMatch(launch -> launch.id().startsWith("baseline"));
                        assertThat(each.baselineNodes())
                                .as(run.id())
                                .isEqualTo(
                                        scales
                                                ? Optional.of(((Sft) run.workload()).baselineNodes())
                                                : Optional.empty());
                    });
        }
    }

    private Path unnamed(String config) throws IOException {
        String text = Files.readString(CONFIGS.resolve("ds_config_" + config + ".json"));
        String without = text.replaceFirst("\\s*\"baselineNodes\"\\s*:\\s*[0-9]+,", "");
        assertThat(without).isNotEqualTo(text);
        return Files.writeString(folder.resolve("own.json"), without);
    }

    private static Plan plan(Path own, List<Integer> counts) {
        return SftPlanner.plan(
                SPECTRUMX,
                GpuModels.get("h200-sxm"),
                CriteriaFile.read("h200-sxm", Optional.empty()),
                counts,
                60,
                Optional.of(own),
                CONFIGS);
    }
}
