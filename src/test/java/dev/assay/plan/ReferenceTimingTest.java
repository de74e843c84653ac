package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.Hostlist;
import dev.assay.criteria.CriteriaFile;
import dev.assay.measurement.LaunchRole;
import dev.assay.workload.Burn;
import dev.assay.workload.Coupled;
import dev.assay.workload.Gemm;
import dev.assay.workload.Hbm;
import dev.assay.workload.NodePair;
import dev.assay.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic, and predictions beside what idle machines of two cores really took. */
class ReferenceTimingTest {
    private static final Workload PART = new Hbm(1 << 20, 1, List.of(1L << 16), 1);
    private static final Workload BURN = new Burn(new Gemm(8, 8, 8), 1);
    private static final Workload COUPLED = new Coupled(new Gemm(8, 8, 8), 1, 1, 1024);

    @ParameterizedTest
    @CsvSource({
        "2, true, 2, 1, 1",
        "2, true, 8, 1, 4",
        "2, true, 8, 8, 32",
        "128, true, 8, 8, 1",
        "2, false, 8, 1, 1",
        "2, false, 8, 8, 4"
    })
    void ranksOfAHostShareItsCores(int cores, boolean oneHost, int nodes, int gpus, double share) {
        assertThat(new ReferenceTiming(cores, oneHost, gpus).share(nodes)).isEqualTo(share);
    }

    @Test
    void twiceTheRanksTakeTwiceTheTimeOnlyWhereCoresAreShared() {
        ReferenceTiming two = new ReferenceTiming(2, true, 1);
        ReferenceTiming many = new ReferenceTiming(64, true, 1);

        assertThat(two.partSeconds(PART, 8)).isEqualTo(2 * two.partSeconds(PART, 4));
        assertThat(many.partSeconds(PART, 8)).isEqualTo(many.partSeconds(PART, 4));
    }

    @Test
    void everyRoundOfPairsCosts() {
        ReferenceTiming timing = new ReferenceTiming(2, true, 1);
        NodePair pair = new NodePair(16, 1, 1, 1);

        assertThat(timing.partSeconds(pair, 8)).isEqualTo(timing.roundSeconds(8, 7));
        assertThat(timing.roundSeconds(8, 14)).isEqualTo(2 * timing.roundSeconds(8, 7));
    }

    @Test
    void whatIsMeasuredForItsTimeIsNotStretchedByTheCores() {
        ReferenceTiming timing = new ReferenceTiming(2, true, 1);

        double more = timing.launchSeconds(BURN, 0.2, launch(LaunchRole.LOAD, 8, 61))
                - timing.launchSeconds(BURN, 0.2, launch(LaunchRole.LOAD, 8, 1));

        assertThat(more).isCloseTo(60, offset(1e-9));
    }

    @Test
    void baselinesOverrunWhereTheirRanksShareCores() {
        ReferenceTiming two = new ReferenceTiming(2, true, 1);
        ReferenceTiming eight = new ReferenceTiming(8, true, 1);

        assertThat(two.launchSeconds(COUPLED, 0.2, launch(LaunchRole.BASELINE, 8, 6)))
                .isGreaterThan(two.launchSeconds(COUPLED, 0.2, launch(LaunchRole.SCALED, 8, 6)) + 3);
        assertThat(eight.launchSeconds(COUPLED, 0.2, launch(LaunchRole.BASELINE, 8, 6)))
                .isEqualTo(eight.launchSeconds(COUPLED, 0.2, launch(LaunchRole.SCALED, 8, 6)));
    }

    @Test
    void aHostHasACore() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReferenceTiming(0, true, 1))
                .withMessageContaining("got 0");
    }

    /** The README's table of November 2026 of what the suite costs: 8 nodes of 1 reference device each, 30 s measured. */
    @ParameterizedTest
    @CsvSource({"burn,34.4", "coupled,127.8"})
    void jobsOnTheSlurmBoxTookWhatIsPredictedNow(String id, double took) {
        Cluster box = slurmBox(8, 1);
        Experiment experiment = Planner.plan(
                        box,
                        GpuModels.get(GpuModels.REFERENCE),
                        CriteriaFile.read(GpuModels.REFERENCE, Optional.empty()),
                        List.of(8),
                        30)
                .experiment(id);

        assertThat(jobSeconds(box, experiment)).isCloseTo(took, withinPercentage(15));
    }

    private static double jobSeconds(Cluster cluster, Experiment experiment) {
        ReferenceTiming timing = ReferenceTiming.of(cluster, 2);
        return Timing.SLURM_JOB
                + experiment.launches().stream()
                        .mapToDouble(launch ->
                                timing.launchSeconds(experiment.workload(), experiment.warmUpSeconds(), launch))
                        .sum();
    }

    private static Launch launch(LaunchRole role, int nodes, double seconds) {
        return new Launch(
                "a",
                role,
                0,
                IntStream.rangeClosed(1, nodes).mapToObj(n -> "n" + n).toList(),
                seconds);
    }

    private static Cluster slurmBox(int nodes, int gpus) {
        Cluster spectrumx = ClusterFile.read("spectrumx-h200");
        return new Cluster(
                "box",
                spectrumx.launcher(),
                DeviceKind.REFERENCE,
                Hostlist.expand("n[1-" + nodes + "]"),
                gpus,
                GpuModels.REFERENCE,
                spectrumx.nics(),
                true,
                spectrumx.slurm(),
                List.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                List.of());
    }
}
