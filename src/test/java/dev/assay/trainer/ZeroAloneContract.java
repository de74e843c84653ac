package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Device;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.Parameter;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * ZeRO with one rank, streams, buckets, gathers and all, changes no bit of what one rank without it gets; on every device. Not
 * where stages 2 and 3 accumulate, which round each micro-batch's gradients apart, nor in the norm, whose order of summing
 * clipping would bring into the weights.
 */
interface ZeroAloneContract {
    Duration DEADLINE = Duration.ofMinutes(1);
    int STEPS = 3;

    Device device();

    @ParameterizedTest
    @CsvSource({
        "0, DEEPSPEED, true", "0, IDEAL, true", "1, DEEPSPEED, false", "1, DEEPSPEED, true", "1, IDEAL, true",
        "2, DEEPSPEED, true", "2, IDEAL, true", "3, DEEPSPEED, false", "3, DEEPSPEED, true", "3, IDEAL, true"
    })
    default void changesNoBit(int stage, CollectiveMode mode, boolean overlap) {
        changesNoBit(new ZeroSetup(stage, overlap, true, true, 5000, 4000, 100, 60_000, 1000), mode);
    }

    /** With weights of the last modules, or of all, that stay gathered from forward to backward. */
    @ParameterizedTest
    @CsvSource({"1, true", "7000, true", "7000, false", "1000000, true"})
    default void norDoesWhatStaysGathered(long maxReuse, boolean overlap) {
        ZeroSetup zero = new ZeroSetup(3, overlap, true, true, 5000, 4000, 100, 60_000, 1000);
        changesNoBit(zero.keeping(maxReuse), CollectiveMode.DEEPSPEED);
    }

    private void changesNoBit(ZeroSetup zero, CollectiveMode mode) {
        long seed = System.nanoTime();
        int stage = zero.stage();
        int accumulation = stage < 2 ? 2 : 1;
        Small small =
                Small.of(stage % 2 == 0 ? Small.ODD_GPT : Small.ODD_LLAMA, 9, 2).accumulating(accumulation);
        StepSetup step = new StepSetup(small.model(), 9, 2, accumulation, zero, Recomputation.FULL, mode, 2, 2);
        TrainerSetup setup = new TrainerSetup(step, Small.ADAM_W, GradientClipping.none(), seed);
        ZeroFactory sharded = ZeroFactory.alone(purpose -> device().join(device().newCommunicatorId(), 0, 1));

        try (Trainer plain = TrainerPlan.of(setup, new Unsharded()).prepare(device());
                Trainer found = TrainerPlan.of(setup, sharded).prepare(device())) {
            for (int number = 0; number < STEPS; number++) {
                StepResult right = plain.step(small.batches(seed, number)).await(DEADLINE);
                StepResult result = found.step(small.batches(seed, number)).await(DEADLINE);

                assertThat(result.loss()).as("seed %d", seed).isEqualTo(right.loss());
                assertThat(result.gradientNorm())
                        .as("seed %d", seed)
                        .isCloseTo(right.gradientNorm(), org.assertj.core.data.Percentage.withPercentage(1e-4));
            }
            for (Parameter parameter : setup.layout().parameters()) {
                assertThat(found.read(StateKind.WEIGHT, parameter))
                        .as("seed %d, %s", seed, parameter.name())
                        .containsExactly(plain.read(StateKind.WEIGHT, parameter));
            }
        }
    }
}
