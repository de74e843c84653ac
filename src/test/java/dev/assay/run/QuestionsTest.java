package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.plan.MeasuredParts;
import dev.assay.plan.Plan;
import dev.assay.plan.Row;
import dev.assay.plan.SftPlanner;
import dev.assay.verdict.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the judge is told of the plan. */
class QuestionsTest {
    private static final Path CONFIGS = Path.of("ds-configs");

    @TempDir
    Path folder;

    /** At ZeRO-0 no weights travel; the stress variant is of ZeRO-3. */
    @ParameterizedTest
    @CsvSource({"0, sft-own-correct@2, false", "1, sft-own-correct@2, true", "0, sft-own-stress-correct@2, true"})
    void whetherWeightsTravelIsOfTheExperiment(int stage, String key, boolean shards) throws IOException {
        Path own = Files.writeString(
                folder.resolve("own.json"),
                Files.readString(CONFIGS.resolve("ds_config_7b.json"))
                        .replaceFirst("\"stage\"\\s*:\\s*1", "\"stage\": " + stage));
        Plan plan = plan("spectrumx-h200", List.of(2), Optional.of(own));

        assertThat(question(plan, key).training().shards()).isEqualTo(shards);
    }

    @Test
    void aFloorBeyondTheProjectionIsToldWithItsCause() {
        Plan plan = plan("spectrumx-h200", List.of(8), Optional.of(CONFIGS.resolve("ds_config_70b.json")));

        assertThat(question(plan, "sft-70b-scale-efficiency@8").training().beyond())
                .get()
                .asString()
                .contains("2 × 400 Gb/s a node, makes it impossible by design");
        assertThat(question(plan, "sft-70b-correct@8").training().beyond()).isEmpty();
        assertThat(plan.rows())
                .as("whether a row has shown the fabric is no matter of the plan")
                .allMatch(row -> Questions.of(row, plan).training().fabric().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"'', true", "', \"gpuDirect\": true', true", "', \"gpuDirect\": false', false"})
    void whetherNicsReachGpusIsOfTheClusterFile(String said, boolean direct) throws IOException {
        Path cluster = Files.writeString(
                folder.resolve("site.json"),
                "{\"name\": \"site\", \"launcher\": \"slurm\", \"device\": \"cuda\", \"nodes\": \"node[1-2]\","
                        + " \"gpusPerNode\": 8, \"gpuModel\": \"h200-sxm\", \"nics\": {\"count\": 2,"
                        + " \"gigabitsPerSecond\": 400" + said + "}, \"slurm\": {\"partition\": \"gpu\"}}");
        Plan plan = plan(cluster.toString(), List.of(2), Optional.of(CONFIGS.resolve("ds_config_7b.json")));

        assertThat(Questions.contract(plan).gpuDirect()).isEqualTo(direct);
        assertThat(plan.omits().stream().anyMatch(line -> line.startsWith("GPUDirect RDMA: the cluster file says")))
                .isEqualTo(!direct);
    }

    private static Question question(Plan plan, String key) {
        Row row = plan.rows().stream()
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row " + key));
        return Questions.of(row, plan);
    }

    private static Plan plan(String cluster, List<Integer> counts, Optional<Path> file) {
        return SftPlanner.plan(
                ClusterFile.read(cluster),
                GpuModels.get("h200-sxm"),
                CriteriaFile.read("h200-sxm", Optional.empty()),
                counts,
                60,
                file,
                CONFIGS,
                MeasuredParts.none());
    }
}
