package dev.assay.worker;

import dev.assay.device.Event;
import dev.assay.device.Stream;

/** One time by two events. */
final class Timed {
    private Timed() {}

    /** Of so many pieces of work together; waits for them. */
    static double milliseconds(RankContext context, Stream stream, Runnable piece, int pieces) throws Exception {
        try (Event start = context.device().newEvent();
                Event end = context.device().newEvent()) {
            stream.record(start);
            for (int i = 0; i < pieces; i++) {
                piece.run();
            }
            stream.record(end);
            stream.synchronize(context.within(0));
            return end.millisecondsSince(start);
        }
    }
}
