package dev.assay.worker;

import dev.assay.device.Counter;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.measurement.Check;
import dev.assay.measurement.Digest;
import dev.assay.workload.Gemm;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The GEMM that every workload runs: the same seeded inputs on every rank, one algorithm for all, so every GPU must give the
 * same bits, cold and hot.
 */
final class GemmWork {
    /** Another candidate must be this much faster than the library's favourite: noise must not choose. */
    private static final double WORTH_CHANGING = 0.98;

    private static final int TIMED = 3;
    private static final int FP64_SAMPLES = 64;

    private final RankContext context;
    private final Gemm gemm;
    private final Stream stream;
    private final DeviceMemory a;
    private final DeviceMemory b;
    private final DeviceMemory c;
    private final GemmRunner runner;
    private long cold;

    private GemmWork(RankContext context, Gemm gemm, Stream stream, Owned owned) {
        Device device = context.device();
        this.context = context;
        this.gemm = gemm;
        this.stream = stream;
        a = owned.own(device.allocate(2 * elementsOfA()));
        b = owned.own(device.allocate(2 * elementsOfB()));
        c = owned.own(device.allocate(2 * elementsOfC()));
        runner = owned.own(device.newGemm(gemm));
    }

    /** Fills the inputs, agrees on the algorithm with all ranks and keeps the digest of the first, cold output. */
    static GemmWork prepare(RankContext context, Gemm gemm, Stream stream, Owned owned) throws Exception {
        GemmWork work = new GemmWork(context, gemm, stream, owned);
        long seed = context.spec().seed();
        context.device().fillNormal(work.a, work.elementsOfA(), Counter.hash(seed, 0), stream);
        context.device().fillNormal(work.b, work.elementsOfB(), Counter.hash(seed, 1), stream);
        work.digest("gemm.a", work.a, work.elementsOfA());
        work.digest("gemm.b", work.b, work.elementsOfB());
        byte[] choice = context.world().rank() == 0 ? work.fastest() : new byte[0];
        work.runner.choose(context.world().all().broadcast("algorithm", choice));
        work.cold = work.outputDigest();
        return work;
    }

    /** One C = A · Bᵀ. */
    void enqueue() {
        runner.enqueue(a, b, c, stream);
    }

    /** Judges the last output, made hot into poisoned memory: bits against the cold one, values against the inputs. */
    void verify() {
        long hot = outputDigest();
        boolean same = hot == cold;
        context.writer().write(new Digest("gemm.c", hex(hot)));
        context.writer()
                .write(new Check(
                        "gemm.repeatable",
                        elementsOfC(),
                        same ? 0 : 1,
                        same ? 0 : Double.MAX_VALUE,
                        "digest of C, first output " + hex(cold) + ", last output " + hex(hot)
                                + "; a difference counts as one element"));
        long seed = context.spec().seed();
        context.writer().write(context.device().checkFreivalds(gemm, a, b, c, Counter.hash(seed, 2), stream));
        context.writer()
                .write(context.device().checkElements(gemm, a, b, c, FP64_SAMPLES, Counter.hash(seed, 3), stream));
    }

    /** What a reader must know beside a time of this GEMM. */
    Map<String, String> conditions() {
        return Map.of(
                "shape", gemm.m() + "x" + gemm.n() + "x" + gemm.k(), "dtype", "bf16", "algorithm", runner.describe());
    }

    private byte[] fastest() throws Exception {
        List<byte[]> candidates = runner.candidates();
        byte[] best = candidates.get(0);
        double bestTime = Double.MAX_VALUE;
        for (byte[] candidate : candidates) {
            runner.choose(candidate);
            double time = milliseconds();
            if (bestTime == Double.MAX_VALUE || time < WORTH_CHANGING * bestTime) {
                best = candidate;
                bestTime = time;
            }
        }
        return best;
    }

    private double milliseconds() throws Exception {
        enqueue();
        try (Event start = context.device().newEvent();
                Event end = context.device().newEvent()) {
            stream.record(start);
            for (int i = 0; i < TIMED; i++) {
                enqueue();
            }
            stream.record(end);
            stream.synchronize(context.within(0));
            return end.millisecondsSince(start);
        }
    }

    private long outputDigest() {
        context.device().poison(c, stream);
        enqueue();
        stream.synchronize(context.within(0));
        return context.device().checksum(c, 2 * elementsOfC(), stream);
    }

    private void digest(String name, DeviceMemory memory, long elements) {
        context.writer().write(new Digest(name, hex(context.device().checksum(memory, 2 * elements, stream))));
    }

    private long elementsOfA() {
        return (long) gemm.m() * gemm.k();
    }

    private long elementsOfB() {
        return (long) gemm.n() * gemm.k();
    }

    private long elementsOfC() {
        return (long) gemm.m() * gemm.n();
    }

    private static String hex(long digest) {
        return String.format(Locale.ROOT, "%016x", digest);
    }
}
