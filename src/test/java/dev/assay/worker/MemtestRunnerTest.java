package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Check;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.workload.Memtest;
import dev.assay.workload.MemtestPattern;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemtestRunnerTest {
    /** Five chunks, the last a short one. */
    private static final Memtest MEMTEST = new Memtest(4 * 2048 + 16, 2048, 8, 2);

    @TempDir
    private Path folder;

    @Test
    void everyPatternIsTimedAndCheckedOnEveryRank() throws Exception {
        Ranks ranks = Ranks.of(folder, MEMTEST, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            assertThat(result.measurements(Metric.MEMORY_FREE, Map.of())).hasSize(1);
            assertThat(result.measurements(Metric.MEMTEST_SHARE, Map.of()))
                    .singleElement()
                    .satisfies(share -> assertThat(share.samples()).allMatch(percent -> percent > 0 && percent < 98.1));
            EnqueuingTest.assertBeside(result, Metric.MEMTEST_BANDWIDTH);
            for (MemtestPattern pattern : MemtestPattern.values()) {
                List<Measurement> found =
                        result.measurements(Metric.MEMTEST_BANDWIDTH, Map.of("pattern", pattern.key()));
                assertThat(found).hasSize(1);
                assertThat(found.get(0).samples())
                        .hasSize(2 * MEMTEST.steps(pattern))
                        .allMatch(gigabytes -> gigabytes > 0);
                assertThat(found.get(0).conditions()).containsEntry("bytes", "8208");
                assertThat(checks(result, pattern)).singleElement().satisfies(check -> {
                    assertThat(check.checked()).isEqualTo(2 * 256 + 2 * MEMTEST.steps(pattern) * 3 * 1026);
                    assertThat(check.wrong()).isZero();
                });
            }
        }
        assertThat(Planned.counted(ranks.results())).isEqualTo(Planned.checks(MEMTEST, ranks.launch()));
    }

    @Test
    void aStuckBitIsFoundWithItsAddressByEveryPattern() throws Exception {
        Ranks ranks = Ranks.of(folder, MEMTEST, LaunchRole.LOAD, 1, 1);

        ranks.run((spec, environment) -> new FaultyDevice(environment, FaultyDevice.Fault.STUCK_MEMORY_BIT));

        for (MemtestPattern pattern : MemtestPattern.values()) {
            assertThat(checks(ranks.result(0), pattern)).singleElement().satisfies(check -> {
                assertThat(check.wrong()).isPositive();
                assertThat(check.worst()).isGreaterThan(1);
                assertThat(check.detail())
                        .contains("0x" + Long.toHexString(8 * FaultyDevice.STUCK_WORD) + ": expected", "0000000001");
            });
        }
    }

    private static List<Check> checks(RankResult result, MemtestPattern pattern) {
        return result.checks().stream()
                .filter(check -> check.name().equals("memtest." + pattern.key()))
                .toList();
    }
}
