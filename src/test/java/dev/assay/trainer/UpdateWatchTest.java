package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.AdamW;
import dev.assay.device.Device;
import dev.assay.device.TrainingKernels;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.MicroBatch;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.SeededTokens;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import dev.assay.worker.DelegatingDevice;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rank whose optimizer stands still, at first or later, or counts its steps wrong. */
class UpdateWatchTest {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final int RANKS = 2;
    private static final int STEPS = 3;

    private record Watched(Updated first, Updated last, List<StepResult> steps, WeightSums weights) {}

    @ParameterizedTest
    @CsvSource({
        "0, DEEPSPEED, 2",
        "1, DEEPSPEED, 2",
        "1, IDEAL, 2",
        "2, DEEPSPEED, 4",
        "2, IDEAL, 2",
        "3, DEEPSPEED, 2",
        "3, IDEAL, 4"
    })
    void aHealthyRankIsRightAndMovesOn(int stage, CollectiveMode mode, int gradientBytes) throws Exception {
        for (ModelShape model : List.of(Small.ODD_LLAMA, Small.ODD_GPT)) {
            for (Watched rank : together(setup(model, stage, mode, gradientBytes), step -> true)) {
                assertThat(rank.first().wrong()).as(rank.first().words()).isZero();
                assertThat(rank.last().wrong()).as(rank.last().words()).isZero();
                assertThat(rank.first().checked()).isGreaterThan(1000);
                assertThat(rank.last().checked()).isGreaterThan(300);
            }
        }
    }

    /** All else is as if it learned: every loss falls, norms and weights are the same on all ranks. */
    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void aRankThatNeverLearnsIsFoundByNothingElse(int stage) throws Exception {
        List<Watched> ranks = together(setup(Small.ODD_LLAMA, stage, CollectiveMode.DEEPSPEED, 2), step -> false);

        assertThat(ranks.get(0).first().wrong() + ranks.get(0).last().wrong()).isZero();
        assertThat(ranks.get(1).first().wrong()).isPositive();
        assertThat(ranks.get(1).first().words()).contains("first moment");
        assertThat(ranks.get(1).weights()).isEqualTo(ranks.get(0).weights());
        for (Watched rank : ranks) {
            List<StepResult> steps = rank.steps();
            assertThat(steps.get(STEPS - 1).loss()).isLessThan(steps.get(0).loss());
            assertThat(steps)
                    .extracting(StepResult::gradientNorm)
                    .isEqualTo(ranks.get(0).steps().stream()
                            .map(StepResult::gradientNorm)
                            .toList());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "2, 1", "3, 1", "1, 2", "3, 2"})
    void soIsOneThatStopsLearning(int stage, int after) throws Exception {
        List<Watched> ranks =
                together(setup(Small.ODD_GPT, stage, CollectiveMode.DEEPSPEED, 2), step -> step.step() <= after);

        assertThat(ranks.get(0).last().wrong()).isZero();
        assertThat(ranks.get(1).first().wrong()).isZero();
        assertThat(ranks.get(1).last().wrong()).isPositive();
        assertThat(ranks.get(1).last().words()).contains("that moved since the look before: 0.0");
    }

    @Test
    void oneThatIsAloneIsLookedAtToo() throws Exception {
        Watched right = watched(alone(2), new ReferenceDevice("n0", 0), new Unsharded(), 0);
        Watched wide = watched(alone(4), new ReferenceDevice("n0", 0), new Unsharded(), 0);
        Watched still = watched(alone(2), stopping(new ReferenceDevice("n0", 0), step -> false), new Unsharded(), 0);

        assertThat(right.first().wrong() + right.last().wrong()).isZero();
        assertThat(wide.first().wrong() + wide.last().wrong()).isZero();
        assertThat(still.first().wrong()).isPositive();
    }

    private static TrainerSetup alone(int gradientBytes) {
        return setup(Small.ODD_GPT, 0, CollectiveMode.DEEPSPEED, gradientBytes);
    }

    /** @param learns which updates run on the last rank; the first one's all do */
    private static List<Watched> together(TrainerSetup setup, Predicate<AdamW> learns) throws Exception {
        return ZeroRanks.run(
                RANKS,
                rank -> rank == RANKS - 1
                        ? stopping(new ReferenceDevice("n0", rank), learns)
                        : new ReferenceDevice("n0", rank),
                (rank, device, join) -> watched(setup, device, new ZeroFactory(RANKS, join), rank));
    }

    private static Watched watched(TrainerSetup setup, Device device, ShardingFactory factory, int rank) {
        try (Trainer trainer = TrainerPlan.of(setup, factory).prepare(device)) {
            UpdateWatch updates = trainer.updateWatch();
            List<StepResult> steps = new ArrayList<>();
            steps.add(trainer.step(batches(setup, rank)).await(SOON));
            Updated first = updates.first();
            steps.add(trainer.step(batches(setup, rank)).await(SOON));
            updates.hold();
            while (steps.size() < STEPS) {
                steps.add(trainer.step(batches(setup, rank)).await(SOON));
            }
            Updated last = updates.last(STEPS);
            return new Watched(first, last, steps, trainer.weightSums(SOON));
        }
    }

    private static Device stopping(Device device, Predicate<AdamW> learns) {
        return new DelegatingDevice(device) {
            @Override
            public TrainingKernels trainingKernels() {
                TrainingKernels right = super.trainingKernels();
                return (TrainingKernels) Proxy.newProxyInstance(
                        TrainingKernels.class.getClassLoader(),
                        new Class<?>[] {TrainingKernels.class},
                        (proxy, method, arguments) -> {
                            boolean runs = !method.getName().equals("adamW") || learns.test((AdamW) arguments[0]);
                            return runs ? method.invoke(right, arguments) : null;
                        });
            }
        };
    }

    private static List<MicroBatch> batches(TrainerSetup setup, int rank) {
        SeededTokens tokens = new SeededTokens(setup.step().model().vocabulary(), setup.seed());
        return List.of(
                tokens.microBatch(2L * rank, 1, setup.step().sequence()),
                tokens.microBatch(2L * rank + 1, 1, setup.step().sequence()));
    }

    private static TrainerSetup setup(ModelShape model, int stage, CollectiveMode mode, int gradientBytes) {
        ZeroSetup zero = new ZeroSetup(stage, true, true, true, 5000, 4000, 100, 60_000, 1000);
        StepSetup step = new StepSetup(model, 9, 1, 2, zero, Recomputation.FULL, mode, gradientBytes, 2);
        return new TrainerSetup(step, Small.ADAM_W, new GradientClipping(1), 5);
    }
}
