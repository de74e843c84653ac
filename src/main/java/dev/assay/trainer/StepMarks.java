package dev.assay.trainer;

import dev.assay.device.Event;
import dev.assay.device.Stream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What one step leaves on its way: an event on the compute stream wherever another part begins, and two around each operation
 * on the stream that it is enqueued on. Used again when the step has been awaited.
 */
final class StepMarks {
    private final Supplier<Event> events;
    private final List<Event> changes = new ArrayList<>();
    private final List<StepPart> parts = new ArrayList<>();
    private final List<Event> edges = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();

    /**
     * @param events makes one, which is closed elsewhere
     * @param marks on the compute stream for which there is an event from the start
     * @param operations for which there are two
     */
    StepMarks(Supplier<Event> events, int marks, int operations) {
        this.events = events;
        for (int i = 0; i < marks; i++) {
            changes.add(events.get());
        }
        for (int i = 0; i < 2 * operations; i++) {
            edges.add(events.get());
        }
    }

    void clear() {
        parts.clear();
        sent.clear();
    }

    StepPart part() {
        return parts.get(parts.size() - 1);
    }

    void enter(StepPart part, Stream compute) {
        if (parts.isEmpty() || part() != part) {
            compute.record(at(changes, parts.size()));
            parts.add(part);
        }
    }

    void end(Stream compute) {
        compute.record(at(changes, parts.size()));
    }

    void beforeOperation(Stream stream) {
        stream.record(at(edges, 2 * sent.size()));
    }

    void afterOperation(Stream stream, Sent what) {
        stream.record(at(edges, 2 * sent.size() + 1));
        sent.add(what);
    }

    /** A step with more marks than were foreseen gets them all the same. */
    private Event at(List<Event> made, int index) {
        if (index == made.size()) {
            made.add(events.get());
        }
        return made.get(index);
    }

    /** When all of the step is done. */
    StepTimes times() {
        Map<StepPart, Double> millis = new EnumMap<>(StepPart.class);
        for (int i = 0; i < parts.size(); i++) {
            millis.merge(parts.get(i), changes.get(i + 1).millisecondsSince(changes.get(i)), Double::sum);
        }
        return new StepTimes(
                millis.getOrDefault(StepPart.FORWARD, 0.0),
                millis.getOrDefault(StepPart.RECOMPUTATION, 0.0),
                millis.getOrDefault(StepPart.BACKWARD, 0.0),
                millis.getOrDefault(StepPart.UPDATE, 0.0),
                millis.getOrDefault(StepPart.WAITING, 0.0),
                changes.get(parts.size()).millisecondsSince(changes.get(0)),
                collectives());
    }

    private List<CollectiveTime> collectives() {
        Map<String, CollectiveTime> all = new LinkedHashMap<>();
        for (int i = 0; i < sent.size(); i++) {
            Sent each = sent.get(i);
            double millis = edges.get(2 * i + 1).millisecondsSince(edges.get(2 * i));
            all.merge(
                    each.kind() + " " + each.purpose(),
                    new CollectiveTime(each.kind(), each.purpose().words(), 1, each.bytes(), millis),
                    CollectiveTime::and);
        }
        return List.copyOf(all.values());
    }
}
