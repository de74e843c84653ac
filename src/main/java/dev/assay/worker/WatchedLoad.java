package dev.assay.worker;

import dev.assay.device.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Load that never pauses, and telemetry whose window opens and closes while it is queued: load and nothing else is seen. */
final class WatchedLoad {
    private final Pipeline pipeline;

    WatchedLoad(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /**
     * @param batches each that lies wholly inside the window
     */
    record Watched(List<Piece> batches, Telemetry.Window window) {
        Watched {
            batches = List.copyOf(batches);
        }
    }

    /** Runs so long watched, and waits for the end. */
    Watched watch(Telemetry telemetry, double seconds) throws Exception {
        runFor(0);
        underLoad(() -> {
            telemetry.begin();
            return true;
        });
        List<Piece> batches = runFor(seconds);
        Telemetry.Window window = underLoad(telemetry::end);
        pipeline.drain();
        return new Watched(batches, window);
    }

    /** Runs until batches that were enqueued after this call have taken so long by the device's clock; returns them. */
    List<Piece> runFor(double seconds) {
        long before = pipeline.enqueued();
        List<Piece> batches = new ArrayList<>();
        for (double sum = 0; batches.isEmpty() || sum < 1e3 * seconds; ) {
            Optional<Piece> batch = pipeline.next();
            if (batch.isPresent() && pipeline.completed() > before) {
                batches.add(batch.get());
                sum += batch.get().milliseconds();
            }
        }
        return batches;
    }

    /** Makes a call that takes its time while batches go on. */
    private <T> T underLoad(Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "telemetry call");
        thread.setDaemon(true);
        thread.start();
        while (!task.isDone()) {
            pipeline.next();
        }
        return task.get();
    }
}
