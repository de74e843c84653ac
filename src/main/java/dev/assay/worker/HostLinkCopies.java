package dev.assay.worker;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.HostCopies;
import dev.assay.device.MemoryLoad;
import dev.assay.device.PinnedMemory;
import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.workload.HostLink;
import dev.assay.workload.MemoryKernel;
import java.nio.IntBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The buffers of one place of host memory, and what is done with them: {@code from} to {@code target} on the stream {@code in},
 * {@code source} to {@code to} on the stream {@code out}.
 */
record HostLinkCopies(
        Device device,
        HostLink link,
        HostCopies copies,
        Stream in,
        Stream out,
        DeviceMemory source,
        DeviceMemory target,
        PinnedMemory from,
        PinnedMemory to) {
    /** Timed but not told: the first warm the path, the last run while other ranks are still at theirs. */
    private static final int EDGE = 2;

    /** New data at the sources of a direction, poison at its target on the device. */
    void prepare(HostDirection direction, long seed, Duration deadline) {
        device.memoryLoad().fill(source, link.bytes(), seed, out);
        if (direction.in()) {
            copies.copyOut(source, from, link.bytes(), out);
            device.poison(target, out);
        }
        out.synchronize(deadline);
    }

    /** One piece a sample. */
    List<Piece> run(HostDirection direction, Owned owned, Duration deadline) {
        try (Event begin = device.newEvent();
                Event end = device.newEvent()) {
            Pipeline pipeline = new Pipeline(device, owned, in, () -> piece(direction, begin, end), () -> {}, deadline);
            return pipeline.run(link.samples() + 2L * EDGE).subList(EDGE, EDGE + link.samples());
        }
    }

    /** GB/s, both ways together where both are. */
    double gigabytesPerSecond(HostDirection direction, Piece piece) {
        return direction.ways() * link.moved() / piece.milliseconds() / 1e6;
    }

    /** Both ways at once for as long as telemetry is to see the link under load; nothing of it is timed. */
    Telemetry.Window watch(Telemetry telemetry, double seconds, Owned owned, Duration deadline) throws Exception {
        try (Event begin = device.newEvent();
                Event end = device.newEvent()) {
            Pipeline pipeline =
                    new Pipeline(device, owned, in, () -> piece(HostDirection.BOTH, begin, end), () -> {}, deadline);
            return new WatchedLoad(pipeline).watch(telemetry, seconds).window();
        }
    }

    /** Begins and ends on the stream {@code in}, wherever its copies run. */
    private void piece(HostDirection direction, Event begin, Event end) {
        Stream outwards = direction.in() ? out : in;
        if (direction == HostDirection.BOTH) {
            in.record(begin);
            out.await(begin);
        }
        for (int copy = 0; copy < link.copies(); copy++) {
            if (direction.in()) {
                copies.copyIn(from, target, link.bytes(), in);
            }
            if (direction.out()) {
                copies.copyOut(source, to, link.bytes(), outwards);
            }
        }
        if (direction == HostDirection.BOTH) {
            out.record(end);
            in.await(end);
        }
    }

    /** Elements that differ from the generator where they arrived. */
    long countWrong(HostDirection direction, long seed) {
        long wrong = direction.in()
                ? device.memoryLoad().countWrong(MemoryKernel.COPY, target, link.bytes(), seed, 0, in)
                : 0;
        return wrong + (direction.out() ? wrongOnHost(seed) : 0);
    }

    private long wrongOnHost(long seed) {
        IntBuffer found = to.buffer().asIntBuffer();
        long wrong = 0;
        for (int i = 0; i < link.bytes() / Float.BYTES; i++) {
            wrong += found.get(i) == Float.floatToRawIntBits(MemoryLoad.element(seed, i)) ? 0 : 1;
        }
        return wrong;
    }

    /** So many small copies a piece: all are queued behind a large one, so that the host is ahead. */
    List<Piece> smallCopies(HostDirection direction, int bytes, int count, Duration deadline) {
        List<Piece> pieces = new ArrayList<>();
        try (Event begin = device.newEvent();
                Event end = device.newEvent()) {
            for (int sample = 0; sample < link.samples(); sample++) {
                piece(HostDirection.H2D, begin, end);
                in.record(begin);
                long start = System.nanoTime();
                for (int copy = 0; copy < count; copy++) {
                    if (direction.in()) {
                        copies.copyIn(from, target, bytes, in);
                    } else {
                        copies.copyOut(source, to, bytes, in);
                    }
                }
                in.record(end);
                boolean late = begin.isDone();
                long hostNanos = System.nanoTime() - start;
                in.synchronize(deadline);
                pieces.add(new Piece(end.millisecondsSince(begin), hostNanos, late));
            }
        }
        return pieces;
    }
}
