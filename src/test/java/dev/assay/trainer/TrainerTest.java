package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.Stream;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.StepFlops;
import dev.assay.workload.ElementType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On the reference device, with what only it allows to look at. */
class TrainerTest implements TrainerContract {
    private final Device device = new ReferenceDevice("n0", 0);
    private final Small small = Small.of(Small.ODD_LLAMA, 7, 1);

    @Override
    public Device device() {
        return device;
    }

    @Test
    void everythingIsAllocatedOnceAndAsPlanned() {
        for (ModelShape model : List.of(Small.ODD_LLAMA, Small.ODD_GPT)) {
            TrainerPlan plan = TrainerPlan.of(Small.of(model, 7, 1).setup(1), new Unsharded());
            WatchedDevice watched = new WatchedDevice(device);
            try (Trainer trainer = plan.prepare(watched)) {
                assertThat(watched.allocated())
                        .containsExactlyElementsOf(plan.memory().allocations().stream()
                                .map(Allocation::bytes)
                                .toList());
                int made = watched.made();

                trainer.step(Small.of(model, 7, 1).batches(1, 0)).await(DEADLINE);

                assertThat(watched.made()).as("memory, streams, events, GEMMs").isEqualTo(made);
            }
        }
    }

    /** A plan names parameters, states and activations by the bytes that the arithmetic of the models gives. */
    @Test
    void thePlanHasTheStatesBytes() {
        long parameters = small.model().parameters();
        AllocationPlan memory = TrainerPlan.of(small.setup(1), new Unsharded()).memory();

        assertThat(memory.bytes(MemoryPart.WEIGHTS)).isEqualTo(2 * parameters);
        assertThat(memory.bytes(MemoryPart.GRADIENTS)).isEqualTo(2 * parameters);
        assertThat(memory.bytes(MemoryPart.OPTIMIZER)).isEqualTo(12 * parameters);
        assertThat(memory.bytes())
                .isEqualTo(memory.allocations().stream()
                        .mapToLong(Allocation::bytes)
                        .sum());
        AllocationPlan again =
                TrainerPlan.of(small.recomputing().setup(1), new Unsharded()).memory();
        assertThat(again.bytes(MemoryPart.ACTIVATIONS))
                .as("three layers' inputs, padded to 256 bytes")
                .isEqualTo(3 * 768);
    }

    /** 6 a parameter and token, and attention of S (S + 1) / 2 pairs a sequence where the formula has S² / 2. */
    @Test
    void theFlopThatAreEnqueuedAreThoseOfTheFormula() {
        Small twice = Small.of(Small.GPT, 40, 3).accumulating(2);
        double causal = StepFlops.of(twice.step(2)).causal();
        double pairs = 6.0 * 2 * 256;

        double flop = TrainerPlan.of(twice.setup(1), new Unsharded()).flop();
        double again =
                TrainerPlan.of(twice.recomputing().setup(1), new Unsharded()).flop();

        assertThat(flop).isEqualTo(twice.step(2).tokensPerStep(1) * (causal + pairs));
        assertThat(again / flop)
                .as("one of two layers again, without its last matrix")
                .isBetween(1.05, 1.16);
    }

    /** The stream is held up by another's work; a step that waited for it could not return before that is done. */
    @Test
    void aStepOnlyEnqueues() {
        try (Trainer trainer = TrainerPlan.of(small.setup(1), new Unsharded()).prepare(device);
                Stream other = device.newStream();
                Event held = device.newEvent();
                DeviceMemory much = device.allocate(1 << 26)) {
            trainer.step(small.batches(1, 0)).await(DEADLINE);
            device.fillMatrix(much, ElementType.FP32, 1 << 24, 1, other);
            other.record(held);
            trainer.compute().await(held);

            PendingStep one = trainer.step(small.batches(1, 1));
            PendingStep two = trainer.step(small.batches(1, 2));
            boolean free = held.isDone();

            assertThat(free).as("what the step must not wait for").isFalse();
            assertThat(one.isDone()).isFalse();
            assertThatThrownBy(() -> one.await(Duration.ofMillis(1)))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("training step 2");
            assertThatThrownBy(() -> trainer.step(small.batches(1, 3))).hasMessageContaining("was not awaited");
            assertThat(one.await(DEADLINE).number()).isEqualTo(2);
            assertThat(two.await(DEADLINE).number()).isEqualTo(3);
        }
    }

    @Test
    void everyGemmOfThePlanRunsAndNoOther() {
        TrainerPlan plan = TrainerPlan.of(small.setup(1), new Unsharded());
        WatchedDevice watched = new WatchedDevice(device);
        try (Trainer trainer = plan.prepare(watched)) {
            assertThat(trainer.gemms().keySet()).containsExactlyElementsOf(plan.gemms());
            trainer.gemms()
                    .forEach((gemm, runner) -> runner.choose(runner.candidates().get(0)));

            trainer.step(small.batches(1, 0)).await(DEADLINE);

            assertThat(watched.multiplied()).containsExactlyInAnyOrderElementsOf(plan.gemms());
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        ModelShape odd = new ModelShape(ModelFamily.LLAMA, 1, 40, 1, 1, 64, 56, 71, 64);
        assertThatThrownBy(() -> TrainerPlan.of(Small.of(odd, 7, 1).setup(1), new Unsharded()))
                .hasMessageContaining("vocabulary 71, where the engine's kernels need a multiple of 8; pad it");
        ModelShape narrow = new ModelShape(ModelFamily.LLAMA, 1, 40, 1, 1, 32, 56, 72, 64);
        assertThatThrownBy(() -> TrainerPlan.of(Small.of(narrow, 7, 1).setup(1), new Unsharded()))
                .hasMessageContaining("headSize 32, where the engine's kernels need a multiple of 8 from 64 to 128");

        try (Trainer trainer = TrainerPlan.of(small.setup(1), new Unsharded()).prepare(device)) {
            assertThatThrownBy(() -> trainer.step(List.of()))
                    .hasMessageContaining("must have 1 micro-batches of 1 × 7 tokens, got []");
            assertThatThrownBy(
                            () -> trainer.step(Small.of(Small.ODD_LLAMA, 6, 1).batches(1, 0)))
                    .hasMessageContaining("got [1 × 6]");
            assertThat(trainer.step(small.batches(1, 0)).await(DEADLINE).number())
                    .as("what was refused is no step")
                    .isEqualTo(1);
        }
    }
}
