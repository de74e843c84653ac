package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.workload.LinearGemm;
import java.time.Duration;
import java.util.List;

/**
 * What training will take and run, known before a device is touched: the door of this package.
 *
 * <pre>
 *   TrainerPlan plan = TrainerPlan.of(setup, new Unsharded());   // plan.memory(): fits or not
 *   try (Trainer trainer = plan.prepare(device)) {
 *       trainer.gemms().forEach((gemm, runner) -> …choose…);     // else the library's favourite
 *       PendingStep step = trainer.step(microBatches);           // enqueued; the next may be before this is awaited
 *       StepResult result = step.await(deadline);
 *   }
 * </pre>
 */
public final class TrainerPlan {
    private final TrainerSetup setup;
    private final ShardingFactory sharding;
    private final DecoderSizes sizes;
    private final AllocationPlan memory = new AllocationPlan();

    private TrainerPlan(TrainerSetup setup, ShardingFactory sharding) {
        this.setup = setup;
        this.sharding = sharding;
        this.sizes = DecoderSizes.of(setup);
    }

    /** @throws IllegalArgumentException if the kernels cannot compute such a shape */
    public static TrainerPlan of(TrainerSetup setup, ShardingFactory sharding) {
        TrainerPlan plan = new TrainerPlan(setup, sharding);
        sharding.plan(setup, plan.memory);
        DecoderMemory.plan(plan.sizes, plan.memory);
        StepSlot.plan(plan.sizes, plan.memory);
        WeightSums.plan(setup.modules(), plan.memory);
        return plan;
    }

    public TrainerSetup setup() {
        return setup;
    }

    /** Every allocation; GEMMs have scratch of their own besides, which the device shares. */
    public AllocationPlan memory() {
        return memory;
    }

    /** Each once; to be timed before the memory is taken, or by the runners of {@link Trainer#gemms}. */
    public List<LinearGemm> gemms() {
        return sizes.gemms();
    }

    /**
     * Floating-point operations of a step on this GPU, by what is computed and computed again: 2 a multiplication and addition of GEMMs; of
     * attention 4 · headSize forward and twice that backward, each query with the keys up to its own. Less than a second forward
     * pass where layers are computed again: backward needs no down projection, and the last layer is still there.
     */
    public double flop() {
        return sizes.flop();
    }

    /**
     * The same as the GPU's tensor cores multiply it, for the load proof alone: attention's seven products backward, of heads
     * as wide as its tiles. Masked halves of tiles on the diagonal are left out.
     */
    public double enqueuedFlop() {
        return sizes.enqueuedFlop();
    }

    /** Of {@link #flop}, what the tensor cores do in FP8. */
    public double quantizedFlop() {
        return sizes.quantizedFlop();
    }

    /** Allocates all of it, begins training from the seed; blocks. The device is the caller's, and outlives the trainer. */
    public Trainer prepare(Device device) {
        return prepare(device, Trainer.LONGEST_WAIT);
    }

    /** @param deadline of the initial weights */
    public Trainer prepare(Device device, Duration deadline) {
        return Trainer.prepare(setup, sharding, sizes, memory, device, deadline);
    }
}
