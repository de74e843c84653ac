package dev.assay.summary;

import static dev.assay.cluster.DeviceKind.CUDA;
import static dev.assay.cluster.DeviceKind.REFERENCE;
import static dev.assay.verdict.State.FAIL;
import static dev.assay.verdict.State.NOT_APPLICABLE;
import static dev.assay.verdict.State.NOT_RUN;
import static dev.assay.verdict.State.PASS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.DeviceKind;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void file() {
        file = folder.resolve("verdict.json");
    }

    @Test
    void acceptsWhatPassedOverTheWholeInventory() {
        written(Decision.ACCEPTED, CUDA, true, false, PASS, PASS, NOT_APPLICABLE);

        assertThat(judge(false, "k0@1", "k1@1", "k2@1")).isEqualTo(Gate.OK);
        assertThat(words()).contains("ACCEPTED");
    }

    @Test
    void acceptsTheSuiteAndSaysThatItIsNoCluster() {
        written(Decision.SUITE_OK, REFERENCE, true, false, PASS, NOT_APPLICABLE);

        assertThat(judge(false, "k0@1", "k1@1")).isEqualTo(Gate.OK);
        assertThat(words()).contains("nothing about a cluster");
    }

    @Test
    void takesPartialOnlyWhereAsked() {
        written(Decision.PARTIAL, CUDA, false, false, PASS);

        assertThat(judge(true, "k0@1")).isEqualTo(Gate.OK);
        assertThat(judge(false, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("-Dpartial=ok");
    }

    @Test
    void partialMayBeClaimedWhereAcceptedWouldHold() {
        written(Decision.PARTIAL, CUDA, true, false, PASS);

        assertThat(judge(true, "k0@1")).isEqualTo(Gate.OK);
        assertThat(judge(false, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
    }

    @Test
    void rejectsWhatFailed() {
        written(Decision.REJECTED, CUDA, true, false, PASS, FAIL, NOT_RUN);

        assertThat(judge(true, "k0@1", "k1@1", "k2@1")).isEqualTo(Gate.REJECTED);
        assertThat(words()).contains("k1@1");
    }

    @ParameterizedTest
    @EnumSource(names = {"INCONCLUSIVE", "INVALID", "NOT_RUN"})
    void doesNotAcceptWhatIsNotProven(State state) {
        written(Decision.INCONCLUSIVE, CUDA, true, false, PASS, state);

        assertThat(judge(true, "k0@1", "k1@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains(Words.state(state) + " k1@1");
    }

    @ParameterizedTest
    @EnumSource(names = {"FAIL", "INCONCLUSIVE", "INVALID", "NOT_RUN"})
    void doesNotAcceptABrokenSuite(State state) {
        written(Decision.SUITE_BROKEN, REFERENCE, true, false, PASS, state);

        assertThat(judge(true, "k0@1", "k1@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("SUITE BROKEN");
    }

    @Test
    void refusesAMissingFile() {
        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("no such file").contains("mvn verify");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{}", "no json", "{\"schema\":1}", "{\"schema\":2}", "\u0000"})
    void refusesWhatIsNoVerdict(String text) throws IOException {
        Files.writeString(file, text);

        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("NOT ACCEPTED");
    }

    @Test
    void refusesAFileCutAnywhere() throws IOException {
        written(Decision.ACCEPTED, CUDA, true, false, PASS);
        byte[] whole = Files.readAllBytes(file);

        for (int length = 0; length < whole.length - 1; length += 7) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));

            assertThat(judge(true, "k0@1")).as("cut at " + length).isEqualTo(Gate.NOT_ACCEPTED);
        }
    }

    @Test
    void refusesAFolderInTheFilesPlace() throws IOException {
        Files.createDirectory(file);

        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
    }

    @Test
    void refusesAnotherRun() {
        written(Decision.ACCEPTED, CUDA, true, false, PASS);

        int code = Gate.judge(file, "run-2", List.of("k0@1"), true, out());

        assertThat(code).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("run-1").contains("run-2");
    }

    @Test
    void refusesAMissingCriterion() {
        written(Decision.ACCEPTED, CUDA, true, false, PASS);

        assertThat(judge(true, "k0@1", "k1@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("without verdict: k1@1");
    }

    @Test
    void refusesAnUnplannedCriterion() {
        written(Decision.ACCEPTED, CUDA, true, false, PASS, PASS);

        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("not planned: k1@1");
    }

    @Test
    void refusesADoubledCriterion() throws IOException {
        written(Decision.ACCEPTED, CUDA, true, false, PASS, PASS);
        replace("\"k1@1\"", "\"k0@1\"");

        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("more than once: k0@1");
    }

    @Test
    void refusesAnEmptyPlan() {
        written(Decision.ACCEPTED, CUDA, true, false);

        assertThat(judge(true)).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("no criterion");
    }

    @Test
    void refusesUnknownWords() throws IOException {
        written(Decision.ACCEPTED, CUDA, true, false, PASS);
        replace("\"ACCEPTED\"", "\"GRANTED\"");

        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("unknown decision \"GRANTED\"");

        replace("\"GRANTED\"", "\"ACCEPTED\"");
        replace("\"PASS\"", "\"FINE\"");

        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("unknown state \"FINE\"");
    }

    @ParameterizedTest
    @EnumSource(names = {"FAIL", "INCONCLUSIVE", "INVALID", "NOT_RUN"})
    void refusesADecisionBetterThanItsStates(State state) {
        written(Decision.ACCEPTED, CUDA, true, false, PASS, state);

        assertThat(judge(true, "k0@1", "k1@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("its decision is ACCEPTED");
    }

    @Test
    void moreDoubtThanTheStatesIsTheJudgesRightButNoFailureBecomesDoubt() {
        written(Decision.INCONCLUSIVE, CUDA, true, false, PASS, NOT_APPLICABLE);
        assertThat(judge(true, "k0@1", "k1@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).startsWith("assay gate: INCONCLUSIVE");

        written(Decision.INCONCLUSIVE, CUDA, true, false, FAIL);
        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("its verdicts imply REJECTED");

        written(Decision.REJECTED, CUDA, true, false, PASS);
        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("its verdicts imply ACCEPTED");
    }

    @Test
    void refusesAcceptedOfLessThanTheContract() {
        written(Decision.ACCEPTED, CUDA, false, false, PASS);
        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);

        written(Decision.ACCEPTED, CUDA, true, true, PASS);
        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);

        written(Decision.ACCEPTED, REFERENCE, true, false, PASS);
        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);

        written(Decision.SUITE_OK, CUDA, true, false, PASS);
        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
    }

    @Test
    void takesASelectionAsPartialAtBest() throws IOException {
        for (DeviceKind device : DeviceKind.values()) {
            written(device == CUDA ? Decision.ACCEPTED : Decision.SUITE_OK, device, true, false, PASS);
            assertThat(judge(false, "k0@1")).isEqualTo(Gate.OK);
            replace("\"wholeInventory\"", "\"wholeSuite\" : false, \"wholeInventory\"");
            assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
            assertThat(words()).contains("its verdicts imply PARTIAL");

            written(Decision.PARTIAL, device, true, false, PASS);
            replace("\"wholeInventory\"", "\"wholeSuite\" : false, \"wholeInventory\"");
            assertThat(judge(false, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
            assertThat(judge(true, "k0@1")).isEqualTo(Gate.OK);
        }
    }

    @Test
    void refusesAcceptedWhereNothingWasJudged() {
        written(Decision.ACCEPTED, CUDA, true, false, NOT_APPLICABLE);

        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
    }

    @Test
    void refusesAPassWithoutValueOrCoverage() throws IOException {
        written(Decision.ACCEPTED, CUDA, true, false, PASS);
        replace("\"value\" : 2.0,", "");
        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);

        written(Decision.ACCEPTED, CUDA, true, false, PASS);
        replace("\"measured\" : 1", "\"measured\" : 0");
        assertThat(judge(true, "k0@1")).isEqualTo(Gate.NOT_ACCEPTED);
        assertThat(words()).contains("PASS without a value or without whole coverage: k0@1");
    }

    private void written(Decision decision, DeviceKind device, boolean whole, boolean shared, State... states) {
        VerdictJson.write(file, Samples.withStates(decision, device, whole, shared, states));
    }

    private void replace(String from, String to) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }

    private int judge(boolean partialOk, String... planned) {
        return Gate.judge(file, "run-1", List.of(planned), partialOk, out());
    }

    private PrintStream out() {
        said.reset();
        return new PrintStream(said, true, StandardCharsets.UTF_8);
    }

    private String words() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
