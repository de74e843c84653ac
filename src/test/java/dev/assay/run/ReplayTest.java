package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.cluster.InputException;
import dev.assay.summary.Conclusion;
import dev.assay.summary.Manifest;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Recorded runs judged again. {@code embedded} is a run of the embedded default with 24 samples a metric and without logs; its
 * paths are rewritten to {@code /opt/assay}, its files sealed anew. {@code h200-x2} is a run on two real H200s as it came back,
 * without its secret.
 */
class ReplayTest {
    private static final Path RECORDED = Path.of("src/test/resources/runs/embedded");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"embedded, SUITE_OK", "h200-x2, PARTIAL"})
    void theSameResultsGiveTheSameVerdictsBitForBit(Path name, Decision decision) throws IOException {
        Path recorded = RECORDED.resolveSibling(name);

        Conclusion conclusion = replay(recorded, Map.of());

        assertThat(conclusion.decision()).isEqualTo(decision);
        assertThat(Replays.verdicts(folder.resolve("out"))).isEqualTo(Replays.verdicts(recorded));
        assertThat(Manifest.verify(recorded)).isEmpty();
    }

    @Test
    void aReplayWritesNothingIntoTheRecordedFolder() throws IOException {
        replay(RECORDED, Map.of());

        assertThat(Manifest.verify(RECORDED)).isEmpty();
        assertThat(folder.resolve("home")).doesNotExist();
    }

    @Test
    void otherCriteriaGiveOtherVerdicts() throws IOException {
        Path criteria = Files.writeString(
                folder.resolve("site.json"),
                "{\"gemm-bitwise-equal\": {\"limit\": {\"equal\": 2}, \"reason\": \"to see it fail\"}}");

        Conclusion conclusion = replay(RECORDED, Map.of("criteria", criteria.toString()));

        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
        assertThat(conclusion.verdicts())
                .filteredOn(verdict -> verdict.state() == State.FAIL)
                .extracting(Verdict::key)
                .containsExactly("gemm-bitwise-equal@2");
    }

    @Test
    void aSelectionOfARecordedRunIsPartial() {
        Conclusion conclusion = replay(RECORDED, Map.of("it.groups", "burn"));

        assertThat(conclusion.decision()).isEqualTo(Decision.PARTIAL);
        assertThat(conclusion.meaning()).contains("part of the suite, and no cluster");
        assertThat(conclusion.verdicts())
                .isNotEmpty()
                .allMatch(verdict -> verdict.criterion().workload().equals("burn"));
        assertThat(conclusion.notCertified())
                .contains("Families that -Dit.groups leaves out: coupled; the decision is PARTIAL at best.");
        assertThat(gate(Map.of())).isEqualTo(3);
        assertThat(gate(Map.of("partial", "ok"))).isZero();
    }

    @Test
    void whatARecordedRunDoesNotHoldCannotBeSelected() {
        assertThatThrownBy(() -> replay(RECORDED, Map.of("it.groups", "hbm")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("hbm")
                .hasMessageContaining("burn, coupled");
    }

    @Test
    void aChangedFileStopsTheReplay() throws IOException {
        Path copy = tampered();

        assertThatThrownBy(() -> replay(copy, Map.of()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("rank-1.ndjson has changed");
    }

    @Test
    void withoutManifestTheResultsOwnSealFindsTheChange() throws IOException {
        Path copy = tampered();
        Files.delete(copy.resolve(Manifest.NAME));

        Conclusion conclusion = replay(copy, Map.of());

        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
        assertThat(conclusion.warnings()).singleElement().asString().contains("no MANIFEST.sha256");
        assertThat(conclusion.verdicts())
                .filteredOn(verdict -> verdict.criterion().workload().equals("burn"))
                .allSatisfy(verdict -> {
                    assertThat(verdict.state()).isEqualTo(State.NOT_RUN);
                    assertThat(verdict.sentence()).contains("rank 1 on embedded2");
                });
    }

    /** One digit of a measurement is another. */
    private Path tampered() throws IOException {
        Path copy = folder.resolve("copy");
        try (Stream<Path> files = Files.walk(RECORDED)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(RECORDED.relativize(file).toString()));
            }
        }
        Path result = copy.resolve("experiments/burn/load-2/rank-1.ndjson");
        String text = Files.readString(result);
        int digit = text.indexOf("\"samples\":[") + "\"samples\":[0.00".length();
        char other = text.charAt(digit) == '9' ? '8' : '9';
        Files.writeString(result, text.substring(0, digit) + other + text.substring(digit + 1));
        return copy;
    }

    private int gate(Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(more);
        properties.put("it.groups", "burn");
        properties.put("assay.home", folder.resolve("home").toString());
        properties.put("assay.output", folder.resolve("out").toString());
        return GateCommand.judge(Options.from(properties::get));
    }

    private Conclusion replay(Path recorded, Map<String, String> more) {
        return Replays.replay(folder, recorded, more);
    }
}
