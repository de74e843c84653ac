package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.device.Communicator;
import dev.assay.device.DelegatingCommunicator;
import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.SpoiledCommunicator;
import dev.assay.device.SpoiledCommunicator.Fault;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.MicroBatch;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.SeededTokens;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import dev.assay.workload.LinearGemm;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rehearsals around whole training, what its weights come to, and how it ends when something hangs. */
class TrainerTrafficTest {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final int RANKS = 2;

    private record Trained(
            List<Traffic> before, List<StepResult> steps, double ownSquares, WeightSums weights, List<Traffic> after) {}

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aRehearsalLeavesTrainingAsItIs(int stage) throws Exception {
        TrainerSetup setup = setup(Small.ODD_GPT, stage);

        List<Trained> rehearsed = together(setup, true);
        List<Trained> plain = together(setup, false);

        for (int rank = 0; rank < RANKS; rank++) {
            Trained one = rehearsed.get(rank);
            assertThat(one.before()).hasSize(stage == 0 ? 1 : 2).allMatch(each -> each.wrong() == 0);
            assertThat(one.after()).hasSize(stage == 0 ? 1 : 2).allMatch(each -> each.wrong() == 0);
            assertThat(values(one)).isEqualTo(values(plain.get(rank)));
            assertThat(one.weights())
                    .isEqualTo(rehearsed.get(0).weights())
                    .isEqualTo(plain.get(rank).weights());
            assertThat(one.weights().forward())
                    .hasSize(3)
                    .doesNotHaveDuplicates()
                    .isEqualTo(one.weights().backward());
        }
        double norm = rehearsed.get(0).steps().get(1).gradientNorm();
        double squares = rehearsed.stream().mapToDouble(Trained::ownSquares).sum();
        assertThat(Math.sqrt(squares)).isCloseTo(norm, within(1e-6 * norm));
        assertThat(rehearsed.get(0).ownSquares()).as("a part").isLessThan(squares);
    }

    /** What a step's own gathers bring is what the checksums are of. */
    @ParameterizedTest
    @CsvSource({"1, gradients, LEAVES_OUT_A_RANK", "2, gradients, LEAVES_OUT_A_RANK", "3, weights, MOVES_ONE_LESS"})
    void weightsThatAreGatheredWrongHaveOtherSums(int stage, String lane, Fault fault) throws Exception {
        TrainerSetup setup = setup(Small.ODD_LLAMA, stage);

        List<WeightSums> sums = ZeroRanks.run(RANKS, (rank, device, join) -> {
            ZeroFactory factory = new ZeroFactory(
                    RANKS,
                    purpose -> purpose.equals(lane)
                            ? new SpoiledCommunicator(
                                    join.apply(purpose), fault, call -> rank == 0 || fault != Fault.MOVES_ONE_LESS)
                            : join.apply(purpose));
            try (Trainer trainer = TrainerPlan.of(setup, factory).prepare(device)) {
                steps(trainer, setup, rank);
                return trainer.weightSums(SOON);
            }
        });

        assertThat(sums.get(0)).isNotEqualTo(sums.get(1));
    }

    @Test
    void aSecondCommunicatorIsOnlyWhereWeightsTravelBesideGradients() {
        for (CollectiveMode mode : CollectiveMode.values()) {
            for (int stage = 0; stage <= 3; stage++) {
                assertThat(joins(stage, true, mode))
                        .as("stage " + stage + " " + mode)
                        .isEqualTo(stage == 3 ? List.of("gradients", "weights") : List.of("gradients"));
                assertThat(joins(stage, false, mode))
                        .as("in line, but for the ideal mode, stage " + stage + " " + mode)
                        .isEqualTo(
                                stage == 3 && mode == CollectiveMode.IDEAL
                                        ? List.of("gradients", "weights")
                                        : List.of("gradients"));
            }
        }
    }

    private static List<String> joins(int stage, boolean overlap, CollectiveMode mode) {
        List<String> joins = new ArrayList<>();
        RaceDetector detector = new RaceDetector(-1);
        ZeroFactory factory = new ZeroFactory(2, purpose -> {
            joins.add(purpose);
            return detector.communicator(0, 2);
        });
        TrainerSetup setup = setup(Small.ODD_LLAMA, stage, overlap, mode);
        AllocationPlan plan = new AllocationPlan();
        factory.plan(setup, plan);
        Device device = detector.device();
        factory.open(setup, device, plan.allocate(device), device.newStream()).close();
        return joins;
    }

    /** The step is named, and closing comes back although its collective never would have. */
    @Test
    void aStepThatHangsIsGivenUp() throws Exception {
        TrainerSetup setup = setup(Small.ODD_LLAMA, 1);
        List<String> calls = Collections.synchronizedList(new ArrayList<>());

        CountDownLatch ended = new CountDownLatch(1);
        List<String> ends = ZeroRanks.run(RANKS, (rank, device, join) -> {
            ZeroFactory factory = new ZeroFactory(
                    RANKS,
                    purpose -> new Told(
                            new SpoiledCommunicator(join.apply(purpose), Fault.HANGS, call -> call > 0), calls));
            Trainer trainer = TrainerPlan.of(setup, factory).prepare(device);
            PendingStep step = trainer.step(batches(setup, rank));
            String end = "done";
            try {
                step.await(rank == 0 ? Duration.ofMillis(800) : SOON);
            } catch (DeviceException e) {
                end = String.valueOf(e.getMessage());
            }
            if (rank == 0) {
                ended.countDown();
            } else {
                ended.await();
            }
            trainer.close();
            return end;
        });

        assertThat(ends.get(0)).contains("waiting for training step 1").contains("not done after 800 ms");
        assertThat(calls).contains("abort", "close");
    }

    /** Order matters: freeing memory that a collective still uses waits for it. */
    @Test
    void memoryIsFreedOnlyWhenCommunicatorsAreAborted() {
        List<String> calls = new ArrayList<>();
        Device device = refusing(calls);
        TrainerSetup setup = setup(Small.ODD_LLAMA, 3);
        ZeroFactory factory = new ZeroFactory(2, purpose -> new Told(new RaceDetector(-1).communicator(0, 2), calls));

        assertThatThrownBy(() -> TrainerPlan.of(setup, factory).prepare(device))
                .isInstanceOf(DeviceException.class)
                .hasMessage("no pinned memory");

        assertThat(calls.subList(0, 2)).containsExactly("abort", "abort");
        assertThat(calls.subList(2, 4)).containsExactly("close", "close");
        assertThat(calls.subList(4, calls.size())).isNotEmpty().containsOnly("free");
    }

    /** A second communicator that cannot be joined leaves none behind. */
    @Test
    void aFirstCommunicatorEndsWithTheSecond() {
        List<String> calls = new ArrayList<>();
        RaceDetector detector = new RaceDetector(-1);
        ZeroFactory factory = new ZeroFactory(2, purpose -> {
            if (purpose.equals("weights")) {
                throw new DeviceException("refused");
            }
            return new Told(detector.communicator(0, 2), calls);
        });

        assertThatThrownBy(
                        () -> TrainerPlan.of(setup(Small.ODD_LLAMA, 3), factory).prepare(detector.device()))
                .hasMessage("refused");

        assertThat(calls).containsExactly("abort", "close");
    }

    /** Writes down how it ends. */
    private static final class Told extends DelegatingCommunicator {
        private final List<String> calls;

        Told(Communicator communicator, List<String> calls) {
            super(communicator);
            this.calls = calls;
        }

        @Override
        public void abort() {
            calls.add("abort");
            super.abort();
        }

        @Override
        public void close() {
            calls.add("close");
            super.close();
        }
    }

    /** Has everything but pinned memory, which is asked for when communicators are open. */
    private static Device refusing(List<String> calls) {
        Device device = new RaceDetector(-1).device();
        return (Device) Proxy.newProxyInstance(
                Device.class.getClassLoader(),
                new Class<?>[] {Device.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "allocate" -> new Freed(device.allocate((long) arguments[0]), calls);
                    case "newLinear" -> new InertDevice(0).device().newLinear((LinearGemm) arguments[0]);
                    case "hostCopies" -> throw new DeviceException("no pinned memory");
                    default -> method.invoke(device, arguments);
                });
    }

    private record Freed(DeviceMemory memory, List<String> calls) implements DeviceMemory {
        @Override
        public long bytes() {
            return memory.bytes();
        }

        @Override
        public DeviceMemory slice(long offsetBytes, long bytes) {
            return memory.slice(offsetBytes, bytes);
        }

        @Override
        public byte[] read() {
            return memory.read();
        }

        @Override
        public void write(byte[] bytes) {
            memory.write(bytes);
        }

        @Override
        public void close() {
            calls.add("free");
        }
    }

    private static List<Trained> together(TrainerSetup setup, boolean rehearses) throws Exception {
        return ZeroRanks.run(RANKS, (rank, device, join) -> {
            try (Trainer trainer =
                    TrainerPlan.of(setup, new ZeroFactory(RANKS, join)).prepare(device)) {
                List<Traffic> before = rehearses ? trainer.rehearse(3, SOON) : List.of();
                List<StepResult> steps = steps(trainer, setup, rank);
                double own = trainer.ownSquares();
                WeightSums weights = trainer.weightSums(SOON);
                return new Trained(before, steps, own, weights, rehearses ? trainer.rehearse(4, SOON) : List.of());
            }
        });
    }

    private static List<Double> values(Trained trained) {
        return trained.steps().stream()
                .flatMap(step -> List.of(step.loss(), step.gradientNorm()).stream())
                .toList();
    }

    private static List<StepResult> steps(Trainer trainer, TrainerSetup setup, int rank) {
        List<StepResult> results = new ArrayList<>();
        for (int step = 0; step < 2; step++) {
            results.add(trainer.step(batches(setup, rank)).await(SOON));
        }
        return results;
    }

    private static List<MicroBatch> batches(TrainerSetup setup, int rank) {
        SeededTokens tokens = new SeededTokens(setup.step().model().vocabulary(), setup.seed());
        return List.of(
                tokens.microBatch(2L * rank, 1, setup.step().sequence()),
                tokens.microBatch(2L * rank + 1, 1, setup.step().sequence()));
    }

    private static TrainerSetup setup(ModelShape model, int stage) {
        return setup(model, stage, true, CollectiveMode.DEEPSPEED);
    }

    private static TrainerSetup setup(ModelShape model, int stage, boolean overlap, CollectiveMode mode) {
        ZeroSetup zero = new ZeroSetup(stage, overlap, true, true, 5000, 4000, 100, 60_000, 1000);
        StepSetup step = new StepSetup(model, 9, 1, 2, zero, Recomputation.FULL, mode, 2, 2);
        return new TrainerSetup(step, Small.ADAM_W, new GradientClipping(1), 5);
    }
}
