package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.device.reference.SlowCommunicator;
import dev.assay.training.Collective;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.MicroBatch;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.SeededTokens;
import dev.assay.training.StepCollectives;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a step's time goes: everything is somewhere, nothing twice, and what travels is what the plan says. */
class BreakdownTest {
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final int RANKS = 2;
    private static final int SEQUENCE = 9;

    /** Long against what two busy cores add to a tiny step. */
    private static final Duration SLOW = Duration.ofMillis(100);

    @ParameterizedTest
    @CsvSource({
        "0, false, DEEPSPEED",
        "0, false, IDEAL",
        "1, false, DEEPSPEED",
        "1, true, IDEAL",
        "2, false, DEEPSPEED",
        "2, true, DEEPSPEED",
        "3, false, DEEPSPEED",
        "3, true, DEEPSPEED",
        "3, true, IDEAL"
    })
    void partsAddUpAndCollectivesAreThePlans(int stage, boolean overlap, CollectiveMode mode) throws Exception {
        TrainerSetup setup =
                setup(Small.ODD_LLAMA, new ZeroSetup(stage, overlap, true, true, 5000, 4000, 100, 60_000, 1000), mode);

        List<List<StepResult>> ranks = run(setup, join -> join, 3, 0);

        for (List<StepResult> steps : ranks) {
            for (StepResult step : steps) {
                StepTimes times = step.times();
                assertThat(times.forward()
                                + times.recomputation()
                                + times.backward()
                                + times.optimizer()
                                + times.exposed())
                        .isCloseTo(times.whole(), within(0.001 * times.whole()));
                assertThat(times.recomputation())
                        .as("of all but the last layer")
                        .isPositive();
                assertThat(times.exposed()).as("some wait there is").isPositive();
                assertThat(times.collectives())
                        .extracting(each ->
                                each.kind().key() + ", " + each.purpose() + ", " + each.calls() + ", " + each.bytes())
                        .containsExactlyInAnyOrderElementsOf(StepCollectives.of(setup.step(), RANKS).stream()
                                .map(BreakdownTest::planned)
                                .toList());
                assertThat(times.collectives()).allMatch(each -> each.millis() > 0);
            }
        }
    }

    private static String planned(Collective each) {
        return each.kind().key() + ", " + each.purpose() + ", " + each.calls() + ", " + each.bytes();
    }

    @ParameterizedTest
    @CsvSource({"1, false", "3, true"})
    void aSlowLinkIsExposedBothWays(int stage, boolean overlap) throws Exception {
        TrainerSetup setup = setup(
                Small.ODD_GPT,
                new ZeroSetup(stage, overlap, true, true, 1_000_000, 1_000_000, 100, 1_000_000, 1_000_000),
                CollectiveMode.DEEPSPEED);

        List<List<StepResult>> ranks =
                run(setup, join -> purpose -> new SlowCommunicator(join.apply(purpose), SLOW), 2, 3);

        for (List<StepResult> steps : ranks) {
            StepTimes talking = shortest(steps.subList(0, 2));
            StepTimes silent = shortest(steps.subList(2, 5));
            double difference = talking.whole() - silent.whole();
            assertThat(silent.collectives()).isEmpty();
            assertThat(silent.exposed()).isLessThan(talking.exposed() / 3);
            assertThat(talking.exposed())
                    .as("gradients, weights and norm one after the other, at least")
                    .isGreaterThan(3.0 * SLOW.toMillis());
            assertThat(difference)
                    .as("by difference; by its waits: " + talking.exposed() + "; as near as busy cores allow")
                    .isCloseTo(talking.exposed(), within(0.5 * talking.exposed()));
        }
    }

    @Test
    void aloneNothingIsExposed() {
        TrainerSetup setup = setup(Small.ODD_LLAMA, ZeroSetup.defaults(3, true), CollectiveMode.DEEPSPEED);
        try (Device device = new ReferenceDevice("n0", 0);
                Trainer trainer = TrainerPlan.of(setup, new ZeroFactory(1, purpose -> {
                            throw new IllegalStateException("alone there is none to join");
                        }))
                        .prepare(device)) {
            StepTimes times = trainer.step(batches(setup, 0)).await(DEADLINE).times();

            assertThat(times.exposed()).isZero();
            assertThat(times.collectives()).isEmpty();
        }
    }

    private static StepTimes shortest(List<StepResult> steps) {
        return steps.stream()
                .map(StepResult::times)
                .min((a, b) -> Double.compare(a.whole(), b.whole()))
                .orElseThrow();
    }

    /** Steps that communicate, then silent ones; none of them makes an event. */
    private static List<List<StepResult>> run(
            TrainerSetup setup,
            Function<Function<String, Communicator>, Function<String, Communicator>> link,
            int steps,
            int silent)
            throws Exception {
        return ZeroRanks.run(RANKS, (rank, device, join) -> {
            WatchedDevice watched = new WatchedDevice(device);
            try (Trainer trainer = TrainerPlan.of(setup, new ZeroFactory(RANKS, link.apply(join)))
                    .prepare(watched)) {
                List<MicroBatch> batches = batches(setup, rank);
                int made = watched.made();
                List<StepResult> results = new ArrayList<>();
                for (int step = 0; step < steps; step++) {
                    results.add(trainer.step(batches).await(DEADLINE));
                }
                for (int step = 0; step < silent; step++) {
                    results.add(trainer.silentStep(batches).await(DEADLINE));
                }
                assertThat(watched.made()).as("memory, streams, events").isEqualTo(made);
                return results;
            }
        });
    }

    private static List<MicroBatch> batches(TrainerSetup setup, int rank) {
        SeededTokens tokens = new SeededTokens(setup.step().model().vocabulary(), setup.seed());
        return IntStream.range(0, setup.step().accumulation())
                .mapToObj(i -> tokens.microBatch(
                        (long) rank * setup.step().accumulation() + i,
                        setup.step().microBatch(),
                        SEQUENCE))
                .toList();
    }

    private static TrainerSetup setup(ModelShape model, ZeroSetup zero, CollectiveMode mode) {
        StepSetup step = new StepSetup(model, SEQUENCE, 1, 2, zero, Recomputation.FULL, mode, 2, 2);
        return new TrainerSetup(step, Small.ADAM_W, new GradientClipping(1), 7);
    }
}
