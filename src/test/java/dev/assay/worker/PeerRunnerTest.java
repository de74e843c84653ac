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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            // Of each of two pairs: by either method, one way and both ways at once.
            assertThat(result.checks())
                    .filteredOn(check -> check.name().equals("peer.written"))
                    .hasSize(8)
                    .allMatch(check -> check.checked() == 1028);
            // By either method, and the chase.
            assertThat(result.checks())
                    .filteredOn(check -> check.name().equals("peer.read"))
                    .hasSize(6);
            assertThat(result.checks()).extracting(Check::name).containsOnly("peer.read", "peer.written");
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

        assertThat(ranks.run((spec, environment) -> LossyDevice.losing(environment)))
                .containsOnly(Worker.DONE);

        assertThat(ranks.results())
                .allSatisfy(result -> assertThat(result.checks())
                        .filteredOn(check -> check.checked() > 1)
                        .hasSize(6)
                        .allMatch(check -> check.wrong() > 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aPairOfWhichOneEndIsClosedIsServedThroughTheHostAndSaidSo(int closed) throws Exception {
        Ranks ranks = Ranks.of(folder, PEER, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run((spec, environment) -> environment.rank() == closed
                        ? LossyDevice.closed(environment, 0)
                        : Ranks.reference().open(spec, environment)))
                .containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            assertThat(result.measurements(Metric.PEER_BANDWIDTH, Map.of("method", "ce", "via", "host")))
                    .hasSize(3)
                    .allMatch(measurement ->
                            String.valueOf(measurement.conditions().get("p2p")).contains("; "));
            assertThat(result.measurements(Metric.PEER_BANDWIDTH, Map.of("method", "sm")))
                    .as("SMs reach memory directly or not at all")
                    .isEmpty();
            assertThat(result.measurements(Metric.PEER_LATENCY, Map.of())).isEmpty();
            assertThat(result.checks()).hasSize(3).allMatch(check -> check.wrong() == 0);
            assertThat(result.checks()).extracting(Check::name).containsOnly("peer.read", "peer.written");
        }
        assertThat(ranks.result(closed)
                        .measurements(Metric.PEER_BANDWIDTH, Map.of())
                        .get(0)
                        .conditions())
                .extractingByKey("p2p")
                .asString()
                .endsWith(LossyDevice.REFUSAL);
    }

    @Test
    void aCopyThroughTheHostThatLosesBytesIsFound() throws Exception {
        Ranks ranks = Ranks.of(folder, PEER, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run((spec, environment) -> LossyDevice.closed(environment, LossyDevice.LOST)))
                .containsOnly(Worker.DONE);

        assertThat(ranks.results())
                .allSatisfy(result -> assertThat(result.checks()).hasSize(3).allMatch(check -> check.wrong() > 0));
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
