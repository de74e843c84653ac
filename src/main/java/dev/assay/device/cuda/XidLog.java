package dev.assay.device.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/** The critical errors of one piece of work. One thread at a time waits; any may ask what has come. */
final class XidLog implements AutoCloseable {
    /** A broken driver may report without end. */
    private static final int MOST = 1000;

    private final GpuReading<XidEvents> events;
    private final List<Long> xids = new CopyOnWriteArrayList<>();
    private Optional<String> refusal = Optional.empty();

    XidLog(GpuReading<XidEvents> events) {
        this.events = events;
    }

    /** Waits so long for one error; false where there is nothing to wait for any more. */
    boolean await(int milliseconds) {
        return refusal.isEmpty()
                && xids.size() < MOST
                && events.fold(open -> take(open.next(milliseconds)), reason -> false);
    }

    /** Takes what has come and was not waited for. */
    void drain() {
        int before;
        do {
            before = xids.size();
        } while (await(0) && xids.size() > before);
    }

    private boolean take(GpuReading<OptionalLong> next) {
        return next.fold(
                xid -> {
                    xid.ifPresent(xids::add);
                    return true;
                },
                reason -> {
                    refusal = Optional.of(reason);
                    return false;
                });
    }

    /** What has come so far, e.g. {@code XID 79}. */
    List<String> words() {
        return xids.stream().distinct().map(xid -> "XID " + xid).toList();
    }

    /** All that came; refused where the driver did not report to the end and nothing had come: a silence that tells nothing. */
    GpuReading<List<Long>> all() {
        if (!xids.isEmpty()) {
            return GpuReading.of(new ArrayList<>(xids));
        }
        return events.flatMap(
                open -> refusal.<GpuReading<List<Long>>>map(GpuReading::refused).orElse(GpuReading.of(List.of())));
    }

    @Override
    public void close() {
        events.ifValue(XidEvents::close);
    }
}
