package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.assay.device.cuda.CudaDevice;
import dev.assay.job.SlurmProbe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input gets one screen, no stack trace, exit code 2; nothing is left behind. */
class PlanCommandTest {
    private static final String CLUSTER = """
            {"name": "site", "launcher": "slurm", "device": "cuda", "nodes": "node[001-008]", "gpusPerNode": 8,
             "gpuModel": "h200-sxm", "nics": {"count": 2, "gigabitsPerSecond": 400}, "slurm": {"partition": "gpu"}}
            """;

    @TempDir
    Path folder;

    @Test
    void brokenJsonIsShownWithItsLine() throws IOException {
        refused(cluster(CLUSTER.replace("\"site\",", "\"site\"")), "site.json", "line 1");
    }

    @Test
    void anUnknownKeyIsAnsweredWithTheValidOnes() throws IOException {
        refused(
                cluster(CLUSTER.replace("gpusPerNode", "gpusPerNod")),
                "gpusPerNod",
                "gpusPerNode",
                "launcher",
                "nics",
                "sharedHost");
    }

    @Test
    void theNicRateIsMandatory() throws IOException {
        refused(cluster(CLUSTER.replace(", \"gigabitsPerSecond\": 400", "")), "gigabitsPerSecond");
    }

    @Test
    void nodeCountsMustBeThere() {
        refused(Map.of("cluster", "embedded", "nodes", "0"), "-Dnodes", "1 to 2");
        refused(Map.of("cluster", "embedded", "nodes", "99"), "-Dnodes", "1 to 2");
        refused(Map.of("cluster", "embedded", "nodes", "x"), "-Dnodes", "\"x\"");
    }

    @Test
    void theDurationMustBeSeconds() {
        refused(Map.of("cluster", "embedded", "duration", "-1"), "-Dduration", "\"-1\"");
    }

    @Test
    void theSuiteMustBeOneOfFour() {
        refused(
                Map.of("cluster", "embedded", "suite", "qick"),
                "-Dsuite",
                "\"qick\"",
                "quick, standard, full, sft",
                "did you mean \"quick\"?");
    }

    @Test
    void trainingIsPreparedAsAnyRun() {
        Screen screen = run(Map.of("cluster", "embedded", "suite", "sft"));

        assertThat(screen.code).as(screen.err).isZero();
        assertThat(screen.out)
                .contains("suite        sft; PARTIAL at best", "sft-7b-2 ", "sft-175b-2-stress", "tiny stand-in")
                .doesNotContain("Plan of training steps");
        assertThat(folder.resolve("out").resolve("current.json")).exists();
        Path run = Path.of(Current.read(folder.resolve("out")).folder());
        assertThat(run.resolve("plan.txt")).content().isEqualTo(screen.out.substring(0, screen.out.indexOf("[assay]")));
        assertThat(run.resolve("ds-configs").resolve("ds_config_7b.json"))
                .hasSameTextualContentAs(Path.of("ds-configs", "ds_config_7b.json"));
        assertThat(run.resolve("ds-configs")).isDirectoryContaining("glob:**ds_config_175b.json");
    }

    @Test
    void aPlanOfTrainingLeavesNothing() {
        Screen screen = run(Map.of("cluster", "spectrumx-h200", "nodes", "8", "suite", "sft", "plan", "true"));

        assertThat(screen.code).as(screen.err).isZero();
        assertThat(screen.out)
                .contains("Plan of training steps", "ds_config_7b.json: llama2-7b", "gpt3-175b")
                .contains("Plan for the cluster spectrumx-h200", "sft-7b-8 ", "scale efficiency against 1 node");
        assertThat(screen.out.replaceAll("\\s+", " "))
                .as("below the projection, and among what is not certified")
                .containsSubsequence(
                        "Projection with its stated error",
                        "Floors beyond this projection: - No sound cluster of this kind reaches 70b: ",
                        "2 × 400 Gb/s a node, makes it impossible by design",
                        "Plan for the cluster spectrumx-h200",
                        "Does not certify:",
                        "- No sound cluster of this kind reaches 70b: ");
        assertThat(folder.resolve("home")).doesNotExist();
    }

    @Test
    void aConfigOfTheUsersIsPlannedAlone() throws IOException {
        Path own = Files.copy(Path.of("ds-configs", "ds_config_70b.json"), folder.resolve("own.json"));

        Screen screen = run(Map.of(
                "cluster",
                "spectrumx-h200",
                "nodes",
                "1",
                "suite",
                "sft",
                "plan",
                "true",
                "ds.config",
                own.toString()));

        assertThat(screen.code).as(screen.err).isZero();
        assertThat(screen.out).contains("own.json: llama2-70b", "does not fit").doesNotContain("llama2-7b,");
    }

    @Test
    void trainingTakesNothingThatItDoesNotRead() {
        refused(
                Map.of("cluster", "spectrumx-h200", "suite", "sft", "plan", "true", "it.groups", "sft", "run", "x"),
                "-Dit.groups, -Drun",
                "-Dds.config");
        refused(Map.of("cluster", "spectrumx-h200", "ds.config", "my.json"), "-Dds.config", "-Dsuite=sft -Dds.config");
    }

    @Test
    void trainingWithoutConfigsSaysWhereTheyWereSought() {
        refused(
                Map.of(
                        "cluster",
                        "spectrumx-h200",
                        "suite",
                        "sft",
                        "plan",
                        "true",
                        "assay.ds.configs",
                        folder.resolve("none").toString()),
                "no .json file in",
                "none",
                "-Dds.config=FILE");
    }

    @Test
    void familiesMustBeWorkloads() {
        refused(
                Map.of("cluster", "embedded", "it.groups", "burn|copled"),
                "-Dit.groups",
                "\"copled\"",
                "hbm, ",
                "did you mean \"coupled\"?");
        refused(Map.of("cluster", "embedded", "it.groups", "!burn"), "-Dit.groups", "\"!burn\"", "joined by a comma");
        refused(
                Map.of("cluster", "embedded", "it.groups", "coupled", "suite", "quick"),
                "-Dsuite=quick",
                "leaves out",
                "-Dsuite=standard");
    }

    @Test
    void aSelectionIsPrinted() {
        Screen screen = run(Map.of("cluster", "embedded", "plan", "true", "it.groups", "burn, hbm", "suite", "full"));

        assertThat(screen.out)
                .contains("suite        full, only burn, hbm; PARTIAL at best")
                .contains("Families that -Dit.groups leaves out: ")
                .doesNotContain("  coupled  ");
    }

    @Test
    void cudaWithoutDriverSaysWhatWasSearched() {
        assumeThat(CudaDevice.driverLoads()).isFalse();

        refused(Map.of("cluster", "workstation"), "libcuda.so.1");
    }

    @Test
    void aFloorAboveTheCeilingCannotStand() throws IOException {
        refused(
                criteria("{\"gpu-utilisation\": {\"limit\": {\"atLeast\": 101}, \"reason\": \"x\"}}"),
                "ceiling",
                "101");
    }

    @Test
    void unitsMustMatch() throws IOException {
        refused(criteria("{\"sustained-tflops\": {\"unit\": \"%\", \"reason\": \"x\"}}"), "sustained-tflops", "unit");
    }

    @Test
    void zeroIterationsAreNoMeasurement() {
        refused(Map.of("cluster", "embedded", "duration", "0"), "-Dduration", "0.0 s", "seconds from 1");
        refused(Map.of("cluster", "spectrumx-h200", "duration", "0"), "-Dduration", "0.0 s", "seconds from 5");
    }

    @Test
    void anUnknownPrecisionIsAnsweredWithThoseThereAre() throws IOException {
        refused(
                gemmOn("h100-sxm", "fp8-e4m4"),
                "criteria[0].conditions.dtype",
                "\"fp8-e4m4\" as dtype of gemm.tflops",
                "bf16, fp16, tf32",
                "did you mean \"fp8-e4m3\"?");
    }

    @Test
    void aPrecisionThatTheGpuLacksIsNotPlanned() throws IOException {
        refused(
                gemmOn("a100-sxm-80gb", "fp8-e4m3"),
                "criterion gemm-rate (dtype)",
                "fp8-e4m3, which NVIDIA A100-SXM4-80GB does not have",
                "bf16, fp16, tf32, fp32, fp64, int8");
    }

    @Test
    void aGpuIsNotAskedForPrecisionsThatItLacks() throws IOException {
        Map<String, String> properties = new HashMap<>(gemmOn("a100-sxm-80gb", "bf16"));
        properties.put("plan", "true");

        Screen screen = run(properties);

        assertThat(screen.code).as(screen.err).isZero();
        assertThat(screen.out)
                .contains("(bf16, fp16, tf32, fp32, fp64, int8) by bursts and 1 sustained")
                .contains("GEMMs in fp8-e4m3, fp8-e5m2: NVIDIA A100-SXM4-80GB has no such precision");
    }

    @Test
    void aCriterionThatNothingMeasuresIsNotPlanned() throws IOException {
        refused(
                gemmOn("h100-sxm", "bf16", "8191x8191x8191"),
                "criterion gemm-rate",
                "shape=8191x8191x8191",
                "native/README.md");
    }

    @Test
    void anOverrideNeedsItsReason() throws IOException {
        refused(criteria("{\"sustained-tflops\": {\"limit\": {\"atLeast\": 600}}}"), "reason");
    }

    @Test
    void anUnknownClusterListsTheBuiltInOnes() {
        refused(Map.of("cluster", "spectrum"), "spectrum", "embedded", "workstation", "spectrumx-h200");
    }

    @Test
    void nonsenseIsNoRunFolder() {
        refused(Map.of("run", "nonsense"), "-Drun=nonsense", "run.json");
    }

    @Test
    void aForgottenClusterStopsWhereSomethingBetterIsHere() {
        assumeThat(CudaDevice.driverLoads() || SlurmProbe.controllerAnswers().isPresent())
                .isTrue();

        refused(Map.of(), "-Dcluster=");
    }

    @Test
    void aPlanAloneLeavesNothing() {
        Screen screen = run(Map.of("cluster", "embedded", "plan", "true"));

        assertThat(screen.code).isZero();
        assertThat(screen.out).contains("Plan for the cluster embedded", "Does not certify");
        assertThat(folder.resolve("home")).doesNotExist();
    }

    private void refused(Map<String, String> properties, String... words) {
        Screen screen = run(properties);

        assertThat(screen.code).isEqualTo(PlanCommand.COULD_NOT_START);
        assertThat(screen.err)
                .startsWith("\nAssay cannot start: ")
                .endsWith("Nothing was submitted.\n")
                .contains(words)
                .doesNotContain("\tat ", "Exception");
        assertThat(screen.err.lines()).hasSizeLessThan(24);
        assertThat(folder.resolve("home").resolve("runs")).doesNotExist();
        assertThat(folder.resolve("out").resolve("current.json")).doesNotExist();
    }

    private Map<String, String> cluster(String json) throws IOException {
        return Map.of(
                "cluster", Files.writeString(folder.resolve("site.json"), json).toString());
    }

    private Map<String, String> criteria(String json) throws IOException {
        return Map.of(
                "cluster",
                "spectrumx-h200",
                "criteria",
                Files.writeString(folder.resolve("criteria.json"), json).toString());
    }

    private Map<String, String> gemmOn(String model, String precision) throws IOException {
        return gemmOn(model, precision, "8192x8192x8192");
    }

    private Map<String, String> gemmOn(String model, String precision, String shape) throws IOException {
        Map<String, String> both = new HashMap<>(cluster(CLUSTER.replace("h200-sxm", model)));
        both.putAll(Map.of(
                "criteria",
                Files.writeString(folder.resolve("whole.json"), """
                        {"name": "site", "gpuModels": ["%s"], "criteria": [
                          {"id": "gemm-rate", "title": "GEMM rate", "workload": "gemm", "metric": "gemm.tflops",
                           "conditions": {"dtype": "%s", "shape": "%s", "mode": "burst"}, "statistic": "median",
                           "limit": {"atLeast": 1}, "unit": "TFLOPS", "source": "a test"}]}
                        """.formatted(model, precision, shape))
                        .toString()));
        return both;
    }

    private record Screen(int code, String out, String err) {}

    private Screen run(Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(properties);
        all.put("assay.home", folder.resolve("home").toString());
        all.put("assay.output", folder.resolve("out").toString());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = PlanCommand.run(() -> Options.from(all::get), stream(out), stream(err));
        return new Screen(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
