package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Sha256;
import dev.assay.summary.Conclusion;
import dev.assay.summary.Manifest;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recorded runs of training judged again. {@code embedded-sft} is a run of the embedded default, trimmed by {@code keep} to what
 * judging reads; {@code h200-sft} four layers of 7B on one H200. Others are put beside them by the same script and get a line here.
 */
class SftReplayTest {
    private static final Path RUNS = Path.of("src/test/resources/runs");
    private static final Path RECORDED = RUNS.resolve("embedded-sft");
    private static final String TRAINED = "sft-70b-2-stress";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"embedded-sft, PARTIAL", "h200-sft, INCONCLUSIVE"})
    void theSameResultsGiveTheSameVerdictsBitForBit(String name, Decision decision) throws IOException {
        Path recorded = RUNS.resolve(name);

        Conclusion conclusion = replay(recorded, Map.of());

        assertThat(conclusion.decision()).isEqualTo(decision);
        assertThat(Replays.verdicts(folder.resolve("out"))).isEqualTo(Replays.verdicts(recorded));
        assertThat(Manifest.verify(recorded)).as("nothing was written there").isEmpty();
    }

    @Test
    void thePageShowsWhatWasPredictedBesideWhatCame() throws IOException {
        replay(RECORDED, Map.of());

        String page = Files.readString(folder.resolve("out/summary.html"));
        String csv = forecasts();
        assertThat(page).contains("Training steps: prediction and result", "sft-7b-2");
        assertThat(csv.lines())
                .as("a head, and the step and the tokens of eight")
                .hasSize(1 + 2 * 8);
        assertThat(csv.lines().skip(1))
                .allMatch(line -> line.matches(".*,[0-9.E-]+,[0-9.E-]+,\"(yes|no)\""), "a result, its ratio, a word");
    }

    /** Patterns of training are made into each config's own criteria anew, the overridden one among them. */
    @Test
    void otherCriteriaGiveOtherVerdicts() throws IOException {
        Path criteria = Files.writeString(
                folder.resolve("site.json"),
                "{\"sft-equal\": {\"limit\": {\"equal\": 2}, \"reason\": \"to see it fail\"}}");

        Conclusion conclusion = replay(RECORDED, Map.of("criteria", criteria.toString()));

        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
        assertThat(conclusion.verdicts())
                .filteredOn(verdict -> verdict.state() == State.FAIL)
                .hasSize(8)
                .allMatch(verdict -> verdict.key().matches("sft-(7b|13b|70b|175b)(-stress)?-equal@2"))
                .allMatch(verdict -> verdict.criterion().siteLimit().isPresent());
    }

    /** The suite's own criteria file, named as a site's with nothing of its own: the same rows, the same verdicts. */
    @Test
    void theSameCriteriaGiveTheSameVerdicts() throws IOException {
        Path criteria = Files.writeString(folder.resolve("site.json"), "{}");

        Conclusion conclusion = replay(RECORDED, Map.of("criteria", criteria.toString()));

        assertThat(conclusion.decision()).isEqualTo(Decision.PARTIAL);
        assertThat(Replays.verdicts(folder.resolve("out"))).isEqualTo(Replays.verdicts(RECORDED));
    }

    /** What is signed stays training's, whatever was selected. */
    @Test
    void aSelectionTakesNoOtherSuitesSentences() throws IOException {
        Conclusion whole = replay(RECORDED, Map.of());

        Conclusion selected = replay(RECORDED, Map.of("it.groups", "sft"));

        assertThat(selected.plan().certifies())
                .isEqualTo(whole.plan().certifies())
                .singleElement()
                .asString()
                .startsWith("The training path, from a DeepSpeed config to a verdict");
        assertThat(selected.notCertified()).isEqualTo(whole.notCertified());
        assertThat(Replays.verdicts(folder.resolve("out"))).isEqualTo(Replays.verdicts(RECORDED));
    }

    /** A rank that compared what travels only once has not shown that it came right to the end. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"sft.traffic.gradients\".*after the measured",
                "\"sft.traffic.weights\".*before the first",
                "\"sft.norm\""
            })
    void aCheckThatOneRankLeftOutIsNoPass(String line) throws IOException {
        Path copy = copy();
        Path result = copy.resolve("experiments/" + TRAINED + "/scaled-2-r0/rank-1.ndjson");
        List<String> kept = Files.readAllLines(result).stream()
                .filter(each -> !each.startsWith("{\"type\":\"end\"")
                        && !(each.startsWith("{\"type\":\"check\"") && each.matches(".*" + line + ".*")))
                .toList();
        String text = String.join("\n", kept) + "\n";
        Files.writeString(
                result,
                text + "{\"type\":\"end\",\"lines\":" + kept.size() + ",\"sha256\":\"" + Sha256.ofText(text) + "\"}\n");

        Conclusion conclusion = replay(copy, Map.of());

        nothingPasses(conclusion);
        assertThat(conclusion.verdicts())
                .filteredOn(verdict -> verdict.key().equals("sft-70b-stress-equal@2"))
                .singleElement()
                .satisfies(verdict -> assertThat(verdict.sentence()).contains("the result was not checked"));
    }

    /** What is stricter since that run was recorded holds on the one H200 that trained, and what it measured is shown. */
    @Test
    void theRecordedH200MeetsTodaysCriteria() throws IOException {
        Path criteria = Files.writeString(folder.resolve("site.json"), "{}");

        Conclusion conclusion = replay(RUNS.resolve("h200-sft"), Map.of("criteria", criteria.toString()));

        assertThat(verdict(conclusion, "sft-shares-utilisation@1").state()).isEqualTo(State.PASS);
        assertThat(verdict(conclusion, "sft-shares-utilisation@1").criterion().requires())
                .contains("sft-shares-power", "sft-shares-warmth", "sft-shares-utilisation-seconds-gathering");
        assertThat(verdict(conclusion, "sft-shares-load-proof@1").sentence())
                .contains("0.948", "between 0.84 and 0.99");
        assertThat(verdict(conclusion, "sft-shares-power@1").sentence()).contains("626.4 W");
        assertThat(verdict(conclusion, "sft-shares-warmth@1").state()).isEqualTo(State.PASS);
        assertThat(verdict(conclusion, "sft-shares-tensor@1").sentence()).contains("79.9 %", "shown, not judged");
        assertThat(verdict(conclusion, "sft-shares-dram@1").sentence()).contains("24.0 %", "shown, not judged");
    }

    private static Verdict verdict(Conclusion conclusion, String key) {
        return WholeRun.verdict(conclusion, key);
    }

    @Test
    void aChangedRankIsNoPass() throws IOException {
        Path copy = copy();
        Path result = copy.resolve("experiments/" + TRAINED + "/scaled-2-r0/rank-1.ndjson");
        String text = Files.readString(result);
        int digit = text.indexOf("\"samples\":[") + "\"samples\":[".length();
        char other = text.charAt(digit) == '9' ? '8' : '9';
        Files.writeString(result, text.substring(0, digit) + other + text.substring(digit + 1));

        nothingPasses(replay(copy, Map.of()));
    }

    @Test
    void aMissingRankIsNoPass() throws IOException {
        Path copy = copy();
        Files.delete(copy.resolve("experiments/" + TRAINED + "/scaled-2-r0/rank-0.ndjson"));

        nothingPasses(replay(copy, Map.of()));
        assertThat(forecasts().lines())
                .filteredOn(line -> line.contains(TRAINED))
                .hasSize(2)
                .allMatch(line -> line.endsWith(",,,\"not measured\""));
    }

    @Test
    void anExperimentThatIsGoneIsNoPass() throws IOException {
        Path copy = copy();
        Files.delete(copy.resolve("experiments/" + TRAINED + "/outcome.json"));

        nothingPasses(replay(copy, Map.of()));
    }

    private static void nothingPasses(Conclusion conclusion) {
        List<Verdict> those = conclusion.verdicts().stream()
                .filter(verdict -> verdict.key().startsWith("sft-70b-stress-"))
                .filter(verdict -> verdict.criterion().judged())
                .toList();
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
        assertThat(those).isNotEmpty().noneMatch(verdict -> verdict.state() == State.PASS);
        assertThat(conclusion.verdicts())
                .filteredOn(verdict -> verdict.key().startsWith("sft-7b-"))
                .filteredOn(verdict -> verdict.criterion().judged())
                .as("the others stand")
                .allMatch(verdict -> verdict.state() == State.PASS);
    }

    /** Without a manifest, so that the results' own seals have to find it. */
    private Path copy() throws IOException {
        Path copy = folder.resolve("copy");
        try (Stream<Path> files = Files.walk(RECORDED)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(RECORDED.relativize(file).toString()));
            }
        }
        Files.delete(copy.resolve(Manifest.NAME));
        return copy;
    }

    private String forecasts() throws IOException {
        try (Stream<Path> charts = Files.list(folder.resolve("out/charts"))) {
            Path csv = charts.filter(file -> file.toString().endsWith("prediction-and-result.csv"))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(csv);
        }
    }

    private Conclusion replay(Path recorded, Map<String, String> more) {
        return Replays.replay(folder, recorded, more);
    }
}
