package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Telemetry;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.workload.Burn;
import dev.assay.workload.Gemm;
import dev.assay.workload.Hbm;
import dev.assay.workload.Workload;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work without a window of its own has one around it, and no work has two. */
class WatchedThroughoutTest {
    @TempDir
    private Path folder;

    @Test
    void telemetryLooksAtAllThatHbmDoes() throws Exception {
        RankResult result = ran(new Hbm(4096, 3, List.of(1024L), 100));

        assertThat(result.measurements(Metric.SM_CLOCK, Map.of("window", "launch")))
                .extracting(Measurement::samples)
                .containsExactly(List.of(1480.0));
        assertThat(result.measurements(Metric.TELEMETRY_COVERAGE, Map.of("window", "launch")))
                .singleElement()
                .satisfies(each -> assertThat(each.samples().get(0)).isBetween(90.0, 100.0));
    }

    @Test
    void burnKeepsItsOwnWindowAlone() throws Exception {
        RankResult result = ran(new Burn(new Gemm(48, 40, 64), 2));

        assertThat(result.measurements(Metric.SM_CLOCK, Map.of())).hasSize(1);
        assertThat(result.measurements(Metric.SM_CLOCK, Map.of("window", "launch")))
                .isEmpty();
    }

    private RankResult ran(Workload workload) throws Exception {
        Ranks ranks = Ranks.of(folder, workload, LaunchRole.LOAD, 1, 1);
        assertThat(ranks.run((spec, environment) -> new Clocked(environment))).containsOnly(Worker.DONE);
        return ranks.result(0);
    }

    /** A reference device whose clock telemetry can see. */
    private static final class Clocked extends DelegatingDevice {
        Clocked(RankEnvironment environment) {
            super(new ReferenceDevice(environment.node(), environment.localRank()));
        }

        @Override
        public Telemetry newTelemetry() {
            return new Telemetry() {
                private long began;

                @Override
                public void begin() {
                    began = System.nanoTime();
                }

                @Override
                public Window end() {
                    return new Window(
                            List.of(Measurement.of(Metric.SM_CLOCK, List.of(1480.0), Map.of())),
                            dev.assay.measurement.Telemetry.none("no counters"),
                            (System.nanoTime() - began) / 1e9);
                }

                @Override
                public void close() {}
            };
        }
    }
}
