package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.Device;
import dev.assay.device.Stream;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams that overlap wait for each other wherever they must, and nothing blocks. */
class ZeroRaceTest {
    private static final int STEPS = 2;
    private static final int RANKS = 3;
    private static final ModelShape LLAMA = new ModelShape(ModelFamily.LLAMA, 4, 12, 4, 2, 6, 17, 31, 7);
    private static final ModelShape GPT = new ModelShape(ModelFamily.GPT, 4, 12, 3, 3, 5, 17, 31, 9);

    /** @param needed of the waits, in percent: without it there is a race; the others are for what another wait orders too */
    @ParameterizedTest
    @CsvSource({
        "0, LLAMA, IDEAL, 22, 100000, 60",
        "1, LLAMA, DEEPSPEED, 22, 100000, 60",
        "1, GPT, DEEPSPEED, 42, 100000, 60",
        "1, LLAMA, IDEAL, 24, 100000, 60",
        "2, LLAMA, DEEPSPEED, 22, 100000, 60",
        "2, GPT, DEEPSPEED, 44, 100000, 60",
        "3, LLAMA, DEEPSPEED, 22, 100000, 60",
        "3, LLAMA, DEEPSPEED, 22, 3500, 60",
        "3, LLAMA, DEEPSPEED, 22, 1, 60",
        "3, GPT, IDEAL, 22, 3500, 60"
    })
    void everyReadComesAfterItsWrite(
            int stage, ModelFamily family, CollectiveMode mode, int bytes, long maxLive, int needed) {
        check(stage, family, mode, bytes, maxLive, 0, Recomputation.NONE, needed);
    }

    /** What stays gathered from forward to backward is written anew only when backward has read it. */
    @ParameterizedTest
    @CsvSource({
        "LLAMA, DEEPSPEED, 100000, 900, 60",
        "LLAMA, DEEPSPEED, 1, 900, 60",
        "LLAMA, DEEPSPEED, 1, 4000, 60",
        "GPT, DEEPSPEED, 3500, 1000, 60",
        "LLAMA, IDEAL, 3500, 1000000, 60"
    })
    void soItDoesWhereWeightsStay(ModelFamily family, CollectiveMode mode, long maxLive, long maxReuse, int needed) {
        check(3, family, mode, 22, maxLive, maxReuse, Recomputation.NONE, needed);
    }

    /** What comes a third time is written when the second forward has read it, and read when it is there, tensor by tensor. */
    @ParameterizedTest
    @CsvSource({"LLAMA, 1, 0, 60", "LLAMA, 1000, 0, 60", "LLAMA, 1, 900, 60", "GPT, 1, 0, 60", "GPT, 800, 500, 60"})
    void soItDoesWhereWeightsComeAThirdTime(ModelFamily family, long maxLive, long maxReuse, int needed) {
        check(3, family, CollectiveMode.DEEPSPEED, 22, maxLive, maxReuse, Recomputation.FULL, needed);
    }

    private static void check(
            int stage,
            ModelFamily family,
            CollectiveMode mode,
            int bytes,
            long maxLive,
            long maxReuse,
            Recomputation recomputation,
            int needed) {
        ZeroSetup zero = new ZeroSetup(stage, true, true, true, 300, 250, 20, maxLive, 1000).keeping(maxReuse);
        StepSetup step = new StepSetup(
                family == ModelFamily.GPT ? GPT : LLAMA, 7, 1, 2, zero, recomputation, mode, bytes / 10, bytes % 10);
        TrainerSetup setup = new TrainerSetup(step, Small.ADAM_W, GradientClipping.none(), 1);

        RaceDetector all = run(setup, -1);
        int raced = 0;
        for (int deaf = 0; deaf < all.awaits(); deaf++) {
            raced += run(setup, deaf).races().isEmpty() ? 0 : 1;
        }

        assertThat(all.races()).isEmpty();
        assertThat(100 * raced / all.awaits())
                .as("%d of %d waits are needed", raced, all.awaits())
                .isGreaterThanOrEqualTo(needed);
    }

    /** It enqueues all of it before it reads what this device does not compute. */
    @ParameterizedTest
    @CsvSource({"0, IDEAL", "1, DEEPSPEED", "1, IDEAL", "2, DEEPSPEED", "2, IDEAL", "3, DEEPSPEED", "3, IDEAL"})
    void aRehearsalReadsNothingThatIsStillWritten(int stage, CollectiveMode mode) {
        ZeroSetup zero = new ZeroSetup(stage, true, true, true, 300, 250, 20, 3500, 1000);
        StepSetup step = new StepSetup(GPT, 7, 1, 2, zero, Recomputation.NONE, mode, 2, 2);
        TrainerSetup setup = new TrainerSetup(step, Small.ADAM_W, GradientClipping.none(), 1);

        RaceDetector detector = run(setup, -1, (sharding, driver) -> {
            assertThatThrownBy(() -> sharding.rehearse(1, Duration.ofSeconds(1)))
                    .hasMessage("nothing is computed");
            sharding.initialise();
            driver.step(sharding, 1);
        });

        assertThat(detector.races()).isEmpty();
    }

    private static RaceDetector run(TrainerSetup setup, int deaf) {
        return run(setup, deaf, (sharding, driver) -> {
            sharding.initialise();
            for (int number = 1; number <= STEPS; number++) {
                driver.step(sharding, number);
            }
        });
    }

    private static RaceDetector run(TrainerSetup setup, int deaf, BiConsumer<Sharding, KnownGradients> work) {
        RaceDetector detector = new RaceDetector(deaf);
        Device device = detector.device();
        ZeroFactory factory = new ZeroFactory(RANKS, purpose -> detector.communicator(1, RANKS));
        AllocationPlan plan = new AllocationPlan();
        factory.plan(setup, plan);
        try (Arena memory = plan.allocate(device);
                Stream compute = device.newStream();
                Sharding sharding = factory.open(setup, device, memory, compute)) {
            work.accept(sharding, new KnownGradients(setup, device, compute, 1));
        }
        return detector;
    }
}
