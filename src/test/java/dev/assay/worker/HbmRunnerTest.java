package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.workload.Hbm;
import dev.assay.workload.MemoryKernel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HbmRunnerTest {
    private static final Hbm HBM = new Hbm(4096 + 16, 3, List.of(1024L, 4096L), 100);

    @TempDir
    private Path folder;

    @Test
    void everyKernelIsTimedAndCheckedOnEveryRank() throws Exception {
        Ranks ranks = Ranks.of(folder, HBM, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            for (MemoryKernel kernel : MemoryKernel.values()) {
                List<Measurement> found = result.measurements(Metric.HBM_BANDWIDTH, Map.of("kernel", kernel.key()));
                assertThat(found).hasSize(1);
                assertThat(found.get(0).samples()).hasSize(3).allMatch(gigabytes -> gigabytes > 0);
                assertThat(result.checks())
                        .filteredOn(check -> check.name().equals("hbm." + kernel.key()))
                        .hasSize(1)
                        .allMatch(check -> check.checked() == 1028 && check.wrong() == 0);
            }
            assertThat(result.measurements(Metric.HBM_LATENCY, Map.of("footprint", "4096")))
                    .hasSize(1);
            assertThat(result.checks())
                    .filteredOn(check -> check.name().equals("hbm.chase"))
                    .hasSize(2)
                    .allMatch(check -> check.wrong() == 0);
        }
        assertThat(Planned.counted(ranks.results())).isEqualTo(Planned.checks(HBM, ranks.launch()));
    }

    @Test
    void buffersThatNoDeviceHoldsAreRefusedWithTheArithmetic() throws Exception {
        Ranks ranks = Ranks.of(folder, new Hbm(1L << 50, 3, List.of(4096L), 10), LaunchRole.LOAD, 1, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.FAILED);

        assertThat(ranks.result(0).failure().orElseThrow().message())
                .contains("rank 0 (node1) looking for room for hbm")
                .contains("3 × 1048576.00 GiB of buffers = 3145728.00 GiB at once")
                .contains("make the sizes of the spec smaller");
    }

    @Test
    void zeroIterationsAreRefusedBeforeAnythingRuns() throws Exception {
        Ranks ranks = Ranks.of(folder, HBM, LaunchRole.LOAD, 1, 1);
        Path spec = folder.resolve("spec.json");
        Files.writeString(spec, Files.readString(spec).replace("\"samples\":3", "\"samples\":0"));

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.CANNOT_START);

        assertThat(ranks.environment(0).result()).doesNotExist();
    }
}
