package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.InputException;
import dev.assay.criteria.CriteriaFile;
import dev.assay.workload.Gemm;
import dev.assay.workload.Hbm;
import dev.assay.workload.MemoryNeed;
import dev.assay.workload.Precision;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes beyond memory are refused before any job starts, by one arithmetic for every workload. */
class MemoryTest {
    /** They take what they find free. */
    private static final Set<String> WITHOUT_SIZE = Set.of("memtest", "launch", "rdma");

    private static Plan plan(GpuModel model, Selection selection) {
        return Planner.plan(
                ClusterFile.read("spectrumx-h200"),
                model,
                CriteriaFile.read("h200-sxm", Optional.empty()),
                List.of(8),
                60,
                selection);
    }

    /** An H200 with another memory. */
    private static GpuModel with(long mebibytes) {
        GpuModel h200 = GpuModels.get("h200-sxm");
        return new GpuModel(
                h200.key(),
                h200.name(),
                h200.multiprocessors(),
                mebibytes,
                h200.bf16DenseTflops(),
                h200.bf16AtMhz(),
                h200.bf16FlopPerClockPerSm(),
                h200.sustainedBf16Tflops(),
                h200.powerLimitWatts(),
                h200.nvlinkAllReduceGBps(),
                h200.precisions(),
                h200.source(),
                h200.memoryGBps());
    }

    @Test
    void everyWorkloadSaysWhatItTakes() {
        assertThat(plan(GpuModels.get("h200-sxm"), Selection.STANDARD).experiments())
                .filteredOn(experiment -> !WITHOUT_SIZE.contains(experiment.id()))
                .hasSizeGreaterThanOrEqualTo(8)
                .allSatisfy(
                        experiment -> assertThat(experiment.workload().memory().bytes())
                                .as(experiment.id())
                                .isBetween(1e6, 0.8 * (143_771L << 20)));
    }

    @ParameterizedTest
    @CsvSource({
        "hbm,15000,'3 × 4.00 GiB of buffers = 12.00 GiB'",
        "peer,1500,'5 × 256.00 MiB of buffers + 2.00 MiB of the latency chase = 1.25 GiB'",
        "host-link,500,'2 × 256.00 MiB of buffers = 512.00 MiB'",
        "node-pair,2000,'2 × 1.00 GiB of buffers = 2.00 GiB'",
        "gemm,2000,'2.00 GiB of C (fp64 16384x16384x16384) = 6.00 GiB'",
        "burn,300,'128.00 MiB of A + 128.00 MiB of B + 128.00 MiB of C (bf16 8192x8192x8192) = 384.00 MiB'"
    })
    void sizesBeyondMemoryAreRefusedWithTheArithmetic(String family, long mebibytes, String arithmetic) {
        Selection only = Selection.parse(Optional.empty(), Optional.of(family));

        assertThatThrownBy(
                        () -> Memory.check(plan(GpuModels.get("h200-sxm"), only).experiments(), with(mebibytes)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("Planning the workload " + family + " for NVIDIA H200")
                .hasMessageContaining(arithmetic)
                .hasMessageContaining("80 % of the " + mebibytes + " MiB of NVIDIA H200");
    }

    @Test
    void thePlannerItselfRefuses() {
        Selection only = Selection.parse(Optional.empty(), Optional.of("hbm"));

        assertThatThrownBy(() -> plan(with(15_000), only))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("12.00 GiB a GPU");
        assertThat(plan(with(15_361), only).experiments()).hasSize(1);
    }

    @Test
    void sizesThatFitNoLongAreStillTooLarge() {
        MemoryNeed need = new Hbm(1L << 62, 1, List.of(), 1).memory();

        assertThat(need.bytes()).isCloseTo(3 * Math.pow(2, 62), offset(1e3));
    }

    @Test
    void modelsKnowOnlyPrecisionsThatThereAre() {
        for (String key : GpuModels.keys()) {
            assertThat(GpuModels.get(key).precisions())
                    .isNotEmpty()
                    .allSatisfy(precision ->
                            assertThat(Precision.of(precision).key()).isEqualTo(precision));
        }
        assertThat(Precisions.of(
                        GpuModels.get("a100-sxm-80gb"),
                        List.of(new Gemm(16, 16, 16), new Gemm(16, 16, 16, Precision.FP8_E5M2))))
                .containsExactly(new Gemm(16, 16, 16));
    }
}
