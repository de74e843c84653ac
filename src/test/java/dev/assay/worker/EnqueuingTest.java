package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.workload.Hbm;
import dev.assay.workload.HostLink;
import dev.assay.workload.Peer;
import dev.assay.workload.Workload;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every rate and time that events give has what its enqueuing took beside it, in every family. */
class EnqueuingTest {
    private static final Set<String> OWN = Set.of("of", "late", "exposed");

    @TempDir
    private Path folder;

    @Test
    void memoryTellsOfEveryKernelAndFootprint() throws Exception {
        Hbm hbm = new Hbm(4096, 3, List.of(1024L, 4096L), 100);

        assertTold(hbm, 1, Metric.HBM_BANDWIDTH, Metric.HBM_LATENCY);
    }

    @Test
    void hostLinksTellOfEveryDirectionAndOfSmallCopies() throws Exception {
        assertTold(new HostLink(4096, 2, 3), 1, Metric.HOST_BANDWIDTH, Metric.HOST_LATENCY);
    }

    @Test
    void peersTellOfEveryWay() throws Exception {
        assertTold(new Peer(4096, 2, 3, 1024, 20), 2, Metric.PEER_BANDWIDTH, Metric.PEER_LATENCY);
    }

    private void assertTold(Workload workload, int gpus, Metric... timed) throws Exception {
        Ranks ranks = Ranks.of(folder, workload, LaunchRole.LOAD, 1, gpus);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        ranks.results().forEach(result -> assertBeside(result, timed));
    }

    /** Of each value of these metrics one measurement, under its conditions, with as many samples. */
    static void assertBeside(RankResult result, Metric... timed) {
        for (Metric metric : timed) {
            List<Measurement> values = result.measurements(metric, Map.of());
            List<Measurement> told = result.measurements(Metric.HOST_ENQUEUE_SHARE, Map.of("of", metric.key()));
            assertThat(values).isNotEmpty();
            assertThat(told.stream().map(EnqueuingTest::place))
                    .containsExactlyElementsOf(
                            values.stream().map(EnqueuingTest::place).toList());
            assertThat(told).allSatisfy(each -> assertThat(each.samples()).allMatch(percent -> percent > 0));
        }
    }

    /** The value's own conditions and how many samples there are. */
    private static Map<String, String> place(Measurement measurement) {
        Map<String, String> place = new HashMap<>(measurement.conditions());
        place.keySet().removeAll(OWN);
        place.put("samples", Integer.toString(measurement.samples().size()));
        return place;
    }
}
