package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.cluster.DeviceKind;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void theEmbeddedDefaultReadsAsExpected() throws IOException {
        GoldenFile.assertSame("embedded.json", VerdictJson.text(Samples.embeddedOk()));
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path file = folder.resolve("verdict.json");

        VerdictJson.write(file, Samples.embeddedOk());

        VerdictFile read = VerdictJson.read(file);
        assertThat(read.runId()).isEqualTo("20261122-101502-4f1c");
        assertThat(read.decision()).isEqualTo(Decision.SUITE_OK);
        assertThat(read.reference()).isTrue();
        assertThat(read.wholeInventory()).isTrue();
        assertThat(read.verdicts()).hasSize(5);
        assertThat(read.verdicts().get(1)).isEqualTo(new VerdictFile.Line("gemm-correct@2", State.PASS, true));
        assertThat(folder).isDirectoryNotContaining(path -> path.toString().endsWith(".part"));
    }

    @Test
    void aReplayHasTheSameVerdictsByteForByte() {
        Conclusion run = Samples.h200Rejected();
        Conclusion replay = new Conclusion(
                run.runId(),
                run.startedAt(),
                run.suiteVersion(),
                run.hashes(),
                run.command(),
                run.plan(),
                run.decision(),
                run.meaning(),
                run.verdicts(),
                run.identity(),
                run.libraries(),
                List.of(),
                run.notCertified(),
                run.jobs(),
                Optional.of("run folder"),
                List.of(),
                List.of());

        assertThat(verdicts(VerdictJson.text(replay))).isEqualTo(verdicts(VerdictJson.text(run)));
    }

    @Test
    void aValueThatIsNoNumberIsLeftOut() throws IOException {
        JsonNode verdict = JSON.readTree(VerdictJson.text(Samples.hostile("x"))).at("/verdicts/0");

        assertThat(verdict.has("value")).isFalse();
        assertThat(verdict.path("state").asText()).isEqualTo("FAIL");
    }

    @Test
    void hostileTextSurvivesAsText() throws IOException {
        String evil = "\"},\u0000\u202E{\"decision\":\"ACCEPTED\"";

        JsonNode root = JSON.readTree(VerdictJson.text(Samples.hostile(evil)));

        assertThat(root.path("decision").asText()).isEqualTo("REJECTED");
        assertThat(root.path("meaning").asText()).isEqualTo(evil);
    }

    @Test
    void everyKeyStandsInTheSchema() throws IOException {
        try (InputStream in = VerdictJson.class.getResourceAsStream("verdict.schema.json")) {
            JsonNode schema = JSON.readTree(in);

            assertKeys(schema, schema, JSON.readTree(VerdictJson.text(Samples.h200Rejected())), "");
            assertKeys(schema, schema, JSON.readTree(VerdictJson.text(Samples.embeddedOk())), "");
            assertKeys(schema, schema, JSON.readTree(VerdictJson.text(Samples.hostile("x"))), "");
        }
    }

    @Test
    void aDoubledKeyIsNoVerdict() throws IOException {
        Path file = folder.resolve("verdict.json");
        String text = VerdictJson.text(Samples.withStates(Decision.REJECTED, DeviceKind.CUDA, true, false, State.FAIL));
        Files.writeString(file, text.replace("\"meaning\"", "\"decision\" : \"ACCEPTED\", \"meaning\""));

        assertThatThrownBy(() -> VerdictJson.read(file)).isInstanceOf(IOException.class);
    }

    private static String verdicts(String json) {
        return json.substring(json.indexOf("\"verdicts\""), json.indexOf("\"certified\""));
    }

    /** Required keys are there, and no key that the schema does not name. */
    private static void assertKeys(JsonNode root, JsonNode schema, JsonNode value, String at) {
        JsonNode resolved =
                schema.has("$ref") ? root.at(schema.path("$ref").asText().substring(1)) : schema;
        if (value.isArray()) {
            value.forEach(item -> assertKeys(root, resolved.path("items"), item, at + "[]"));
        } else if (value.isObject() && resolved.has("properties")) {
            resolved.path("required")
                    .forEach(key -> assertThat(value.has(key.asText()))
                            .as(at + "." + key.asText())
                            .isTrue());
            value.properties().forEach(field -> {
                assertThat(resolved.path("properties").has(field.getKey()))
                        .as(at + "." + field.getKey())
                        .isTrue();
                assertKeys(
                        root,
                        resolved.path("properties").path(field.getKey()),
                        field.getValue(),
                        at + "." + field.getKey());
            });
        }
    }
}
