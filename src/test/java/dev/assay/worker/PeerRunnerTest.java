package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Check;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.workload.Peer;
import dev.assay.workload.PeerMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerRunnerTest {
    private static final Peer PEER = new Peer(4096 + 16, 2, 3, 1024, 50);

    @TempDir
    private Path folder;

    @Test
    void everyOrderedPairOfANodeIsTimedAndCheckedWhole() throws Exception {
        Ranks ranks = Ranks.of(folder, PEER, LaunchRole.LOAD, 2, 3);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            for (PeerMethod method : PeerMethod.values()) {
                assertLinks(result, Map.of("method", method.key(), "access", "write", "direction", "one"));
                assertLinks(result, Map.of("method", method.key(), "access", "read", "direction", "one"));
                assertLinks(result, Map.of("method", method.key(), "access", "write", "direction", "both"));
            }
            assertThat(result.measurements(Metric.PEER_LATENCY, Map.of())).hasSize(2);
            assertThat(result.checks()).isNotEmpty().allMatch(check -> check.wrong() == 0);
            // Of each of two pairs: read, written one way, written both ways at once.
            assertThat(result.checks())
                    .filteredOn(check -> check.name().equals("peer.ce"))
                    .hasSize(6)
                    .allMatch(check -> check.checked() == 1028);
            assertThat(result.checks()).extracting(Check::name).contains("peer.sm", "peer.chase");
        }
    }

    @Test
    void bothEndsTellTheSameSumOfBothWays() throws Exception {
        Ranks ranks = Ranks.of(folder, PEER, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        Map<String, String> both = Map.of("direction", "both", "method", "ce");
        assertThat(ranks.result(0)
                        .measurements(Metric.PEER_BANDWIDTH, both)
                        .get(0)
                        .samples())
                .isEqualTo(ranks.result(1)
                        .measurements(Metric.PEER_BANDWIDTH, both)
                        .get(0)
                        .samples());
    }

    @Test
    void aCopyThatLosesBytesIsFound() throws Exception {
        Ranks ranks = Ranks.of(folder, PEER, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run((spec, environment) -> new LossyDevice(environment)))
                .containsOnly(Worker.DONE);

        assertThat(ranks.results())
                .allSatisfy(result -> assertThat(result.checks())
                        .filteredOn(check ->
                                check.name().equals("peer.ce") || check.name().equals("peer.sm"))
                        .hasSize(6)
                        .allMatch(check -> check.wrong() > 0));
    }

    private static void assertLinks(RankResult result, Map<String, String> conditions) {
        List<Measurement> found = result.measurements(Metric.PEER_BANDWIDTH, conditions);
        String self = "GPU " + result.header().localRank();
        assertThat(found)
                .extracting(
                        measurement -> String.valueOf(measurement.conditions().get("to")))
                .hasSize(2)
                .doesNotHaveDuplicates()
                .doesNotContain(self);
        assertThat(found)
                .allSatisfy(measurement ->
                        assertThat(measurement.samples()).hasSize(3).allMatch(rate -> rate > 0));
        assertThat(found).allMatch(measurement -> measurement.conditions().containsKey("via"));
    }
}
