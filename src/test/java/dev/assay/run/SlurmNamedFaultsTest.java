package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.summary.Conclusion;
import dev.assay.summary.Manifest;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults of a rank, of the way between two nodes and of a GPU on a real Slurm of four nodes: the verdict names the culprit and
 * how bad it is, a replay says the same bit for bit, and where nothing is wrong nobody is named.
 */
@Tag("slurm-box")
class SlurmNamedFaultsTest {
    /** 16 KiB in 80 ms are 0.20 MB/s; what takes 114 ms reaches 0.14 MB/s. */
    private static final String SITE = """
            {"pair-coverage": {"limit": {"atLeast": 0.00017}, "reason": "a fabric of known speed, for this test"}}
            """;

    @TempDir
    static Path folder;

    private static SlurmBox box;

    @BeforeAll
    static void startsSlurm() {
        box = SlurmBox.start(folder.resolve("box"), 4);
    }

    @AfterAll
    static void stopsSlurm() {
        box.close();
    }

    @Test
    void aRankThatIsThirtyPercentSlowIsAccused() throws IOException {
        Run run = prepare("rank", Map.of("FAULT", "late", "FAULT_SLOW", "n3"), SITE);

        Conclusion conclusion = judgeAll(run);

        Verdict verdict = WholeRun.verdict(conclusion, "pair-coverage@4");
        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.FAIL);
        assertThat(accused(verdict))
                .singleElement()
                .asString()
                .contains("n3 GPU 0", "node n3")
                .doesNotContain("n1", "n2", "n4");
        assertThat(percent(accused(verdict).get(0))).isBetween(20.0, 35.0);
        assertThat(verdict.sentence()).contains("accused: cannot tell apart: {n3 GPU 0, node n3}");
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
        assertLeavesEvidence(run, conclusion);
    }

    @Test
    void aPairThatIsThirtyPercentSlowIsAccusedAndNotItsEnds() throws IOException {
        Run run = prepare("pair", Map.of("FAULT", "late", "FAULT_SLOW", "n2,n4"), SITE);

        Conclusion conclusion = judgeAll(run);

        Verdict verdict = WholeRun.verdict(conclusion, "pair-coverage@4");
        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.FAIL);
        assertThat(accused(verdict)).singleElement().asString().startsWith("accused: the network between n2 and n4: ");
        assertThat(percent(accused(verdict).get(0))).isBetween(20.0, 35.0);
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
        assertLeavesEvidence(run, conclusion);
    }

    @Test
    void aGpuThatIsMissingIsNamedAndNothingIsAccepted() throws IOException {
        Run run = prepare("gone", Map.of("FAULT", "gone", "FAULT_GONE", "n3"), "{}");

        Conclusion conclusion = judgeAll(run);

        assertThat(conclusion.verdicts()).isNotEmpty().allSatisfy(verdict -> {
            assertThat(verdict.state()).isEqualTo(State.NOT_RUN);
            assertThat(verdict.sentence())
                    .contains(
                            "rank 2 on n3 exited with 70 in phase device",
                            "opening GPU 0: the driver shows this process 0 GPUs");
        });
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
        assertThat(box.liveJobs()).isEmpty();
    }

    @Test
    void aCleanRunNamesNobody() throws IOException {
        Run run = prepare("clean", Map.of(), "{}");

        Conclusion conclusion = judgeAll(run);

        assertThat(conclusion.decision()).isEqualTo(Decision.PARTIAL);
        assertThat(conclusion.verdicts()).isNotEmpty().allSatisfy(verdict -> {
            assertThat(verdict.state()).isIn(State.PASS, State.NOT_APPLICABLE);
            assertThat(accused(verdict)).isEmpty();
        });
    }

    private static void assertLeavesEvidence(Run run, Conclusion conclusion) throws IOException {
        assertThat(box.liveJobs()).isEmpty();
        assertThat(Manifest.verify(run.folder().root())).isEmpty();
        assertThat(Files.readString(run.folder().manifest()))
                .contains(
                        "experiments/node-pair-sifting/experiment.json",
                        "experiments/node-pair-judging/experiment.json");
        Map<String, String> properties = Map.of(
                "run", run.folder().root().toString(),
                "assay.home", folder.resolve("replay").toString(),
                "assay.output",
                        Files.createDirectories(folder.resolve("out-replay")).toString());
        Options options = Options.from(properties::get);
        Preparation.prepare(options, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));

        assertThat(judgeAll(Run.open(options, true)).verdicts()).isEqualTo(conclusion.verdicts());
    }

    private static List<String> accused(Verdict verdict) {
        return verdict.details().stream()
                .filter(line -> line.startsWith("accused: "))
                .toList();
    }

    private static double percent(String line) {
        return Double.parseDouble(line.replaceFirst(" % slower.*", "").replaceFirst(".* ", ""));
    }

    private static Conclusion judgeAll(Run run) {
        run.plan().rows().forEach(run::verdict);
        Conclusion conclusion = Conclusions.conclude(run, "not judged");
        Stream.concat(
                        Stream.of(conclusion.decision().words()),
                        conclusion.verdicts().stream()
                                .flatMap(verdict ->
                                        Stream.concat(Stream.of(verdict.sentence()), verdict.details().stream())))
                .forEach(line -> System.out.println("  " + line));
        return conclusion;
    }

    /** A run of the pairs of nodes only. */
    private static Run prepare(String name, Map<String, String> fault, String criteria) throws IOException {
        Path site = Files.writeString(folder.resolve(name + "-criteria.json"), criteria);
        return WholeRun.prepare(
                box, folder, name, fault, Map.of("nodes", "4", "it.groups", "node-pair", "criteria", site.toString()));
    }
}
