package dev.assay.worker;

import java.util.List;

/**
 * A piece of work that is done.
 *
 * @param milliseconds from the event before it to the one behind it, by the device's clock
 * @param hostNanos that the host took to enqueue it with the event behind it, and to look where the device was then
 * @param late whether the device had come to its begin before all of it was enqueued: only then is any of the host's time in
 *     its own
 */
record Piece(double milliseconds, long hostNanos, boolean late) {
    double hostMillis() {
        return hostNanos / 1e6;
    }

    static List<Double> milliseconds(List<Piece> pieces) {
        return pieces.stream().map(Piece::milliseconds).toList();
    }
}
