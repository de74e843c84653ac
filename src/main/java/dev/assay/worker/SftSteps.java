package dev.assay.worker;

import dev.assay.device.Event;
import dev.assay.trainer.PendingStep;
import dev.assay.trainer.StepResult;
import dev.assay.trainer.Trainer;
import dev.assay.training.MicroBatch;
import dev.assay.training.SeededTokens;
import dev.assay.training.StepSetup;
import dev.assay.workload.Sft;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Steps on this rank's own sequences, the same in every step; timed from the end of one to the end of the next. */
final class SftSteps {
    private final Trainer trainer;
    private final List<MicroBatch> microBatches;
    private final List<Event> ends;
    private final Watchdog watchdog;
    private final long[] hostNanos;
    private final boolean[] late;
    private int steps;

    private SftSteps(Trainer trainer, List<MicroBatch> microBatches, List<Event> ends, Watchdog watchdog) {
        this.trainer = trainer;
        this.microBatches = microBatches;
        this.ends = ends;
        this.watchdog = watchdog;
        this.hostNanos = new long[ends.size()];
        this.late = new boolean[ends.size()];
    }

    static SftSteps of(RankContext context, Sft sft, Trainer trainer) {
        List<Event> ends = IntStream.rangeClosed(0, Math.max(sft.warmUpSteps(), sft.measuredSteps()))
                .mapToObj(i -> context.owned().own(context.device().newEvent()))
                .toList();
        return new SftSteps(
                trainer,
                microBatches(sft.setup(), context.spec().seed(), context.group().rank()),
                ends,
                context.watchdog());
    }

    /** Sequences are numbered over ranks and micro-batches, so no two ranks of a communicator see the same one. */
    private static List<MicroBatch> microBatches(StepSetup setup, long seed, int rank) {
        SeededTokens tokens = new SeededTokens(setup.model().vocabulary(), seed);
        long first = (long) rank * setup.accumulation() * setup.microBatch();
        return IntStream.range(0, setup.accumulation())
                .mapToObj(i ->
                        tokens.microBatch(first + (long) i * setup.microBatch(), setup.microBatch(), setup.sequence()))
                .toList();
    }

    /**
     * Runs so many, the next one always enqueued before the last is awaited; returns when all are done. Each wait is as long as
     * the phase has left, so that it is told which step of it did not end.
     */
    List<StepResult> run(int count) {
        return run(count, trainer::step);
    }

    /** The same without what travels: nothing that is checked may come after it. */
    List<StepResult> silent(int count) {
        return run(count, trainer::silentStep);
    }

    private List<StepResult> run(int count, Function<List<MicroBatch>, PendingStep> enqueue) {
        Deque<PendingStep> pending = new ArrayDeque<>();
        List<StepResult> results = new ArrayList<>();
        steps = count;
        trainer.compute().record(ends.get(0));
        for (int step = 1; step <= count; step++) {
            if (pending.size() == Trainer.IN_FLIGHT) {
                results.add(await(pending.remove()));
            }
            watchdog.at("enqueuing step " + step + " of " + count);
            long start = System.nanoTime();
            pending.add(enqueue.apply(microBatches));
            trainer.compute().record(ends.get(step));
            late[step] = ends.get(step - 1).isDone();
            hostNanos[step] = System.nanoTime() - start;
        }
        pending.forEach(each -> results.add(await(each)));
        trainer.compute().synchronize(watchdog.left());
        return results;
    }

    private StepResult await(PendingStep step) {
        watchdog.at("waiting for training step " + step.number());
        return step.await(watchdog.left());
    }

    /** Milliseconds of each step of the last run. */
    List<Double> millis() {
        return Piece.milliseconds(pieces());
    }

    /** Each step of the last run. */
    List<Piece> pieces() {
        return IntStream.rangeClosed(1, steps)
                .mapToObj(step ->
                        new Piece(ends.get(step).millisecondsSince(ends.get(step - 1)), hostNanos[step], late[step]))
                .toList();
    }
}
