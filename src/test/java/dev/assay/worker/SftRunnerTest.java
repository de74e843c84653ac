package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.SpoiledCommunicator;
import dev.assay.device.TrainingKernels;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.device.reference.SlowCommunicator;
import dev.assay.measurement.Check;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Spec;
import dev.assay.trainer.MemoryPart;
import dev.assay.training.AdamW;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.StepCollectives;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import dev.assay.workload.Sft;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SftRunnerTest {
    /** Long against what two busy cores add to a tiny step. */
    private static final Duration SLOW = Duration.ofMillis(100);

    @TempDir
    private Path folder;

    static Sft sft(ModelFamily family, int stage) {
        ModelShape shape = new ModelShape(family, 1, 64, 1, 1, 64, 96, 120, 16);
        StepSetup setup = new StepSetup(
                shape, 16, 2, 2, ZeroSetup.defaults(stage, false), Recomputation.FULL, CollectiveMode.DEEPSPEED, 2, 2);
        return new Sft(
                "tiny",
                "explicit",
                Sft.Run.NOMINAL,
                "",
                setup,
                new AdamW(1e-3, 0.9, 0.95, 1e-8, 0.1),
                new GradientClipping(1),
                1,
                1,
                3);
    }

    @ParameterizedTest
    @EnumSource(ModelFamily.class)
    void everyStepIsTimedAndChecked(ModelFamily family) throws Exception {
        Ranks ranks = Ranks.of(folder, sft(family, 1), LaunchRole.BASELINE, 2, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            EnqueuingTest.assertBeside(result, Metric.STEP_TIME);
            for (Metric metric :
                    new Metric[] {Metric.STEP_TIME, Metric.TRAIN_FORWARD, Metric.TRAIN_BACKWARD, Metric.TRAIN_UPDATE}) {
                assertThat(samples(result, metric)).as(metric.key()).hasSize(3).allMatch(millis -> millis > 0);
            }
            assertThat(samples(result, Metric.TRAIN_LOSS)).as("of all four").hasSize(4);
            assertThat(samples(result, Metric.TRAIN_GRADIENT_NORM)).hasSize(4).allMatch(norm -> norm > 0);
            assertThat(samples(result, Metric.STEP_TOKENS)).containsExactly(64.0);
            assertThat(samples(result, Metric.STEP_BYTES))
                    .as("alone, nothing travels")
                    .containsExactly(0.0);
            assertThat(result.checks())
                    .extracting(Check::name)
                    .containsExactly("sft.update", "sft.finite", "sft.start", "sft.falls", "sft.update");
            assertThat(result.checks()).allMatch(check -> check.wrong() == 0 && check.worst() <= 1);
            assertThat(result.digests()).hasSize(1);
        }
        assertThat(ranks.result(0).digests())
                .as("the same seed, data and rank")
                .isEqualTo(ranks.result(1).digests());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void ranksTrainOneModelUnderEveryStage(int stage) throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, stage), LaunchRole.SCALED, 2, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            assertThat(result.checks()).extracting(Check::name).containsExactlyElementsOf(checks(stage));
            assertThat(result.checks()).allMatch(check -> check.wrong() == 0 && check.worst() <= 1);
            assertThat(samples(result, Metric.STEP_BYTES).get(0)).isPositive();
            assertThat(Double.parseDouble(String.valueOf(result.measurement(Metric.STEP_FLOP_EXECUTED)
                            .orElseThrow()
                            .conditions()
                            .get("enqueued"))))
                    .as("attention makes more products than are counted")
                    .isGreaterThan(samples(result, Metric.STEP_FLOP_EXECUTED).get(0));
            assertThat(samples(result, Metric.TRAIN_LOSS))
                    .as("of all ranks")
                    .isEqualTo(samples(ranks.result(0), Metric.TRAIN_LOSS));
            assertThat(result.digests()).isEqualTo(ranks.result(0).digests());
        }
    }

    /** Checks and digest are of the steps before; weights that nobody gathered would differ. */
    @Test
    void whatTravelsIsTimedAndSilentStepsComeLast() throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, 1), LaunchRole.SCALED, 2, 1);

        assertThat(ranks.run(SftRunnerTest::slow)).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            assertThat(result.measurements(Metric.TRAIN_COLLECTIVE, Map.of()))
                    .extracting(each -> each.conditions().get("operation") + " of "
                            + each.conditions().get("purpose") + ": "
                            + each.conditions().get("calls"))
                    .containsExactly(
                            "all-reduce of gradients: 1", "all-reduce of gradient norm: 1", "all-gather of weights: 1");
            assertThat(samples(result, Metric.TRAIN_SILENT)).hasSize(2);
            double waits = least(samples(result, Metric.TRAIN_EXPOSED));
            double difference = least(samples(result, Metric.STEP_TIME)) - least(samples(result, Metric.TRAIN_SILENT));
            assertThat(waits).isGreaterThan(3.0 * SLOW.toMillis());
            assertThat(difference).as("as near as busy cores allow").isCloseTo(waits, within(0.5 * waits));
            assertThat(result.measurements(Metric.MEMORY_PART, Map.of())).hasSize(MemoryPart.values().length);
            assertThat(result.digests()).isEqualTo(ranks.result(0).digests());
        }
    }

    @Test
    void baselinesAndLonelyRanksRunNoSilentSteps() throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, 1), LaunchRole.SCALED, 1, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        assertThat(ranks.result(0).measurement(Metric.TRAIN_SILENT)).isEmpty();
        assertThat(ranks.result(0).measurement(Metric.TRAIN_COLLECTIVE)).isEmpty();
        assertThat(samples(ranks.result(0), Metric.TRAIN_EXPOSED)).containsExactly(0.0, 0.0, 0.0);
    }

    private static Device slow(Spec spec, RankEnvironment environment) {
        return new DelegatingDevice(new ReferenceDevice(environment.node(), environment.localRank())) {
            @Override
            public Communicator join(byte[] id, int rank, int count) {
                return new SlowCommunicator(super.join(id, rank, count), SLOW);
            }
        };
    }

    private static List<String> checks(int stage) {
        List<String> traffic =
                stage == 0 ? List.of("sft.traffic.gradients") : List.of("sft.traffic.gradients", "sft.traffic.weights");
        List<String> all = new ArrayList<>(traffic);
        all.add("sft.update");
        all.addAll(List.of("sft.finite", "sft.start", "sft.falls", "allreduce.norm"));
        all.addAll(List.of("sft.sent", "sft.update", "sft.norm", "sft.weights"));
        all.addAll(traffic);
        return all;
    }

    /** In the steps' own traffic, on one communicator of the two where there are two. */
    @ParameterizedTest
    @CsvSource({
        "0, LEAVES_OUT_A_RANK",
        "0, MOVES_ONE_LESS",
        "1, ADDS_A_RANK_TWICE",
        "1, SWAPS_TWO_BLOCKS",
        "2, LEAVES_OUT_A_RANK",
        "2, MOVES_ONE_LESS",
        "3, SWAPS_TWO_BLOCKS",
        "3, ADDS_A_RANK_TWICE"
    })
    void whatTravelsWrongIsFound(int stage, SpoiledCommunicator.Fault fault) throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, stage), LaunchRole.SCALED, 2, 1);

        assertThat(ranks.run((spec, environment) -> spoiled(environment, fault)))
                .containsOnly(Worker.DONE);

        assertThat(ranks.results().stream().flatMap(result -> result.checks().stream()))
                .filteredOn(check -> check.name().startsWith("sft.traffic.") && check.wrong() > 0)
                .isNotEmpty()
                .anyMatch(check -> check.detail().contains("before the first step"))
                .anyMatch(check -> check.detail().contains("after the measured steps"))
                .allMatch(check -> check.detail().contains("; first in ") && check.worst() > 1);
    }

    private static Device spoiled(RankEnvironment environment, SpoiledCommunicator.Fault fault) {
        return new DelegatingDevice(new ReferenceDevice(environment.node(), environment.localRank())) {
            @Override
            public Communicator join(byte[] id, int rank, int count) {
                return new SpoiledCommunicator(super.join(id, rank, count), fault, call -> true);
            }
        };
    }

    private static double least(List<Double> samples) {
        return samples.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    /** The phase's own deadline is told, and what was waited for in it. */
    @Test
    void aCollectiveThatHangsIsNamedByPhaseAndPlace() throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, 0), LaunchRole.SCALED, LaunchVariant.DEFAULT, 2, 1, 4);

        ranks.run((spec, environment) -> spoiled(environment, SpoiledCommunicator.Fault.HANGS));

        assertThat(ranks.result(0).failure().orElseThrow().message())
                .contains("in phase rehearsal: ")
                .contains("the rehearsal of a step's traffic: it was not done after");
    }

    /** Its weights stay at the seed and reach both ranks alike, so no comparison between ranks sees it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aRankThatLearnsNothingIsFound(int stage) throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, stage), LaunchRole.SCALED, 2, 1);

        assertThat(ranks.run((spec, environment) -> environment.rank() == 1
                        ? withoutUpdates(environment)
                        : new ReferenceDevice(environment.node(), environment.localRank())))
                .containsOnly(Worker.DONE);

        assertThat(ranks.result(0).checks()).allMatch(check -> check.wrong() == 0);
        assertThat(ranks.result(1).checks())
                .filteredOn(check -> check.wrong() > 0)
                .extracting(Check::name)
                .containsOnly("sft.update");
        assertThat(ranks.result(1).checks())
                .filteredOn(check -> check.wrong() > 0)
                .anyMatch(check -> check.detail().startsWith("after the first step"));
        assertThat(ranks.result(1).digests()).isEqualTo(ranks.result(0).digests());
    }

    private static Device withoutUpdates(RankEnvironment environment) {
        return new DelegatingDevice(new ReferenceDevice(environment.node(), environment.localRank())) {
            @Override
            public TrainingKernels trainingKernels() {
                TrainingKernels right = super.trainingKernels();
                return (TrainingKernels) Proxy.newProxyInstance(
                        TrainingKernels.class.getClassLoader(),
                        new Class<?>[] {TrainingKernels.class},
                        (proxy, method, arguments) ->
                                method.getName().equals("adamW") ? null : method.invoke(right, arguments));
            }
        };
    }

    /** A flipped bit in one rank's weights. */
    @Test
    void weightsThatDifferAreFound() throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, 3), LaunchRole.SCALED, 2, 1);

        assertThat(ranks.run(Ranks.faulty(1, FaultyDevice.Fault.WRONG_ELEMENTS)))
                .containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            assertThat(result.checks())
                    .filteredOn(check -> check.name().equals("sft.weights"))
                    .hasSize(1)
                    .allMatch(check -> check.wrong() == 6 && check.detail().contains("rank 1 of the communicator"));
        }
        assertThat(ranks.result(1).digests()).isNotEqualTo(ranks.result(0).digests());
    }

    /** Named on every measurement, with the share that the load proof needs; the checks hold as they do in bf16. */
    @ParameterizedTest
    @EnumSource(ModelFamily.class)
    void fp8IsNamedAndTrains(ModelFamily family) throws Exception {
        Ranks ranks = Ranks.of(folder, in(MatrixPrecision.FP8, sft(family, 3)), LaunchRole.SCALED, 2, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            assertThat(result.checks()).allMatch(check -> check.wrong() == 0 && check.worst() <= 1);
            assertThat(result.digests()).isEqualTo(ranks.result(0).digests());
            for (Metric metric : new Metric[] {Metric.STEP_TIME, Metric.STEP_FLOP, Metric.STEP_FLOP_EXECUTED}) {
                assertThat(result.measurement(metric).orElseThrow().conditions())
                        .containsEntry("dtype", "fp8-e4m3");
            }
            assertThat(Double.parseDouble(String.valueOf(result.measurement(Metric.STEP_FLOP_EXECUTED)
                            .orElseThrow()
                            .conditions()
                            .get("fp8Share"))))
                    .isBetween(0.5, 0.95);
        }
    }

    @Test
    void bf16HasNoTypeInItsConditions() throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, 0), LaunchRole.BASELINE, 1, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        assertThat(ranks.result(0).measurements())
                .noneMatch(each -> each.conditions().containsKey("dtype"));
    }

    private static Sft in(MatrixPrecision precision, Sft of) {
        return new Sft(
                of.config(),
                of.model(),
                of.run(),
                of.standIn(),
                of.setup().in(precision),
                of.optimizer(),
                of.clipping(),
                of.baselineNodes(),
                of.warmUpSteps(),
                of.measuredSteps());
    }

    @Test
    void ranksThatTrainAloneAreFound() throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, 0), LaunchRole.SCALED, 2, 1);

        assertThat(ranks.run(SftRunnerTest::deaf)).containsOnly(Worker.DONE);

        RankResult result = ranks.result(1);
        assertThat(result.checks())
                .filteredOn(check -> check.wrong() > 0)
                .extracting(Check::name)
                .contains("allreduce.norm", "sft.norm", "sft.traffic.gradients", "sft.weights");
        assertThat(result.digests()).isNotEqualTo(ranks.result(0).digests());
    }

    /** Counted against what the NICs of each node say, over the measured steps. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void severalNodesPredictWhatTheirNicsMustCount(int stage) throws Exception {
        Sft sft = sft(ModelFamily.LLAMA, stage);
        Ranks ranks = Ranks.of(folder, sft, LaunchRole.SCALED, 2, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        double ring = 3 * StepCollectives.ringBytesPerNode(sft.setup(), 2, 2);
        assertThat(ring).isPositive();
        for (int rank : new int[] {0, 2}) {
            RankResult first = ranks.result(rank);
            assertThat(first.measurement(Metric.NIC_COUNT)).isPresent();
            assertThat(first.measurements(Metric.NIC_BYTES_PREDICTED, Map.of("algorithm", "ring")))
                    .singleElement()
                    .satisfies(each -> assertThat(each.samples()).containsExactly(ring));
            assertThat(first.measurements(Metric.NIC_BYTES_PREDICTED, Map.of("algorithm", "tree")))
                    .hasSize(1);
        }
        assertThat(ranks.result(1).measurement(Metric.NIC_BYTES_PREDICTED)).isEmpty();
        for (RankResult result : ranks.results()) {
            assertThat(samples(result, Metric.STEP_BYTES_BUS))
                    .containsExactly(StepCollectives.busBytes(sft.setup(), 4));
            assertThat(result.measurement(Metric.STEP_BYTES).orElseThrow().conditions())
                    .as("all of them run on this host")
                    .containsEntry("over", "host");
        }
    }

    @Test
    void aBaselineOfOneNodePredictsNothing() throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, 3), LaunchRole.BASELINE, 2, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        assertThat(ranks.result(0).measurement(Metric.NIC_COUNT)).isPresent();
        assertThat(ranks.result(0).measurement(Metric.NIC_BYTES_PREDICTED)).isEmpty();
    }

    @Test
    void whatHasNoRoomIsRefusedWithTheArithmetic() throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, 1), LaunchRole.BASELINE, 1, 1);

        assertThat(ranks.run(SftRunnerTest::full)).containsOnly(Worker.FAILED);

        assertThat(ranks.result(0).failure().orElseThrow().message())
                .contains("looking for room for training explicit", " weights + ", " optimizer states + ", " in all")
                .contains("free is 0.50 MiB", " too little")
                .doesNotContain("OutOfMemory");
    }

    private static Device full(Spec spec, RankEnvironment environment) {
        return new DelegatingDevice(new ReferenceDevice(environment.node(), environment.localRank())) {
            @Override
            public long freeBytes() {
                return 1 << 19;
            }
        };
    }

    private static Device deaf(Spec spec, RankEnvironment environment) {
        return new DelegatingDevice(new ReferenceDevice(environment.node(), environment.localRank())) {
            @Override
            public Communicator join(byte[] id, int rank, int count) {
                return new DeafCommunicator(super.join(id, rank, count));
            }
        };
    }

    private static List<Double> samples(RankResult result, Metric metric) {
        return result.measurement(metric).map(Measurement::samples).orElseThrow();
    }
}
