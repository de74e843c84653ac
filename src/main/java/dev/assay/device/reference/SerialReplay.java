package dev.assay.device.reference;

import dev.assay.device.Replay;
import java.util.List;

/** Pieces of work that a stream has captured. */
final class SerialReplay implements Replay {
    private final SerialStream stream;
    private final List<Runnable> pieces;

    SerialReplay(SerialStream stream, Runnable work) {
        this.stream = stream;
        this.pieces = stream.capture(work);
    }

    @Override
    public void enqueue() {
        pieces.forEach(stream::enqueue);
    }

    @Override
    public void close() {}
}
