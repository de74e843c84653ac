package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells where a step's time goes, by events that are made once and that nothing on the device waits for. Between steps it does
 * nothing. In a silent step nothing travels: everything is enqueued as always but the collectives themselves.
 */
final class StepClock {
    /** Enqueues one operation, and says what it was. */
    interface Operation {
        Sent enqueue();
    }

    private final Device device;
    private final Stream compute;
    private final List<StepMarks> slots = new ArrayList<>();
    private int marks;
    private int operations;
    private Optional<StepMarks> running = Optional.empty();
    private boolean silent;

    StepClock(Device device, Stream compute) {
        this.device = device;
        this.compute = compute;
    }

    /** Before {@link #allocate}: of a step at most so many more changes of part, and operations. */
    void expect(int moreMarks, int moreOperations) {
        marks += moreMarks;
        operations += moreOperations;
    }

    /** @param handles to close the events with */
    void allocate(int stepsInFlight, Handles handles) {
        for (int slot = 0; slot < stepsInFlight; slot++) {
            slots.add(new StepMarks(() -> handles.own(device.newEvent()), marks, operations));
        }
    }

    /** What is enqueued from now on, until {@link #end}, is a step; it begins with forward. */
    StepMarks begin(int slot, boolean isSilent) {
        StepMarks step = slots.get(slot);
        step.clear();
        step.enter(StepPart.FORWARD, compute);
        running = Optional.of(step);
        silent = isSilent;
        return step;
    }

    void end() {
        running.ifPresent(step -> step.end(compute));
        running = Optional.empty();
        silent = false;
    }

    /** What is enqueued on the compute stream from now on. */
    void enter(StepPart part) {
        running.ifPresent(step -> step.enter(part, compute));
    }

    /** The compute stream waits for another stream; the part before goes on afterwards. */
    void await(Fence fence) {
        waiting(() -> fence.before(compute));
    }

    private void waiting(Runnable wait) {
        Optional<StepPart> before = running.map(StepMarks::part);
        enter(StepPart.WAITING);
        wait.run();
        before.ifPresent(this::enter);
    }

    /** @param stream on which the call enqueues */
    void operation(Stream stream, Operation call) {
        if (running.isEmpty()) {
            Sent unused = call.enqueue();
        } else if (!silent) {
            StepMarks step = running.get();
            if (stream.equals(compute)) {
                waiting(() -> timed(step, stream, call));
            } else {
                timed(step, stream, call);
            }
        }
    }

    private static void timed(StepMarks step, Stream stream, Operation call) {
        step.beforeOperation(stream);
        step.afterOperation(stream, call.enqueue());
    }
}
