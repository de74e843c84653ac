package dev.assay.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterFileTest {
    private static final String GOOD = """
            {
              "name": "mine",
              "launcher": "slurm",
              "device": "cuda",
              "nodes": "gpu[01-04]",
              "gpusPerNode": 2,
              "gpuModel": "h200-sxm",
              "nics": {"count": 2, "gigabitsPerSecond": 400},
              "slurm": {"partition": "gpu", "account": "ops@site", "constraint": "h200&ib", "gres": "gpu:h200"},
              "modules": ["cuda/12.8"],
              "environment": {"NCCL_IB_HCA": "=mlx5_0,mlx5_1"},
              "libraryDirectories": ["/opt/nccl/lib"],
              "java": "/opt/jdk-17/bin/java",
              "bindings": [{"gpu": 1, "cpus": "0-15,64-79", "nic": "=mlx5_1"}, {"gpu": 0}]
            }
            """;

    private static Cluster parse(String text) {
        return ClusterFile.parse("cluster file my.json", text, () -> 0);
    }

    /** What a site sees when it replaces one piece of the good file. */
    private static String refusal(String piece, String by) {
        assertThat(GOOD).contains(piece);
        InputException refused = catchThrowableOfType(InputException.class, () -> parse(GOOD.replace(piece, by)));
        assertThat(refused).as("%s for %s must be refused", by, piece).isNotNull();
        return String.valueOf(refused.getMessage());
    }

    @Test
    void readsEverythingThatAFileMaySay() {
        Cluster cluster = parse(GOOD);

        assertThat(cluster.nodes()).containsExactly("gpu01", "gpu02", "gpu03", "gpu04");
        assertThat(cluster.gpus()).isEqualTo(8);
        assertThat(cluster.nics().nodeGigabytesPerSecond()).isEqualTo(100);
        assertThat(cluster.slurm().orElseThrow().account()).contains("ops@site");
        assertThat(cluster.slurm().orElseThrow().qos()).isEmpty();
        assertThat(cluster.environment()).containsEntry("NCCL_IB_HCA", "=mlx5_0,mlx5_1");
        assertThat(cluster.java()).contains("/opt/jdk-17/bin/java");
        assertThat(cluster.bindings())
                .containsExactly(
                        new RankBinding(1, Optional.of("0-15,64-79"), Optional.of("=mlx5_1")),
                        new RankBinding(0, Optional.empty(), Optional.empty()));
        assertThat(cluster.sharedHost()).isFalse();
    }

    @Test
    void embeddedIsTwoNodesOfThisHostInPlainJava() {
        Cluster cluster = ClusterFile.read("embedded");

        assertThat(cluster.nodes()).containsExactly("embedded1", "embedded2");
        assertThat(cluster.launcher()).isEqualTo(LauncherKind.LOCAL);
        assertThat(cluster.device()).isEqualTo(DeviceKind.REFERENCE);
        assertThat(cluster.sharedHost()).isTrue();
    }

    @Test
    void spectrumxIsTheVendorsContract() {
        Cluster cluster = ClusterFile.read("spectrumx-h200");

        assertThat(cluster.nodes()).hasSize(8).endsWith("node007", "node009");
        assertThat(cluster.gpus()).isEqualTo(64);
        assertThat(cluster.nics()).isEqualTo(new Nics(2, 400));
        assertThat(cluster.environment()).containsOnlyKeys("NCCL_IB_DISABLE", "NCCL_SOCKET_IFNAME");
    }

    @Test
    void workstationTakesTheGpusOfThisHost() {
        assertThat(ClusterFile.read("workstation", () -> 4).gpusPerNode()).isEqualTo(4);
        assertThatThrownBy(() -> ClusterFile.read("workstation", () -> 0))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("0 GPUs on this host")
                .hasMessageContaining("-Dcluster=embedded");
    }

    @Test
    void anUnknownNameListsTheBuiltInOnes() {
        assertThatThrownBy(() -> ClusterFile.read("spectrumx"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("embedded, workstation, spectrumx-h200");
    }

    @Test
    void aMissingNicRateIsNamedWithTheReason() {
        assertThat(refusal("\"count\": 2, \"gigabitsPerSecond\": 400", "\"count\": 2"))
                .contains("cluster file my.json, line 8, nics")
                .contains("\"gigabitsPerSecond\" is mandatory")
                .contains("floors of the network are computed from it");
        assertThat(refusal("  \"nics\": {\"count\": 2, \"gigabitsPerSecond\": 400},\n", ""))
                .contains("\"nics\" is mandatory");
    }

    @Test
    void anUnknownKeyNamesAllValidOnesAndTheNearest() {
        assertThat(refusal("\"gpusPerNode\"", "\"gpusPerNodes\""))
                .contains("line 6")
                .contains("gpusPerNodes")
                .contains(String.join(", ", ClusterFile.KEYS))
                .contains("did you mean \"gpusPerNode\"?");
        assertThat(refusal("\"partition\"", "\"queue\""))
                .contains("slurm.queue")
                .contains("partition, clusterName");
    }

    @Test
    void aDuplicateKeyNamesBothLines() {
        assertThat(refusal("\"java\":", "\"name\": \"other\", \"java\":"))
                .contains("line 13, name")
                .contains("first on line 2");
    }

    @Test
    void brokenJsonNamesTheLine() {
        assertThat(refusal("\"gpusPerNode\": 2,", "\"gpusPerNode\": 2"))
                .contains("line 7")
                .contains("no valid JSON");
        assertThatThrownBy(() -> parse("")).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> parse("[]")).isInstanceOf(InputException.class).hasMessageContaining("an object");
        assertThatThrownBy(() -> parse(GOOD + "{}"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("more text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"gpu\", \"account\"|\"gpu;reboot\", \"account\"|slurm.partition",
                "\"gpu\", \"account\"|\"-p\", \"account\"|slurm.partition",
                "\"gpu\", \"account\"|\"g%j\", \"account\"|slurm.partition",
                "ops@site|a\\nb|slurm.account",
                "h200&ib|$(reboot)|slurm.constraint",
                "gpu:h200|gpu:8|slurm.gres",
                "cuda/12.8|../../x y|modules[0]",
                "/opt/nccl/lib|lib|libraryDirectories[0]",
                "/opt/jdk-17/bin/java|java|java",
                "NCCL_IB_HCA|NCCL-IB|environment.NCCL-IB",
                "NCCL_IB_HCA|LD_PRELOAD|loads code",
                "NCCL_IB_HCA|BASH_ENV|loads code",
                "NCCL_IB_HCA|JAVA_TOOL_OPTIONS|loads code",
                "NCCL_IB_HCA|ASSAY_RANK|the launcher sets these",
                "NCCL_IB_HCA|SLURM_CONF|the launcher sets these",
                "NCCL_IB_HCA|NCCL_ALGO|NCCL chooses",
                "NCCL_IB_HCA|NCCL_BUFFSIZE|NCCL chooses",
                "=mlx5_0,mlx5_1\"|a\\u0000b\"|without control characters",
                "gpu[01-04]|gpu[04-01]|backward range",
                "\"gpu[01-04]\"|[\"a\", \"a\"]|a second time",
                "\"gpu[01-04]\"|[]|0 nodes",
                "\"gpusPerNode\": 2|\"gpusPerNode\": 0|from 1 to 16",
                "\"gpusPerNode\": 2|\"gpusPerNode\": 2.5|from 1 to 16",
                "\"gpusPerNode\": 2|\"gpusPerNode\": \"two\"|or \"all\"",
                "h200-sxm|h200|did you mean \"h200-sxm\"",
                "h200-sxm|reference|on the device \"cuda\"",
                "\"launcher\": \"slurm\"|\"launcher\": \"pbs\"|local, slurm",
                "\"launcher\": \"slurm\"|\"launcher\": null|null",
                "\"launcher\": \"slurm\"|\"launcher\": \"local\"|the local launcher",
                "\"count\": 2|\"count\": 0|sharedHost",
                "\"count\": 2|\"count\": -1|from 0 to 64",
                "\"gigabitsPerSecond\": 400|\"gigabitsPerSecond\": 0|more than 0",
                "\"gigabitsPerSecond\": 400|\"gigabitsPerSecond\": \"400G\"|a finite number",
                "{\"gpu\": 0}|{\"gpu\": 1}|GPU 1 a second time",
                "{\"gpu\": 0}|{\"gpu\": 2}|bindings[1].gpu",
                "{\"gpu\": 0}]|{\"gpu\": 0}, {\"gpu\": 1}]|3 bindings for 2 GPUs",
                "0-15,64-79|all|bindings[0].cpus"
            })
    void refusesWithThePlaceAndTheRule(String piece, String by, String words) {
        assertThat(refusal(piece, by)).contains("cluster file my.json, line ").contains(words);
    }

    @Test
    void slurmNeedsItsSettings() {
        String slurm = GOOD.lines()
                .filter(line -> line.contains("\"slurm\": {"))
                .findFirst()
                .orElseThrow();
        assertThat(refusal(slurm, "")).contains("\"slurm\" is mandatory");
    }

    @Test
    void readsASitesFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("my.json"), GOOD);

        assertThat(ClusterFile.read(file.toString()).name()).isEqualTo("mine");
        assertThatThrownBy(() -> ClusterFile.read(folder.toString())).isInstanceOf(InputException.class);

        Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
        assertThatThrownBy(() -> ClusterFile.read(file.toString()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void messagesNeverCarryControlCharactersOfTheFile() {
        assertThat(refusal("\"mine\"", "\"a\\u001b[31m\""))
                .doesNotContain("\u001b")
                .contains("\\u001b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"h200-sxm", "h100-sxm", "a100-sxm-80gb", "reference"})
    void gpuModelsAreConsistent(String key) {
        GpuModel model = GpuModels.get(key);

        assertThat(model.multiprocessors() * model.bf16FlopPerClockPerSm() * model.bf16AtMhz() / 1e6)
                .isCloseTo(model.bf16DenseTflops(), withPercentage(0.1));
        assertThat(model.sustainedBf16Tflops()).isLessThanOrEqualTo(model.bf16DenseTflops());
        assertThat(model.source()).isPresent();
    }

    @Test
    void anUnknownGpuModelIsNeverGuessed() {
        assertThatThrownBy(() -> GpuModels.get("h2000-sxm"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean \"h200-sxm\"?");
    }

    /** That NICs reach GPUs' memory is the rule, which the file need not say. */
    @Test
    void nicsThatDoNotReachGpusAreSaidToBe() {
        String far = GOOD.replace("\"gigabitsPerSecond\": 400", "\"gigabitsPerSecond\": 400, \"gpuDirect\": false");

        assertThat(parse(far).nics().gpuDirect()).contains(false);
        assertThat(parse(GOOD).nics().gpuDirect()).isEmpty();
        assertThat(refusal("\"gigabitsPerSecond\": 400", "\"gigabitsPerSecond\": 400, \"gpuDirect\": \"yes\""))
                .contains("gpuDirect");
    }

    @Test
    void theSchemaKnowsTheSameKeysAsTheReader() throws IOException {
        JsonNode schema = new ObjectMapper().readTree(InputText.resource("/dev/assay/cluster/cluster.schema.json"));

        assertThat(keys(schema)).containsExactlyElementsOf(ClusterFile.KEYS);
        assertThat(keys(schema.at("/properties/slurm"))).containsExactlyElementsOf(SlurmJson.KEYS);
        assertThat(keys(schema.at("/properties/nics"))).containsExactlyElementsOf(ClusterFile.NICS_KEYS);
        assertThat(keys(schema.at("/properties/bindings/items"))).containsExactlyElementsOf(BindingsJson.KEYS);
        assertThat(schema.at("/properties/gpuModel/enum"))
                .extracting(JsonNode::asText)
                .containsExactlyElementsOf(GpuModels.keys());
        assertThat(schema.at("/$defs/name/pattern").asText()).isEqualTo("^" + Allowed.NAME.pattern() + "$");
        assertThat(schema.at("/$defs/label/pattern").asText()).isEqualTo("^" + Allowed.LABEL.pattern() + "$");
        assertThat(schema.at("/$defs/path/pattern").asText()).isEqualTo("^" + Allowed.PATH.pattern() + "$");
    }

    private static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.path("properties").fieldNames().forEachRemaining(keys::add);
        keys.removeAll(List.of("$schema", "comment"));
        return keys;
    }
}
