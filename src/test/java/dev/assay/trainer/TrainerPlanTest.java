package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.MemoryPlan;
import dev.assay.training.ModelPreset;
import dev.assay.training.Recomputation;
import dev.assay.training.StepFlops;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the trainer will take and run of the real models, against what {@code training} predicts of them. */
class TrainerPlanTest {
    @ParameterizedTest
    @EnumSource(ModelPreset.class)
    void theMemoryIsAsPredicted(ModelPreset preset) {
        for (Recomputation recomputation : Recomputation.values()) {
            MemoryPlan predicted = MemoryPlan.of(step(preset, recomputation), 1);
            AllocationPlan planned = plan(preset, recomputation).memory();

            assertThat(planned.bytes(MemoryPart.WEIGHTS)).isEqualTo(predicted.weights());
            assertThat(planned.bytes(MemoryPart.GRADIENTS)).isEqualTo(predicted.gradients());
            assertThat(planned.bytes(MemoryPart.OPTIMIZER)).isEqualTo(predicted.optimizer());
            assertThat(planned.bytes(MemoryPart.ACTIVATIONS))
                    .as("statistics of norms and attention come on top")
                    .isCloseTo(predicted.activations(), withPercentage(0.2));
            assertThat(planned.bytes(MemoryPart.LIVE_LAYER)).isLessThan(predicted.liveLayer());
            assertThat(planned.bytes(MemoryPart.LOSS)).isLessThan(predicted.loss());
            assertThat(planned.bytes(MemoryPart.WORKSPACE)).isLessThan(128L << 20);
        }
    }

    /** Full checkpointing is 4/3 by the formula; what is left out of the second forward pass makes it less. */
    @ParameterizedTest
    @EnumSource(ModelPreset.class)
    void theFlopAreAsTheFormulas(ModelPreset preset) {
        StepSetup step = step(preset, Recomputation.NONE);
        double causal = StepFlops.of(step).causal() * step.tokensPerStep(1);

        assertThat(plan(preset, Recomputation.NONE).flop()).isCloseTo(causal, withPercentage(0.01));
        assertThat(plan(preset, Recomputation.FULL).flop() / causal).isBetween(1.2, 4.0 / 3);
    }

    private static TrainerPlan plan(ModelPreset preset, Recomputation recomputation) {
        TrainerSetup setup = new TrainerSetup(step(preset, recomputation), Small.ADAM_W, GradientClipping.none(), 1);
        return TrainerPlan.of(setup, new Unsharded());
    }

    private static StepSetup step(ModelPreset preset, Recomputation recomputation) {
        return new StepSetup(
                preset.shape(),
                2048,
                4,
                2,
                ZeroSetup.defaults(0, false),
                recomputation,
                CollectiveMode.DEEPSPEED,
                2,
                2);
    }
}
