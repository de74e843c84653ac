package dev.assay.worker;

import dev.assay.device.Event;
import dev.assay.device.Stream;
import java.util.ArrayList;
import java.util.List;

/** Times by two events each. */
final class Timed {
    private Timed() {}

    /**
     * Of each piece by itself, in order. All are enqueued before the first is waited for, so that no wait of the host's lies
     * in a time; the event behind each does.
     */
    static List<Double> each(RankContext context, Stream stream, Runnable piece, int pieces) throws Exception {
        Owned owned = new Owned();
        List<Event> events = new ArrayList<>();
        for (int i = 0; i <= pieces; i++) {
            events.add(owned.own(context.device().newEvent()));
        }
        stream.record(events.get(0));
        for (int i = 1; i <= pieces; i++) {
            piece.run();
            stream.record(events.get(i));
        }
        stream.synchronize(context.within(0));
        List<Double> milliseconds = new ArrayList<>();
        for (int i = 1; i <= pieces; i++) {
            milliseconds.add(events.get(i).millisecondsSince(events.get(i - 1)));
        }
        owned.close();
        return milliseconds;
    }

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
