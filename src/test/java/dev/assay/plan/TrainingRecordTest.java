package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.InputException;
import dev.assay.criteria.Criteria;
import dev.assay.criteria.CriteriaFile;
import dev.assay.workload.Sft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plan of training keeps: what it said beforehand, and what its criteria are made of. */
class TrainingRecordTest {
    private static final Cluster H200 = ClusterFile.read("spectrumx-h200");
    private static final Path CONFIGS = Path.of("ds-configs");

    @TempDir
    Path folder;

    @Test
    void isReadBackAsItWasWritten() {
        Plan plan = plan(H200, List.of(2), Optional.empty());

        Plan read = PlanJson.parse(PlanJson.text(plan), "a copy");

        assertThat(read).isEqualTo(plan);
        assertThat(PlanJson.hash(read)).isEqualTo(PlanJson.hash(plan));
    }

    /** Those that scale, those that do not, and 70B and 175B that do not fit one node: every row as it was planned. */
    @Test
    void theSameCriteriaMakeTheSameRowsAnew() {
        for (List<Integer> counts : List.of(List.of(1), List.of(2, 8))) {
            Plan plan = plan(H200, counts, Optional.empty());

            Plan judged = RecordedPlans.judgedBy(recorded(plan), criteria("h200-sxm"));

            assertThat(judged.rows()).isEqualTo(plan.rows());
            assertThat(judged).isEqualTo(plan);
        }
        Plan embedded = plan(ClusterFile.read("embedded"), List.of(2), Optional.empty());
        assertThat(RecordedPlans.judgedBy(recorded(embedded), criteria("reference"))
                        .rows())
                .isEqualTo(embedded.rows());
    }

    /** What the config itself asks for is in no criteria file, and comes back from the plan. */
    @Test
    void theConfigsOwnFloorsAreKept() throws IOException {
        String text = Files.readString(CONFIGS.resolve("ds_config_7b.json"));
        Path own = Files.writeString(
                folder.resolve("own.json"),
                text.replaceFirst("\"mfu\"\\s*:\\s*[0-9.]+", "\"mfu\": 0.123")
                        .replaceFirst("\"source\"\\s*:\\s*\"[^\"]*\"", "\"source\": \"a contract\""));
        Plan plan = plan(H200, List.of(2), Optional.of(own));
        String mfu = "0.123";

        Plan judged = RecordedPlans.judgedBy(recorded(plan), criteria("h200-sxm"));

        assertThat(plan.training().orElseThrow().asked())
                .first()
                .extracting(
                        each -> each.floors().orElseThrow().mfu().orElseThrow().toString())
                .isEqualTo(mfu);
        assertThat(judged.rows()).isEqualTo(plan.rows());
        assertThat(judged.rows())
                .filteredOn(row -> row.criterion().source().contains("a contract"))
                .isNotEmpty();
    }

    /** What one signs follows the criteria that one judges by: without a floor of speed none is certified. */
    @Test
    void otherCriteriaSayOtherThingsToSign() throws IOException {
        Path own = Files.writeString(
                folder.resolve("own.json"),
                Files.readString(CONFIGS.resolve("ds_config_7b.json")).replaceFirst("(?s)\"floors\".*?\\},", ""));
        JsonNode criteria = new ObjectMapper().readTree(CriteriaFile.text("h200-sxm"));
        for (JsonNode each : criteria.path("training")) {
            if (List.of("sft-mfu-llama2-7b", "sft-stress-fabric")
                    .contains(each.path("id").asText())) {
                ((ObjectNode) each).put("judged", false);
            }
            if (each.path("id").asText().equals("sft-utilisation")) {
                ((ObjectNode) each).remove("requires");
            }
        }
        ((ObjectNode) criteria).putArray("gpuModels").add("h100-sxm");
        Path whole = Files.writeString(folder.resolve("whole.json"), criteria.toString());
        Plan plan = plan(H200, List.of(2), Optional.of(own));

        Plan judged =
                RecordedPlans.judgedBy(recorded(plan), CriteriaFile.read("h100-sxm", Optional.of(whole.toString())));

        assertThat(plan.certifies())
                .hasSize(2)
                .noneMatch(line -> line.contains("of its speed nothing"))
                .anyMatch(line -> line.startsWith("The fabric under training"));
        assertThat(judged.certifies())
                .singleElement()
                .asString()
                .contains("; of its speed nothing, as it has no floor");
        assertThat(judged.omits())
                .anyMatch(line -> line.startsWith("The fabric under sft-own-2: no stress variant"))
                .anyMatch(line -> line.startsWith("The speed of llama2-7b as own.json says: no floor"))
                .containsAll(plan.omits());
    }

    /** A floor that nothing reaches is named by the criteria that ask for it, and by no others. */
    @Test
    void floorsBeyondTheProjectionAreThoseOfTheCriteria() throws IOException {
        Path site = Files.writeString(
                folder.resolve("site.json"),
                "{\"sft-scale-efficiency\": {\"limit\": {\"atLeast\": 80}, \"reason\": \"as the fabric allows\"}}");
        Plan plan = plan(H200, List.of(8), Optional.of(CONFIGS.resolve("ds_config_70b.json")));

        Plan judged =
                RecordedPlans.judgedBy(recorded(plan), CriteriaFile.read("h200-sxm", Optional.of(site.toString())));

        assertThat(plan.omits()).anyMatch(line -> line.contains("70b: Scale efficiency of training ≥ 95 %"));
        assertThat(judged.omits()).noneMatch(line -> line.contains("70b: Scale efficiency of training"));
        assertThat(judged.omits()).anyMatch(line -> line.contains("70b: MFU, attention counted causally ≥ 36 %"));
    }

    /** The cluster has eight nodes; that a config names sixteen is no matter of criteria. */
    @Test
    void whatTheClusterHasNotStaysLeftOut() throws IOException {
        Path own = Files.writeString(
                folder.resolve("own.json"),
                Files.readString(CONFIGS.resolve("ds_config_7b.json"))
                        .replaceFirst("\"nodes\"\\s*:\\s*\\[2\\]", "\"nodes\": [2, 16]"));
        Plan plan = plan(H200, List.of(), Optional.of(own));
        String left = "Training of own on 16 nodes, as own.json names them: the cluster has 8.";

        Plan judged = RecordedPlans.judgedBy(recorded(plan), criteria("h200-sxm"));

        assertThat(plan.omits()).contains(left);
        assertThat(judged).isEqualTo(plan);
    }

    /** Training is all that its suite has: selecting it makes no other sentence true. */
    @Test
    void aSelectionKeepsTheSentencesOfItsSuite() {
        Plan plan = plan(H200, List.of(2), Optional.empty());

        Plan selected = RecordedPlans.selected(recorded(plan), List.of("sft"));

        assertThat(selected.certifies()).isEqualTo(plan.certifies());
        assertThat(selected.omits()).isEqualTo(plan.omits());
        assertThat(selected.rows()).isEqualTo(plan.rows());
        assertThat(selected.wholeInventory()).isFalse();
    }

    @Test
    void aPlanFromBeforeSaysWhatItLacks() {
        Plan plan = plan(H200, List.of(2), Optional.empty());
        Plan old = new Plan(
                plan.cluster(),
                plan.gpuModel(),
                plan.nodeCounts(),
                plan.durationSeconds(),
                plan.experiments(),
                plan.extension(),
                plan.rows(),
                plan.fabricFloorGBps(),
                plan.certifies(),
                plan.omits(),
                plan.selection());

        assertThatThrownBy(() -> RecordedPlans.judgedBy(old, criteria("h200-sxm")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("without \"training\"")
                .hasMessageContaining("leave -Dcriteria away");
    }

    /** Two nodes are asked for; the whole cluster is projected beside them, and no experiment stands behind that. */
    @Test
    void allOfTheClusterIsProjected() {
        List<TrainingForecast> forecasts = plan(H200, List.of(2), Optional.empty())
                .training()
                .orElseThrow()
                .forecasts();

        assertThat(forecasts)
                .filteredOn(each -> each.nodes() == 8)
                .hasSize(8)
                .allMatch(each -> each.gpus() == 64 && each.experiment().isEmpty())
                .extracting(TrainingForecast::config)
                .containsOnly("7b", "13b", "70b", "175b");
        assertThat(forecasts)
                .filteredOn(each -> each.nodes() == 2)
                .as("175B does not fit two nodes")
                .hasSize(6)
                .allMatch(each -> each.experiment().isPresent());
        assertThat(forecasts)
                .filteredOn(each -> each.config().equals("70b") && each.run() == Sft.Run.NOMINAL && each.nodes() == 8)
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.baselineNodes()).isPresent();
                    assertThat(each.scale().orElseThrow().value()).isLessThan(100);
                    assertThat(each.stepSeconds().low())
                            .isLessThan(each.stepSeconds().value());
                    assertThat(each.tokens().contains(each.tokens().value())).isTrue();
                });
    }

    @Test
    void everyFigureItRestsOnHasItsSource() {
        assertThat(plan(H200, List.of(2), Optional.empty())
                        .training()
                        .orElseThrow()
                        .restsOn())
                .hasSize(15)
                .allMatch(line -> line.matches(".+: [0-9.]+.* \\([0-9.]+ … [0-9.]+\\), .+"), "value, range, source");
    }

    private static Plan recorded(Plan plan) {
        return PlanJson.parse(PlanJson.text(plan), "a copy");
    }

    private static Criteria criteria(String model) {
        return CriteriaFile.read(model, Optional.empty());
    }

    private static Plan plan(Cluster cluster, List<Integer> counts, Optional<Path> file) {
        return SftPlanner.plan(
                cluster,
                GpuModels.get(cluster.gpuModel()),
                criteria(cluster.gpuModel()),
                counts,
                60,
                file,
                CONFIGS,
                MeasuredParts.none());
    }
}
