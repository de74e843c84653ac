package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.workload.HostLink;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostLinkRunnerTest {
    private static final HostLink LINK = new HostLink(4096 + 16, 2, 3);

    @TempDir
    private Path folder;

    @Test
    void everyDirectionIsTimedAloneAndTogetherAndCheckedWhole() throws Exception {
        Ranks ranks = Ranks.of(folder, LINK, LaunchRole.LOAD, 2, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            for (HostDirection direction : HostDirection.values()) {
                for (String load : List.of("alone", "all")) {
                    List<Measurement> found = result.measurements(
                            Metric.HOST_BANDWIDTH,
                            Map.of("direction", direction.key(), "load", load, "place", "near", "numa", "only"));
                    assertThat(found).hasSize(1);
                    assertThat(found.get(0).samples()).hasSize(3).allMatch(gigabytes -> gigabytes > 0);
                }
                assertThat(result.checks())
                        .filteredOn(check -> check.name().equals("host-link." + direction.key()))
                        .hasSize(2)
                        .allMatch(check -> check.checked() == 1028L * direction.ways() && check.wrong() == 0);
            }
            assertThat(result.measurements(Metric.HOST_LATENCY, Map.of("place", "near")))
                    .hasSize(2);
        }
    }

    @Test
    void aCopyThatLosesBytesIsFound() throws Exception {
        Ranks ranks = Ranks.of(folder, LINK, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run((spec, environment) -> LossyDevice.losing(environment)))
                .containsOnly(Worker.DONE);

        assertThat(ranks.results())
                .allSatisfy(result -> assertThat(result.checks())
                        .filteredOn(check -> check.name().startsWith("host-link."))
                        .hasSize(6)
                        .allMatch(check -> check.wrong() > 0));
    }
}
