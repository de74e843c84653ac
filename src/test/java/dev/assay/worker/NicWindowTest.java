package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.workload.Burn;
import dev.assay.workload.Coupled;
import dev.assay.workload.Gemm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole launches of the reference device, whose ring goes over this host's loopback, beside the loopback's own counters. */
class NicWindowTest {
    private static final Coupled COUPLED = new Coupled(new Gemm(32, 24, 40), 3, 1, 1 << 18);

    /** Others' traffic over the loopback, other tests' too, only adds; in one of so many windows there is little of it. */
    private static final int ATTEMPTS = 100;

    @TempDir
    Path folder;

    @Test
    void theLoopbackCountsWhatTheRingIsPredictedToSend() throws Exception {
        double least = Double.POSITIVE_INFINITY;
        for (int attempt = 0; least > 1.1 && attempt < ATTEMPTS; attempt++) {
            List<RankResult> results = run("attempt-" + attempt, LaunchRole.SCALED, 2, 2);
            RankResult first = results.get(0);
            int steps =
                    first.measurement(Metric.STEP_TIME).orElseThrow().samples().size();
            double predicted = predicted(first, "ring");
            assertThat(predicted).isEqualTo(steps * COUPLED.bytesPerStep() * 1.5);
            assertThat(predicted(first, "tree")).isEqualTo(1.0 * steps * COUPLED.bytesPerStep());

            // Over the loopback go the parts of all four ranks, not only those that leave a node.
            double ratio = bytes(first, Metric.NIC_BYTES_SENT) / (4 * predicted);
            assertThat(ratio).isGreaterThan(1);
            least = Math.min(least, ratio);
        }

        assertThat(least).isCloseTo(1, within(0.1));
    }

    @Test
    void theFirstRankOfEveryNodeTellsAndNoOther() throws Exception {
        List<RankResult> results = run("scaled", LaunchRole.SCALED, 2, 2);

        for (RankResult result : results) {
            boolean first = result.header().localRank() == 0;
            assertThat(result.measurement(Metric.NIC_COUNT).isPresent()).isEqualTo(first);
            assertThat(result.measurements().stream()
                            .anyMatch(each -> each.metric().ofNics()))
                    .isEqualTo(first);
        }
        Measurement count = results.get(2).measurement(Metric.NIC_COUNT).orElseThrow();
        assertThat(count.samples()).containsExactly(1.0);
        assertThat(count.conditions())
                .containsEntry("kind", "interface")
                .containsEntry("none", "all nodes are this host");
        double window = sum(results.get(2), Metric.NIC_WINDOW);
        assertThat(window).isGreaterThan(sum(results.get(2), Metric.STEP_TIME));
    }

    @Test
    void nodesByThemselvesPredictNothing() throws Exception {
        List<RankResult> results = run("baseline", LaunchRole.BASELINE, 2, 1);

        assertThat(results.get(1).measurement(Metric.NIC_COUNT)).isPresent();
        assertThat(results.get(1).measurement(Metric.NIC_BYTES_PREDICTED)).isEmpty();
    }

    @Test
    void oneNodeHasNoWindow() throws Exception {
        List<RankResult> results = run("alone", LaunchRole.SCALED, 1, 2);

        assertThat(results)
                .allMatch(result -> result.measurements().stream()
                        .noneMatch(each -> each.metric().ofNics()));
    }

    @Test
    void aLoadThatSendsNothingIsWatchedToo() throws Exception {
        Ranks ranks = Ranks.of(folder, new Burn(new Gemm(32, 24, 40), 2), LaunchRole.LOAD, 2, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        assertThat(ranks.results())
                .allMatch(result -> result.measurement(Metric.NIC_BYTES_SENT).isPresent())
                .allMatch(
                        result -> result.measurement(Metric.NIC_BYTES_PREDICTED).isEmpty());
    }

    private List<RankResult> run(String name, LaunchRole role, int nodes, int perNode) throws Exception {
        Ranks ranks = Ranks.of(Files.createDirectory(folder.resolve(name)), COUPLED, role, nodes, perNode);
        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);
        return ranks.results();
    }

    /** The samples' sum, ms. */
    private static double sum(RankResult rank, Metric metric) {
        return rank.measurement(metric).orElseThrow().samples().stream()
                .mapToDouble(each -> each)
                .sum();
    }

    private static double predicted(RankResult rank, String algorithm) {
        return rank.measurements().stream()
                .filter(each -> each.metric() == Metric.NIC_BYTES_PREDICTED
                        && algorithm.equals(each.conditions().get("algorithm")))
                .mapToDouble(each -> each.samples().get(0))
                .findFirst()
                .orElseThrow();
    }

    private static double bytes(RankResult rank, Metric metric) {
        Measurement measured = rank.measurement(metric).orElseThrow();
        assertThat(measured.conditions()).containsEntry("nic", "lo");
        return measured.samples().get(0);
    }
}
