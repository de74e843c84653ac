package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.HostCopies;
import dev.assay.device.PinnedMemory;
import dev.assay.device.Stream;
import dev.assay.training.MicroBatch;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** What one step on its way needs: its tokens, its losses, its events. Used again when the step has been awaited. */
final class StepSlot {
    /** Short beside a step, long beside a look. */
    private static final long PARK_NANOS = 50_000;

    private final DecoderSizes sizes;
    private final Stream compute;
    private final Sharding sharding;
    private final HostCopies copies;
    private final DeviceMemory input;
    private final DeviceMemory losses;
    private final PinnedMemory inputHere;
    private final PinnedMemory lossesHere;
    private final PinnedMemory normHere;
    private final int index;
    private final StepClock clock;
    private final Event done;
    private Optional<Enqueued> enqueued = Optional.empty();

    StepSlot(
            int index,
            DecoderSizes sizes,
            Device device,
            Handles handles,
            Arena arena,
            Stream compute,
            StepClock clock,
            Sharding sharding) {
        this.index = index;
        this.clock = clock;
        this.sizes = sizes;
        this.compute = compute;
        this.sharding = sharding;
        copies = device.hostCopies();
        input = arena.of(inputName(index));
        losses = arena.of(lossName(index));
        inputHere = handles.own(pinned(input.bytes()));
        lossesHere = handles.own(pinned(losses.bytes()));
        normHere = handles.own(pinned(2L * Float.BYTES));
        done = handles.own(device.newEvent());
    }

    static void plan(DecoderSizes sizes, AllocationPlan plan) {
        for (int index = 0; index < Trainer.IN_FLIGHT; index++) {
            long rows = sizes.setup().accumulation() * rowBytes(sizes);
            plan.add(inputName(index), MemoryPart.WORKSPACE, 2 * rows);
            plan.add(lossName(index), MemoryPart.LOSS, rows);
        }
    }

    private PinnedMemory pinned(long bytes) {
        return copies.allocate(bytes, copies.places().get(0));
    }

    private static String inputName(int index) {
        return "input.tokens." + index;
    }

    private static String lossName(int index) {
        return "loss.rows." + index;
    }

    /** Of a micro-batch's tokens, targets or losses. */
    private static long rowBytes(DecoderSizes sizes) {
        return DecoderMemory.aligned((long) sizes.rows() * Integer.BYTES);
    }

    void begin(int number, List<MicroBatch> microBatches, boolean silent) {
        if (enqueued.isPresent()) {
            throw new IllegalStateException("training step " + number + ": step "
                    + enqueued.get().number() + " was not awaited, and only " + Trainer.IN_FLIGHT
                    + " may be on their way; await it first");
        }
        check(number, microBatches);
        for (int i = 0; i < microBatches.size(); i++) {
            put(microBatches.get(i).tokens(), 2 * i);
            put(microBatches.get(i).targets(), 2 * i + 1);
        }
        enqueued = Optional.of(new Enqueued(number, clock.begin(index, silent)));
        copies.copyIn(inputHere, input, input.bytes(), compute);
    }

    private void check(int number, List<MicroBatch> microBatches) {
        boolean fits = microBatches.size() == sizes.setup().accumulation()
                && microBatches.stream()
                        .allMatch(each -> each.sequences() == sizes.setup().microBatch()
                                && each.length() == sizes.setup().sequence());
        if (!fits) {
            throw new IllegalArgumentException("training step " + number + " must have "
                    + sizes.setup().accumulation() + " micro-batches of "
                    + sizes.setup().microBatch() + " × " + sizes.setup().sequence() + " tokens, got "
                    + microBatches.stream()
                            .map(each -> each.sequences() + " × " + each.length())
                            .toList());
        }
    }

    private void put(int[] ids, int place) {
        ByteBuffer buffer = inputHere.buffer();
        buffer.position(Math.toIntExact(place * rowBytes(sizes)));
        buffer.slice().order(buffer.order()).asIntBuffer().put(ids);
    }

    DeviceMemory tokens(int number) {
        return input.slice((2L * number - 2) * rowBytes(sizes), rowBytes(sizes));
    }

    DeviceMemory targets(int number) {
        return input.slice((2L * number - 1) * rowBytes(sizes), rowBytes(sizes));
    }

    DeviceMemory losses(int number) {
        return losses.slice((number - 1) * rowBytes(sizes), rowBytes(sizes));
    }

    PendingStep end() {
        copies.copyOut(losses, lossesHere, losses.bytes(), compute);
        copies.copyOut(sharding.scaleAndNorm(), normHere, normHere.bytes(), compute);
        clock.end();
        compute.record(done);
        return enqueued.orElseThrow();
    }

    /** Whether it holds a step whose end nobody has seen; of one that failed there is none to be seen. */
    boolean isUnderWay() {
        try {
            return enqueued.isPresent() && !done.isDone();
        } catch (DeviceException e) {
            return true;
        }
    }

    private final class Enqueued implements PendingStep {
        private final int number;
        private final StepMarks marks;
        private Optional<StepResult> result = Optional.empty();

        Enqueued(int number, StepMarks marks) {
            this.number = number;
            this.marks = marks;
        }

        @Override
        public int number() {
            return number;
        }

        @Override
        public boolean isDone() {
            return result.isPresent() || done.isDone();
        }

        @Override
        public StepResult await(Duration deadline) {
            if (result.isEmpty()) {
                waitFor(number, deadline);
                result = Optional.of(read(number, marks.times()));
                enqueued = Optional.empty();
            }
            return result.get();
        }
    }

    private void waitFor(int number, Duration deadline) {
        long start = System.nanoTime();
        while (!done.isDone()) {
            sharding.checkHealthy();
            if (System.nanoTime() - start > deadline.toNanos()) {
                throw new DeviceException("waiting for training step " + number + ": it was not done after "
                        + deadline.toMillis() + " ms; a collective whose partner is missing looks like this");
            }
            LockSupport.parkNanos(PARK_NANOS);
        }
    }

    private StepResult read(int number, StepTimes times) {
        double scale = normHere.buffer().getFloat(0);
        double norm = normHere.buffer().getFloat(Float.BYTES);
        double mean = (double) sharding.ranks() * sizes.setup().accumulation();
        return new StepResult(number, loss(), norm, scale * mean, times);
    }

    private double loss() {
        ByteBuffer buffer = lossesHere.buffer();
        double sum = 0;
        for (int i = 0; i < sizes.setup().accumulation(); i++) {
            int first = Math.toIntExact(i * rowBytes(sizes));
            for (int row = 0; row < sizes.rows(); row++) {
                sum += buffer.getFloat(first + Float.BYTES * row);
            }
        }
        return sum / ((double) sizes.setup().accumulation() * sizes.rows());
    }
}
