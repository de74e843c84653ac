package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.training.MicroBatch;
import dev.assay.training.Parameter;
import dev.assay.workload.LinearGemm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model in training on one device, as one rank sees it. Everything is allocated; {@link #step} only enqueues. Used by the
 * device's thread.
 */
public final class Trainer implements AutoCloseable {
    /** Steps that may be enqueued and not yet awaited. */
    public static final int IN_FLIGHT = 2;

    /** Of a check or a test, which has no deadline of its own. */
    static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final TrainerSetup setup;
    private final Device device;
    private final Handles handles;
    private final Arena arena;
    private final Stream compute;
    private final StepClock clock;
    private final Sharding sharding;
    private final Map<LinearGemm, GemmRunner> gemms;
    private final Decoder decoder;
    private final List<StepSlot> slots;
    private int steps;
    /** Whether something was left unfinished: work that nobody will see the end of may still run. */
    private boolean broken;

    private Trainer(
            TrainerSetup setup,
            Device device,
            Handles handles,
            Arena arena,
            Stream compute,
            StepClock clock,
            Sharding sharding,
            Map<LinearGemm, GemmRunner> gemms,
            Decoder decoder,
            List<StepSlot> slots) {
        this.setup = setup;
        this.device = device;
        this.handles = handles;
        this.arena = arena;
        this.compute = compute;
        this.clock = clock;
        this.sharding = sharding;
        this.gemms = gemms;
        this.decoder = decoder;
        this.slots = slots;
    }

    static Trainer prepare(
            TrainerSetup setup,
            ShardingFactory factory,
            DecoderSizes sizes,
            AllocationPlan memory,
            Device device,
            Duration deadline) {
        Handles handles = new Handles();
        Optional<Sharding> opened = Optional.empty();
        try {
            Arena arena = handles.own(memory.allocate(device));
            Stream compute = handles.own(device.newStream());
            StepClock clock = new StepClock(device, compute);
            clock.expect(marks(setup), 0);
            Sharding sharding = handles.own(factory.open(setup, device, arena, compute, clock));
            opened = Optional.of(sharding);
            clock.allocate(IN_FLIGHT, handles);
            Trainer trainer = prepare(setup, sizes, handles, arena, device, compute, clock, sharding);
            trainer.begin(deadline);
            return trainer;
        } catch (RuntimeException e) {
            giveUp(opened, handles, e);
            throw e;
        }
    }

    /**
     * Freeing memory beneath a collective that still runs waits for it: for ever, where its partner is gone. So what cannot be
     * aborted is left to the end of the process.
     */
    private static void giveUp(Optional<Sharding> opened, Handles handles, RuntimeException reason) {
        try {
            opened.ifPresent(Sharding::abort);
            handles.close();
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    private static Trainer prepare(
            TrainerSetup setup,
            DecoderSizes sizes,
            Handles handles,
            Arena arena,
            Device device,
            Stream compute,
            StepClock clock,
            Sharding sharding) {
        Map<LinearGemm, GemmRunner> gemms = new LinkedHashMap<>();
        sizes.gemms().forEach(gemm -> gemms.put(gemm, handles.own(device.newLinear(gemm))));
        List<StepSlot> slots = new ArrayList<>();
        for (int i = 0; i < IN_FLIGHT; i++) {
            slots.add(new StepSlot(i, sizes, device, handles, arena, compute, clock, sharding));
        }
        Decoder decoder = new Decoder(setup, sizes, device, arena, compute, sharding, clock, gemms);
        return new Trainer(setup, device, handles, arena, compute, clock, sharding, gemms, decoder, slots);
    }

    /** Begin, update and end of a step; forward and backward of a micro-batch; recomputation of a layer and what follows it. */
    private static int marks(TrainerSetup setup) {
        return 3 + 2 * setup.step().accumulation() * (1 + setup.step().model().layers());
    }

    private void begin(Duration deadline) {
        sharding.initialise();
        steps = 0;
        try (Event done = device.newEvent()) {
            compute.record(done);
            Waiting.until(done, sharding::checkHealthy, deadline, "the initial weights");
        }
    }

    /**
     * Every GEMM of a step, in the order in which it needs them first. Each runs the library's favourite until another
     * candidate is chosen; all ranks must choose the same.
     */
    public Map<LinearGemm, GemmRunner> gemms() {
        return Collections.unmodifiableMap(gemms);
    }

    /** Where everything that computes is enqueued. */
    public Stream compute() {
        return compute;
    }

    /**
     * Enqueues a whole optimizer step and returns; at most {@link #IN_FLIGHT} may be unawaited.
     *
     * @param microBatches this rank's, as many as the set-up accumulates, each of its size
     */
    public PendingStep step(List<MicroBatch> microBatches) {
        return step(microBatches, false);
    }

    /**
     * The same work without the collectives, so that its time tells what they cost. Every rank for itself: weights, gradients and
     * loss are nonsense from here on, finite as a rule, and nothing may be read or checked any more.
     */
    public PendingStep silentStep(List<MicroBatch> microBatches) {
        return step(microBatches, true);
    }

    private PendingStep step(List<MicroBatch> microBatches, boolean silent) {
        requireWhole();
        StepSlot slot = slots.get(steps % IN_FLIGHT);
        slot.begin(steps + 1, microBatches, silent);
        broken = true;
        for (int number = 1; number <= setup.step().accumulation(); number++) {
            microBatch(slot, number);
        }
        steps++;
        clock.enter(StepPart.UPDATE);
        sharding.update(steps);
        PendingStep pending = slot.end();
        broken = false;
        return pending;
    }

    private void requireWhole() {
        if (broken) {
            throw new IllegalStateException("training: something was left unfinished; close the trainer");
        }
    }

    private void microBatch(StepSlot slot, int number) {
        clock.enter(StepPart.FORWARD);
        sharding.beginMicroBatch(number);
        decoder.forward(slot.tokens(number));
        clock.enter(StepPart.BACKWARD);
        decoder.backward(slot.tokens(number), slot.targets(number), slot.losses(number));
        sharding.endMicroBatch();
    }

    /**
     * Moves a known pattern as a step moves weights and gradients, and compares all of it: {@link Rehearsal}. Blocks; every rank
     * must call it with the same seed and with no step unawaited. Training begins anew afterwards. Nothing on one rank.
     */
    public List<Traffic> rehearse(long seed, Duration deadline) {
        requireWhole();
        broken = true;
        List<Traffic> found = sharding.rehearse(seed, deadline);
        if (!found.isEmpty()) {
            begin(deadline);
        }
        broken = false;
        return found;
    }

    /** Of all weights, as the next step would read them. Blocks; every rank must call it, with no step unawaited. */
    public WeightSums weightSums(Duration deadline) {
        requireWhole();
        broken = true;
        WeightSums sums = WeightSums.read(setup.modules(), device, arena, compute, sharding, deadline);
        broken = false;
        return sums;
    }

    /**
     * This rank's part of the last step's squared gradient norm: over all ranks they add up to the square of {@link
     * StepResult#gradientNorm}. Blocks.
     */
    public double ownSquares() {
        return sharding.ownSquares();
    }

    /** Of this rank's optimizer, from the first step on. */
    public UpdateWatch updateWatch() {
        return new UpdateWatch(setup, sharding);
    }

    /** A whole tensor; blocks. Every rank must call it, with no step unawaited. For checks and tests. */
    public float[] read(StateKind kind, Parameter parameter) {
        return sharding.read(kind, parameter);
    }

    /** Waits for nothing: a step whose end nobody has seen is given up before its memory is freed. */
    @Override
    public void close() {
        if (broken || slots.stream().anyMatch(StepSlot::isUnderWay)) {
            sharding.abort();
        }
        handles.close();
    }
}
