package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.MicroBatch;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.SeededTokens;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole models: two ranks under every stage learn as one rank that takes both ranks' sequences one after the other, which is one
 * GPU that accumulates twice against two that accumulate once; on every device there are two of.
 */
interface ZeroTrainingContract {
    Duration DEADLINE = Duration.ofMinutes(1);
    int RANKS = 2;
    int STEPS = 3;
    int SEQUENCE = 9;
    int MICRO_BATCH = 2;

    /** What all ranks shall learn alike, and so little of it that another process can be told. */
    record Lesson(boolean gpt, int stage, CollectiveMode mode, long seed) {
        TrainerSetup setup() {
            ZeroSetup zero = new ZeroSetup(stage, true, true, true, 5000, 4000, 100, 60_000, 1000);
            return ZeroTrainingContract.setup(model(gpt), zero, mode, 1, seed);
        }
    }

    /** What a rank says after a step: its own loss, and the norm, which is of all ranks. */
    record Learned(double loss, double gradientNorm) {
        static Learned of(StepResult result) {
            return new Learned(result.loss(), result.gradientNorm());
        }
    }

    /** The device of one rank alone. */
    Device open();

    /** What each rank learned, by rank and step. */
    List<List<Learned>> together(Lesson lesson) throws Exception;

    /** How far the first loss, of the same weights and tokens, may lie from that of one rank: the order of a sum. */
    double first();

    /** How far later losses may, and norms by how many percent: weights are rounded to bf16 after each step. */
    double later();

    double normPercent();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void twoRanksLearnAsOne(boolean gpt) throws Exception {
        long seed = System.nanoTime();
        List<Learned> alone = alone(setup(model(gpt), ZeroSetup.defaults(0, false), CollectiveMode.DEEPSPEED, 2, seed));

        for (int stage = 0; stage <= 3; stage++) {
            for (CollectiveMode mode : CollectiveMode.values()) {
                Lesson lesson = new Lesson(gpt, stage, mode, seed);
                List<List<Learned>> ranks = together(lesson);

                assertThat(ranks)
                        .as(lesson.toString())
                        .hasSize(RANKS)
                        .allSatisfy(rank -> assertThat(rank).hasSize(STEPS));
                for (int step = 0; step < STEPS; step++) {
                    int number = step;
                    double loss = ranks.stream()
                            .mapToDouble(rank -> rank.get(number).loss())
                            .average()
                            .orElseThrow();
                    String what = lesson + ", step " + (step + 1);
                    assertThat(loss).as(what).isCloseTo(alone.get(step).loss(), within(step == 0 ? first() : later()));
                    for (List<Learned> rank : ranks) {
                        assertThat(rank.get(step).gradientNorm())
                                .as(what)
                                .isEqualTo(ranks.get(0).get(step).gradientNorm())
                                .isCloseTo(alone.get(step).gradientNorm(), withPercentage(normPercent()));
                    }
                }
            }
        }
    }

    private List<Learned> alone(TrainerSetup setup) {
        try (Device device = open();
                Trainer trainer = TrainerPlan.of(setup, new Unsharded()).prepare(device)) {
            return steps(trainer, setup, 0, RANKS);
        }
    }

    /** One rank's share of the lesson. */
    static List<Learned> learn(Lesson lesson, int rank, Device device, Function<String, Communicator> join) {
        TrainerSetup setup = lesson.setup();
        try (Trainer trainer =
                TrainerPlan.of(setup, new ZeroFactory(RANKS, join)).prepare(device)) {
            return steps(trainer, setup, rank, 1);
        }
    }

    static List<Learned> steps(Trainer trainer, TrainerSetup setup, int first, int count) {
        SeededTokens tokens = new SeededTokens(setup.step().model().vocabulary(), setup.seed());
        List<Learned> results = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            int base = step * RANKS + first;
            List<MicroBatch> batches = IntStream.range(base, base + count)
                    .mapToObj(number -> tokens.microBatch((long) number * MICRO_BATCH, MICRO_BATCH, SEQUENCE))
                    .toList();
            results.add(Learned.of(trainer.step(batches).await(DEADLINE)));
        }
        return results;
    }

    static ModelShape model(boolean gpt) {
        return gpt ? Small.ODD_GPT : Small.ODD_LLAMA;
    }

    static TrainerSetup setup(ModelShape model, ZeroSetup zero, CollectiveMode mode, int accumulation, long seed) {
        StepSetup step =
                new StepSetup(model, SEQUENCE, MICRO_BATCH, accumulation, zero, Recomputation.FULL, mode, 2, 2);
        return new TrainerSetup(step, Small.ADAM_W, new GradientClipping(1), seed);
    }
}
