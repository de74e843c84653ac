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
import dev.assay.cluster.LauncherKind;
import dev.assay.criteria.CriteriaFile;
import dev.assay.measurement.LaunchRole;
import dev.assay.workload.Burn;
import dev.assay.workload.Coupled;
import dev.assay.workload.Fabric;
import dev.assay.workload.Gemm;
import dev.assay.workload.Hbm;
import dev.assay.workload.NodePair;
import dev.assay.workload.Workload;
import java.nio.file.Path;
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

        assertThat(timing.partSeconds(pair, 8)).isCloseTo(4 * 7 * timing.partSeconds(pair, 2), offset(1e-9));
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
        ReferenceTiming inPairs = new ReferenceTiming(2, true, 2);
        assertThat(inPairs.launchSeconds(COUPLED, 0.2, launch(LaunchRole.BASELINE, 8, 6)))
                .as("ranks of a node wait for each other")
                .isEqualTo(inPairs.launchSeconds(COUPLED, 0.2, launch(LaunchRole.SCALED, 8, 6)));
        assertThat(eight.launchSeconds(COUPLED, 0.2, launch(LaunchRole.BASELINE, 8, 6)))
                .isEqualTo(eight.launchSeconds(COUPLED, 0.2, launch(LaunchRole.SCALED, 8, 6)));
    }

    @Test
    void aHostHasACore() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReferenceTiming(0, true, 1))
                .withMessageContaining("got 0");
    }

    /** The README's older table of what the suite costs: 8 nodes of 1 reference device each, 30 s measured. */
    @ParameterizedTest
    @CsvSource({"burn,34.4", "coupled,127.8"})
    void longJobsOnTheSlurmBoxTookWhatIsPredictedNow(String id, double took) {
        assertThat(jobSeconds(slurmBox(8, 1), List.of(8), 30, id)).isCloseTo(took, withinPercentage(15));
    }

    /** Runs of 23 November 2026 on two cores that had nothing else to do, 1 s measured. */
    @ParameterizedTest
    @CsvSource({
        "8, 1, hbm, 4.40",
        "8, 1, memtest, 4.38",
        "8, 1, host-link, 3.46",
        "8, 1, launch, 7.52",
        "8, 1, collective, 4.51",
        "8, 1, fabric, 10.70",
        "8, 1, node-pair, 3.93",
        "8, 1, gemm, 4.02",
        "8, 1, burn, 10.03",
        "8, 1, coupled, 80.97",
        "4, 4, launch, 15.27",
        "4, 4, peer, 6.24",
        "4, 4, collective, 11.79",
        "4, 4, fabric, 31.05",
        "4, 4, node-pair, 7.04"
    })
    void shortJobsOnSlurmBoxesTookWhatIsPredictedNow(int nodes, int gpus, String id, double took) {
        List<Integer> counts = gpus == 1 ? List.of(2, 4, 8) : List.of(4);

        assertThat(jobSeconds(slurmBox(nodes, gpus), counts, 1, id)).isCloseTo(took, withinPercentage(15));
    }

    /** The same evening's run of the embedded default, of which jobs of a second differ by a tenth from run to run. */
    @ParameterizedTest
    @CsvSource({
        "hbm, 1.10",
        "memtest, 1.05",
        "host-link, 0.78",
        "launch, 2.07",
        "collective, 1.07",
        "fabric, 2.17",
        "node-pair, 0.77",
        "gemm, 1.15",
        "burn, 2.05",
        "coupled, 21.48"
    })
    void theEmbeddedDefaultTookWhatIsPredictedNow(String id, double took) {
        assertThat(jobSeconds(ClusterFile.read("embedded"), List.of(2), 1, id)).isCloseTo(took, withinPercentage(15));
    }

    /** Two runs of {@code -Dsuite=sft} on the same day, the second beside other work: what was fitted to both lies between. */
    @ParameterizedTest
    @CsvSource({"20.2", "26.9"})
    void trainingOnTheEmbeddedDefaultTookAboutWhatIsPredicted(double took) {
        Cluster embedded = ClusterFile.read("embedded");
        ReferenceTiming timing = ReferenceTiming.of(embedded, 2);

        double predicted = SftPlanner.plan(
                        embedded,
                        GpuModels.get(GpuModels.REFERENCE),
                        CriteriaFile.read(GpuModels.REFERENCE, Optional.empty()),
                        List.of(2),
                        1,
                        Optional.empty(),
                        Path.of("ds-configs"))
                .experiments()
                .stream()
                .flatMapToDouble(each -> each.launches().stream()
                        .mapToDouble(launch -> each.warmUpSeconds()
                                + launch.measuredSeconds()
                                + timing.trainingSeconds(launch.nodes().size())))
                .sum();

        assertThat(predicted).isCloseTo(took, withinPercentage(20));
    }

    /** As the plan has it on two cores; this host's may be others. */
    private static double jobSeconds(Cluster cluster, List<Integer> counts, double seconds, String id) {
        Experiment experiment = Planner.plan(
                        cluster,
                        GpuModels.get(GpuModels.REFERENCE),
                        CriteriaFile.read(GpuModels.REFERENCE, Optional.empty()),
                        counts,
                        seconds)
                .experiment(id);
        ReferenceTiming timing = ReferenceTiming.of(cluster, 2);
        return (cluster.launcher() == LauncherKind.SLURM ? Timing.SLURM_JOB_HERE : 0)
                + experiment.launches().stream()
                        .mapToDouble(launch -> timing.launchSeconds(
                                experiment.workload(),
                                experiment.warmUpSeconds(),
                                onTwoCores(timing, experiment.workload(), launch)))
                        .sum();
    }

    private static Launch onTwoCores(ReferenceTiming timing, Workload workload, Launch launch) {
        int nodes = launch.nodes().size();
        if (workload instanceof Burn || workload instanceof Coupled) {
            return launch;
        }
        double seconds = workload instanceof Fabric fabric
                ? timing.fabricSeconds(
                        nodes,
                        FabricPlan.patterns(fabric, launch.variant()).stream()
                                .mapToInt(pattern -> fabric.rounds(pattern, nodes))
                                .sum())
                : timing.partSeconds(workload, nodes);
        return new Launch(launch.id(), launch.role(), launch.repetition(), launch.nodes(), seconds, launch.variant());
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
