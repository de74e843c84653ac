package dev.assay.benchmark;

import dev.assay.device.Stream;

/** Waits for a stream after every batch of launches: a full queue would make the host wait, and that would be timed. */
final class Drained {
    private final Stream stream;
    private final int batch;
    private int pending;

    Drained(Stream stream, int batch) {
        this.stream = stream;
        this.batch = batch;
    }

    void launched() {
        pending++;
        if (pending == batch) {
            drain();
        }
    }

    void drain() {
        stream.synchronize(Stage.PATIENCE);
        pending = 0;
    }
}
