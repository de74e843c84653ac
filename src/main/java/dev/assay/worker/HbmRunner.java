package dev.assay.worker;

import dev.assay.device.Counter;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryLoad;
import dev.assay.device.Stream;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.Hbm;
import dev.assay.workload.MemoryKernel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/** Device memory: each kernel warm, then timed launch by launch, then once more into poisoned memory and checked whole. */
final class HbmRunner implements Runner {
    private static final int WARM_UP = 5;
    private static final int CHASES = 3;

    /** 128 MiB: beyond any L2 cache. */
    private static final long MOST_LINES_BEFORE = 1 << 20;

    private final RankContext context;
    private final Hbm hbm;

    HbmRunner(RankContext context, Hbm hbm) {
        this.context = context;
        this.hbm = hbm;
    }

    @Override
    public void run() throws Exception {
        Device device = context.device();
        context.phase("prepare", 0);
        Stream stream = context.owned().own(device.newStream());
        DeviceMemory a = context.owned().own(device.allocate(hbm.bytes()));
        DeviceMemory b = context.owned().own(device.allocate(hbm.bytes()));
        DeviceMemory c = context.owned().own(device.allocate(hbm.bytes()));
        device.memoryLoad().fill(a, hbm.bytes(), seed(0), stream);
        device.memoryLoad().fill(b, hbm.bytes(), seed(1), stream);
        context.phase("warm-up", context.spec().warmUpSeconds());
        warmUp(a, b, c, stream);
        context.world().all().barrier("measure");

        context.phase("measure", context.spec().measuredSeconds());
        for (MemoryKernel kernel : MemoryKernel.values()) {
            bandwidth(kernel, a, b, c, stream);
        }
        for (long footprint : hbm.footprints()) {
            latency(footprint, a, c, stream);
        }
    }

    /** An idle GPU's clocks take a while to rise: the first kernel would be timed below those that follow. */
    private void warmUp(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {
        Pipeline pipeline = pipeline(MemoryKernel.TRIAD, a, b, c, stream);
        double left = 1e3 * context.spec().warmUpSeconds();
        while (left > 0) {
            left -= pipeline.run(WARM_UP).stream()
                    .mapToDouble(Piece::milliseconds)
                    .sum();
        }
    }

    private Pipeline pipeline(MemoryKernel kernel, DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {
        MemoryLoad load = context.device().memoryLoad();
        return new Pipeline(
                context.device(),
                context.owned(),
                stream,
                () -> load.enqueue(kernel, a, b, c, hbm.bytes(), stream),
                () -> {},
                context.within(0));
    }

    private void bandwidth(MemoryKernel kernel, DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {
        MemoryLoad load = context.device().memoryLoad();
        Pipeline pipeline = pipeline(kernel, a, b, c, stream);
        pipeline.run(WARM_UP);
        List<Piece> pieces = pipeline.run(hbm.samples());
        List<Double> gigabytesPerSecond = pieces.stream()
                .map(piece -> hbm.moved(kernel) / piece.milliseconds() / 1e6)
                .toList();
        Map<String, String> conditions = Map.of("kernel", kernel.key(), "bytes", Long.toString(hbm.bytes()));
        context.writer().write(Measurement.of(Metric.HBM_BANDWIDTH, gigabytesPerSecond, conditions));
        context.writer().write(Enqueuing.of(Metric.HBM_BANDWIDTH, pieces, conditions));

        context.device().poison(c, stream);
        load.enqueue(kernel, a, b, c, hbm.bytes(), stream);
        long wrong = load.countWrong(kernel, c, hbm.bytes(), seed(0), seed(1), stream);
        check("hbm." + kernel.key(), hbm.bytes() / Float.BYTES, wrong, "every element against the generator");
    }

    /** A footprint that the L2 cache may hold is walked through before; a timed walk goes on where the last one ended. */
    private void latency(long footprint, DeviceMemory memory, DeviceMemory at, Stream stream) {
        MemoryLoad load = context.device().memoryLoad();
        long lines = footprint / Hbm.LINE_BYTES;
        long before = Math.min(lines, MOST_LINES_BEFORE);
        load.layChase(memory, footprint, stream);
        stream.synchronize(context.within(0));
        at.write(new byte[Long.BYTES]);
        load.chase(memory, footprint, before, at, stream);
        Pipeline pipeline = new Pipeline(
                context.device(),
                context.owned(),
                stream,
                () -> load.chase(memory, footprint, hbm.chaseSteps(), at, stream),
                () -> {},
                context.within(0));
        List<Piece> pieces = pipeline.run(CHASES);
        List<Double> nanoseconds = pieces.stream()
                .map(piece -> 1e6 * piece.milliseconds() / hbm.chaseSteps())
                .toList();
        Map<String, String> conditions = Map.of("footprint", Long.toString(footprint));
        context.writer().write(Measurement.of(Metric.HBM_LATENCY, nanoseconds, conditions));
        context.writer().write(Enqueuing.of(Metric.HBM_LATENCY, pieces, conditions));
        long reached = ByteBuffer.wrap(at.slice(0, Long.BYTES).read())
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        boolean right = reached == lineAfter(before + (long) CHASES * hbm.chaseSteps(), lines);
        check("hbm.chase", 1, right ? 0 : 1, "the line reached, " + footprint + " bytes");
    }

    private static long lineAfter(long steps, long lines) {
        long line = 0;
        for (long step = 0; step < steps; step++) {
            line = MemoryLoad.nextLine(line, lines);
        }
        return line;
    }

    private void check(String name, long checked, long wrong, String detail) {
        context.writer().write(new Check(name, checked, wrong, wrong == 0 ? 0 : Double.MAX_VALUE, detail));
    }

    private long seed(int buffer) {
        return Counter.hash(context.spec().seed(), 32 + buffer);
    }
}
