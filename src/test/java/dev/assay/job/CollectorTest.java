package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.Cluster;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.RankTrouble;
import dev.assay.measurement.ResultWriter;
import dev.assay.plan.Experiment;
import dev.assay.plan.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorTest {
    @TempDir
    Path root;

    private final FakeSlurm clock = new FakeSlurm();
    private final Cluster cluster = Samples.local(2, 2);
    private final Experiment experiment = Samples.experiment(cluster, "one");
    private final Spec spec = Samples.specs(experiment, 60).get(0);
    private RunFolder folder = new RunFolder(Path.of("/unset"), Samples.RUN);

    static String marker(int rank, int code, String signal, long endNanos) {
        return String.format(
                "{\"rank\":%d,\"code\":%d,\"signal\":\"%s\",\"hung\":%b,\"host\":\"h1\",\"endNanos\":%d}\n",
                rank, code, signal, code == 124, endNanos);
    }

    @BeforeEach
    void openRun() throws IOException {
        folder = new RunFolder(root, Samples.RUN);
        Files.createDirectories(folder.launch("burn", "one"));
        for (int rank = 0; rank < 4; rank++) {
            good(rank);
        }
    }

    private void good(int rank) {
        Samples.seal(folder.result("burn", "one", rank), spec, Samples.RUN, rank);
        mark(rank, 0, "", 100);
    }

    private void mark(int rank, int code, String signal, long endNanos) {
        RunFiles.write(folder.exitMarker("burn", "one", rank), marker(rank, code, signal, endNanos));
    }

    private void failed(int rank, int code, String signal, long endNanos) throws IOException {
        Files.deleteIfExists(folder.result("burn", "one", rank));
        mark(rank, code, signal, endNanos);
    }

    private LaunchResult collect() {
        return new Collector(folder, clock)
                .collect(experiment.launches().get(0), spec, Duration.ofSeconds(90), Optional.empty());
    }

    private String what(int rank) {
        return collect().troubles().stream()
                .filter(trouble -> trouble.rank() == rank)
                .map(RankTrouble::what)
                .findFirst()
                .orElse("no trouble");
    }

    private Optional<Integer> culprit() {
        return collect().troubles().stream()
                .filter(RankTrouble::culprit)
                .map(RankTrouble::rank)
                .findFirst();
    }

    @Test
    void takesWholeResultsInRankOrder() {
        LaunchResult result = collect();

        assertThat(result.whole()).isTrue();
        assertThat(result.ranks()).extracting(rank -> rank.header().rank()).containsExactly(0, 1, 2, 3);
        assertThat(clock.nanos()).isZero();
    }

    @Test
    void namesTheFirstToFailByItself() throws IOException {
        failed(0, 143, "SIGTERM", 50);
        failed(1, 3, "", 90);
        failed(2, 137, "SIGKILL", 80);
        failed(3, 143, "SIGTERM", 70);

        assertThat(culprit()).contains(2);
        assertThat(what(2)).startsWith("killed by SIGKILL (137)").contains("on host h1");
        assertThat(what(1)).startsWith("exited with 3");
    }

    @Test
    void blamesNobodyWhereAllWereEndedFromOutside() throws IOException {
        for (int rank = 0; rank < 4; rank++) {
            failed(rank, 143, "SIGTERM", 50 + rank);
        }

        assertThat(culprit()).isEmpty();
    }

    @Test
    void blamesTheOneThatVanishedWhereTheOthersWereEnded() throws IOException {
        for (int rank = 0; rank < 4; rank++) {
            failed(rank, 143, "SIGTERM", 50 + rank);
        }
        Files.delete(folder.exitMarker("burn", "one", 2));

        assertThat(culprit()).contains(2);
        assertThat(what(2)).startsWith("did not start: no exit marker").contains("-Dassay.home=");
    }

    @Test
    void tellsARankThatStartedFromOneThatDidNot() throws IOException {
        Files.delete(folder.result("burn", "one", 1));
        Files.delete(folder.exitMarker("burn", "one", 1));
        Files.writeString(folder.log("burn", "one", 1), "hello\u001b]0;title\u0007\n");
        Files.writeString(folder.phase("burn", "one", 1), "measure\n");

        RankTrouble trouble = collect().troubles().get(0);

        assertThat(trouble.what()).contains("no exit marker in phase measure");
        assertThat(trouble.logTail()).isEqualTo("hello]0;title");
    }

    @Test
    void saysWhatHungAndWhere() throws IOException {
        failed(3, 124, "", 50);
        Files.writeString(folder.phase("burn", "one", 3), "rendezvous");

        assertThat(what(3)).startsWith("hung:").contains("in phase rendezvous");
    }

    @Test
    void refusesATruncatedResult() throws IOException {
        Path file = folder.result("burn", "one", 1);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 20));

        LaunchResult result = collect();

        assertThat(result.whole()).isFalse();
        assertThat(result.troubles()).extracting(RankTrouble::rank).containsExactly(1);
        assertThat(result.troubles().get(0).culprit()).isTrue();
        assertThat(result.troubles().get(0).what()).contains("rank-1.ndjson");
    }

    @Test
    void namesAResultThatStayedHalfWritten() throws IOException {
        Path file = folder.result("burn", "one", 1);
        Files.move(file, ResultWriter.partOf(file));

        assertThat(what(1)).startsWith("exited with 0 but left its result half-written: rank-1.ndjson.part");
    }

    @Test
    void refusesAResultOfAnotherRun() throws IOException {
        Files.delete(folder.result("burn", "one", 0));
        Samples.seal(folder.result("burn", "one", 0), spec, "another", 0);

        assertThat(what(0)).contains("another run").contains("got another");
    }

    @Test
    void doesNotBelieveAWholeResultOfARankThatFailedAfterwards() {
        mark(2, 42, "", 5);

        assertThat(what(2)).startsWith("exited with 42, after a whole result");
    }

    @Test
    void doesNotBelieveAWholeResultWithoutAnExitMarker() throws IOException {
        Files.delete(folder.exitMarker("burn", "one", 2));

        assertThat(collect().whole()).isFalse();
    }

    @Test
    void waitsForAFileThatIsNotToBeSeenYet() throws IOException {
        Files.delete(folder.result("burn", "one", 1));
        clock.at(30, () -> Samples.seal(folder.result("burn", "one", 1), spec, Samples.RUN, 1));

        assertThat(collect().whole()).isTrue();
        assertThat(Duration.ofNanos(clock.nanos())).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(32));
    }

    @Test
    void waitsNoLongerThanItWasTold() throws IOException {
        Files.delete(folder.result("burn", "one", 1));

        assertThat(what(1)).startsWith("exited with 0 but left no result file");
        assertThat(Duration.ofNanos(clock.nanos())).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void readsNoMarkerOfAnotherRankAndNoTornOne() {
        RunFiles.write(folder.exitMarker("burn", "one", 1), marker(2, 0, "", 1));
        RunFiles.write(folder.exitMarker("burn", "one", 2), "{\"rank\":2,\"code\":0");

        assertThat(collect().troubles()).extracting(RankTrouble::rank).containsExactly(1, 2);
    }
}
