package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.InputException;
import dev.assay.criteria.CriteriaFile;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.training.Collective.Kind;
import dev.assay.training.Estimate;
import dev.assay.training.Figure;
import dev.assay.training.Machine;
import dev.assay.training.StepPrediction;
import dev.assay.verdict.Fleet;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.Sft;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** From results that are made up, and known, to the figures of a prediction. */
class MeasuredPartsTest {
    private static final Cluster H200 = ClusterFile.read("spectrumx-h200");
    private static final GpuModel MODEL = GpuModels.get("h200-sxm");
    private static final List<Long> SIZES = List.of(8L, 1L << 20, 1L << 24, 1L << 26, 1L << 28, 1L << 30, 1L << 33);

    /** α and B by which the made-up collectives run. */
    private static final double FACTOR = 1.5;

    private static final double NODE = 340;
    private static final double FABRIC = 88;

    @Test
    void alphaAndBetaComeFromTheCollectives() {
        MeasuredParts parts = parts(collectives(8));

        assertIsAbout(of(parts.links(), Figure.FABRIC_ALL_REDUCE), FABRIC);
        assertIsAbout(of(parts.links(), Figure.FABRIC_GATHER), FABRIC);
        assertIsAbout(of(parts.links(), Figure.NODE_ALL_REDUCE), NODE);
        assertIsAbout(of(parts.links(), Figure.FABRIC_LATENCY), FACTOR);
        assertIsAbout(of(parts.links(), Figure.NODE_LATENCY), FACTOR);
        assertThat(of(parts.links(), Figure.FABRIC_GATHER).source())
                .contains("a run, collective over 64 GPUs by network, 6 sizes from 1 MiB, residuals 0.0 %");
        Machine machine = parts.in(TrainingMachine.of(H200, MODEL));
        assertThat(machine.busGBps(Kind.ALL_GATHER, 8)).isCloseTo(FABRIC, within(0.5));
    }

    /** What was measured over two nodes is taken for eight with more error. */
    @Test
    void fewerNodesSayLess() {
        Estimate two = of(parts(collectives(2)).links(), Figure.FABRIC_GATHER);
        Estimate eight = of(parts(collectives(8)).links(), Figure.FABRIC_GATHER);

        assertThat(two.value()).isCloseTo(eight.value(), within(0.5));
        assertThat(two.high() - two.low()).isGreaterThan(3 * (eight.high() - eight.low()));
    }

    /** The step waits for the slowest GPU; the training GEMMs have their own rates over the cube's. */
    @Test
    void gemmsAreTheSlowestGpus() {
        MeasuredParts parts = parts(new ExperimentResult(
                "gemm",
                List.of(launch(
                        2,
                        rank -> List.of(
                                gemm("sustained", "8192x8192x8192", rank == 3 ? 600 : 660),
                                gemm("burst", "8192x8192x8192", 760),
                                gemm("burst", "32768x4096x4096", 836)))),
                ""));

        assertThat(of(parts.gpus(), Figure.GEMMS).value()).isEqualTo(600);
        assertThat(of(parts.gpus(), Figure.GEMMS).high()).isEqualTo(660);
        assertThat(of(parts.gpus(), Figure.GEMMS).low()).isLessThan(600);
        assertThat(parts.shapes().getOrDefault("32768x4096x4096", 0.0)).isCloseTo(1.1, within(1e-9));
        assertThat(parts.in(TrainingMachine.of(H200, MODEL))
                        .estimate(Figure.GEMMS)
                        .source())
                .contains("a run, gemm, the slowest of 16 GPUs");
    }

    @Test
    void aLaunchThatLostARankIsNoMeasurement() {
        LaunchResult whole = launch(2, rank -> List.of(gemm("sustained", "8192x8192x8192", 660)));
        LaunchResult lost =
                Fleet.withRanks(whole, whole.ranks().subList(1, whole.ranks().size()));

        assertThatThrownBy(() -> parts(new ExperimentResult("gemm", List.of(lost), "")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("-Dplan.from")
                .hasMessageContaining("none of gemm");
    }

    /** A baseline of one node whose computing took a tenth longer than its parts: so it is predicted to on 8 as well. */
    @Test
    void aTrainedStepCorrectsItsOwnPrediction() {
        Machine assumed = TrainingMachine.of(H200, MODEL);
        Sft sft = (Sft) trained().experiment("sft-7b-8").workload();
        double took = slower(sft, assumed);

        Machine machine = trainedFor(took, "sft-7b-8").in(assumed);

        assertThat(StepPrediction.of(sft.setup(), machine, sft.baselineNodes()).step())
                .isCloseTo(took, within(1e-6 * took));
        assertThat(StepPrediction.of(sft.setup(), machine, 8).computing())
                .isCloseTo(1.1 * StepPrediction.of(sft.setup(), assumed, 8).computing(), within(0.01));
        assertThat(TrainingMachine.figures(machine))
                .anyMatch(line -> line.contains("of a config: 1.10 (1.08 … 1.12)")
                        && line.contains("a run, sft-7b-8, 2 launches on 1 node"));
    }

    /** Where a step waits for the fabric its time says nothing of computing. */
    @Test
    void aStepThatWaitsForTheFabricIsNotTaken() {
        Machine assumed = TrainingMachine.of(H200, MODEL);
        Sft sft = (Sft) trained().experiment("sft-70b-8").workload();

        Machine machine = trainedFor(slower(sft, assumed), "sft-70b-8").in(assumed);

        assertThat(machine.trained()).isEmpty();
    }

    private static double slower(Sft sft, Machine assumed) {
        Machine slower = assumed.with(Map.of(Figure.BEYOND_THE_PARTS, new Estimate(1.1, 1.1, 1.1, "made up")));
        return StepPrediction.of(sft.setup(), slower, sft.baselineNodes()).step();
    }

    private static MeasuredParts trainedFor(double seconds, String experiment) {
        return MeasuredParts.of(
                trained(),
                List.of(new ExperimentResult(experiment, List.of(step(1e3 * seconds, 0), step(1e3 * seconds, 1)), "")),
                "a run",
                H200);
    }

    /** Links of nodes of one GPU say nothing of nodes of eight; GPUs do. */
    @Test
    void linksCountOnlyOfNodesThatAreAlike() {
        MeasuredParts parts = new MeasuredParts(
                "a run",
                1,
                Map.of(Figure.GEMMS, new Estimate(600, 590, 610, "a run")),
                Map.of(),
                Map.of(Figure.NODE_GATHER, new Estimate(275, 270, 280, "a run")),
                List.of());
        Machine assumed = TrainingMachine.of(H200, MODEL);

        Machine machine = parts.in(assumed);

        assertThat(machine.estimate(Figure.GEMMS).value()).isEqualTo(600);
        assertThat(machine.estimate(Figure.NODE_GATHER)).isEqualTo(assumed.estimate(Figure.NODE_GATHER));
        assertThat(parts.notTaken(assumed)).contains("its nodes have 1 GPU, these 8");
    }

    @Test
    void anotherModelsRunIsRefused() {
        Plan embedded = SftPlanner.plan(
                ClusterFile.read("embedded"),
                GpuModels.get("reference"),
                CriteriaFile.read("reference", Optional.empty()),
                List.of(2),
                1,
                Optional.empty(),
                Path.of("ds-configs"));

        assertThatThrownBy(() -> MeasuredParts.of(embedded, List.of(), "a run", H200))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("Reference device")
                .hasMessageContaining("h200-sxm");
    }

    private static void assertIsAbout(Estimate estimate, double value) {
        assertThat(estimate.value()).isCloseTo(value, within(0.01 * value));
        assertThat(estimate.low()).isLessThan(value);
        assertThat(estimate.high()).isGreaterThan(value);
    }

    private static Estimate of(Map<Figure, Estimate> figures, Figure figure) {
        return Optional.ofNullable(figures.get(figure)).orElseThrow();
    }

    private static MeasuredParts parts(ExperimentResult result) {
        return MeasuredParts.of(trained(), List.of(result), "a run", H200);
    }

    private static Plan trained() {
        return SftPlanner.plan(
                H200,
                MODEL,
                CriteriaFile.read("h200-sxm", Optional.empty()),
                List.of(8),
                60,
                Optional.empty(),
                Path.of("ds-configs"));
    }

    private static ExperimentResult collectives(int nodes) {
        return new ExperimentResult(
                "collective",
                List.of(launch(nodes, rank -> {
                    List<Measurement> all = new ArrayList<>();
                    for (CollectiveOperation operation : List.of(
                            CollectiveOperation.ALL_REDUCE,
                            CollectiveOperation.ALL_GATHER,
                            CollectiveOperation.REDUCE_SCATTER)) {
                        SIZES.forEach(bytes -> {
                            all.add(bandwidth(operation, bytes, "node", 8, "host", 1, NODE));
                            all.add(bandwidth(operation, bytes, "cluster", 8 * nodes, "network", nodes, FABRIC));
                        });
                    }
                    return all;
                })),
                "");
    }

    private static Measurement bandwidth(
            CollectiveOperation operation,
            long bytes,
            String scope,
            int ranks,
            String over,
            int nodes,
            double busGBps) {
        Kind kind = operation == CollectiveOperation.ALL_REDUCE ? Kind.ALL_REDUCE : Kind.ALL_GATHER;
        double alpha = FACTOR * Machine.latencyByNccl(kind, nodes, 8, over.equals("network"));
        double busBytes = bytes * operation.busFactor(ranks);
        double seconds = (bytes < 1 << 20 ? 0.1 * alpha : alpha) + busBytes / (busGBps * 1e9);
        return Measurement.of(
                Metric.COLLECTIVE_BUSBW,
                List.of(busBytes / seconds / 1e9),
                Map.of(
                        "operation",
                        operation.key(),
                        "bytes",
                        Long.toString(bytes),
                        "type",
                        "float",
                        "reduction",
                        operation.reduces() ? "sum" : "none",
                        "place",
                        "out",
                        "mode",
                        "plain",
                        "scope",
                        scope,
                        "ranks",
                        Integer.toString(ranks),
                        "over",
                        over));
    }

    private static Measurement gemm(String mode, String shape, double tflops) {
        return Measurement.of(
                Metric.GEMM_TFLOPS, List.of(tflops), Map.of("dtype", "bf16", "mode", mode, "shape", shape));
    }

    /** A baseline on all eight nodes, every step alike. */
    private static LaunchResult step(double millis, int repetition) {
        LaunchResult any = launch(8, rank -> List.of(Measurement.of(Metric.STEP_TIME, millis, millis, millis)));
        return new LaunchResult(
                "baseline-r" + repetition,
                LaunchRole.BASELINE,
                repetition,
                any.nodes(),
                any.gpusPerNode(),
                any.ranks(),
                List.of(),
                Optional.empty());
    }

    private static LaunchResult launch(int nodes, java.util.function.IntFunction<List<Measurement>> measured) {
        LaunchResult healthy = Fleet.cuda(nodes, 8).burn().launches().get(0);
        List<RankResult> ranks = healthy.ranks().stream()
                .map(rank -> Fleet.withMeasurements(
                        rank, measured.apply(rank.header().rank())))
                .toList();
        return Fleet.withRanks(healthy, ranks);
    }
}
