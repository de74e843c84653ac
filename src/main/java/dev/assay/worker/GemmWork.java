package dev.assay.worker;

import dev.assay.device.Counter;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.measurement.Check;
import dev.assay.measurement.Digest;
import dev.assay.workload.Gemm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * The GEMM that every workload runs: the same seeded inputs on every rank, one algorithm for all, so every GPU must give the
 * same bits, cold and hot.
 */
final class GemmWork {
    private static final int FP64_SAMPLES = 64;

    private final RankContext context;
    private final Gemm gemm;
    private final String suffix;
    private final Stream stream;
    private final DeviceMemory a;
    private final DeviceMemory b;
    private final DeviceMemory c;
    private final GemmRunner runner;
    private long cold;

    private GemmWork(RankContext context, Gemm gemm, String suffix, Stream stream, Owned owned) {
        Device device = context.device();
        this.context = context;
        this.gemm = gemm;
        this.suffix = suffix;
        this.stream = stream;
        a = owned.own(device.allocate(gemm.bytesOfA()));
        b = owned.own(device.allocate(gemm.bytesOfB()));
        c = owned.own(device.allocate(gemm.bytesOfC()));
        runner = owned.own(device.newGemm(gemm));
    }

    /** Fills the inputs, agrees on the algorithm with all ranks and keeps the digest of the first, cold output. */
    static GemmWork prepare(RankContext context, Gemm gemm, Stream stream, Owned owned) throws Exception {
        return prepare(context, gemm, "", AlgorithmChoice.Load.LASTING, stream, owned);
    }

    /** @param label tells the checks and digests of several GEMMs in one launch apart; empty where there is one */
    static GemmWork prepare(
            RankContext context, Gemm gemm, String label, AlgorithmChoice.Load load, Stream stream, Owned owned)
            throws Exception {
        GemmWork work = new GemmWork(context, gemm, label.isEmpty() ? "" : " " + label, stream, owned);
        long seed = context.spec().seed();
        Device device = context.device();
        device.fillMatrix(work.a, gemm.precision().a(), gemm.elementsOfA(), Counter.hash(seed, 0), stream);
        device.fillMatrix(work.b, gemm.precision().b(), gemm.elementsOfB(), Counter.hash(seed, 1), stream);
        work.digest("gemm.a", work.a, gemm.bytesOfA());
        work.digest("gemm.b", work.b, gemm.bytesOfB());
        byte[] choice = context.world().rank() == 0 ? work.decide(load) : new byte[0];
        work.runner.choose(context.world().all().broadcast("algorithm", choice));
        List<Long> cold = new ArrayList<>();
        work.digests(1, cold);
        work.cold = cold.get(0);
        return work;
    }

    /** One C = A · Bᵀ. */
    void enqueue() {
        runner.enqueue(a, b, c, stream);
    }

    /**
     * Judges outputs, made hot into poisoned memory: the bits of each against the cold one, the values of the last against the
     * inputs.
     *
     * @return milliseconds of each output with its digest
     */
    List<Double> verify(int outputs) throws Exception {
        List<Long> hot = new ArrayList<>();
        List<Double> milliseconds = digests(outputs, hot);
        context.writer().write(new Digest("gemm.c" + suffix, hex(hot.get(outputs - 1))));
        long different = hot.stream().filter(digest -> digest != cold).count();
        context.writer()
                .write(new Check(
                        "gemm.repeatable" + suffix,
                        outputs * gemm.elementsOfC(),
                        different,
                        different == 0 ? 0 : Double.MAX_VALUE,
                        "digest of C, first output " + hex(cold) + ", later outputs "
                                + hot.stream().map(GemmWork::hex).distinct().collect(Collectors.joining(", "))
                                + "; a different output counts as one element"));
        long seed = context.spec().seed();
        check(context.device().checkFreivalds(gemm, a, b, c, Counter.hash(seed, 2), stream));
        check(context.device().checkElements(gemm, a, b, c, FP64_SAMPLES, Counter.hash(seed, 3), stream));
        return milliseconds;
    }

    private void check(Check check) {
        context.writer()
                .write(new Check(check.name() + suffix, check.checked(), check.wrong(), check.worst(), check.detail()));
    }

    /** What a reader must know beside a time of this GEMM. */
    Map<String, String> conditions() {
        return Map.of("shape", gemm.shape(), "dtype", gemm.precision().key(), "algorithm", runner.describe());
    }

    /** TFLOPS of so many of these GEMMs in so long. */
    double tflops(int gemms, double milliseconds) {
        return gemms * gemm.flop() / (milliseconds / 1e3) / 1e12;
    }

    private byte[] decide(AlgorithmChoice.Load load) throws Exception {
        Optional<Path> kept = load == AlgorithmChoice.Load.LASTING
                ? AlgorithmChoice.place(context.environment(), gemm.precision().key() + "-" + gemm.shape())
                : Optional.empty();
        return new AlgorithmChoice(runner, gemms -> Timed.milliseconds(context, stream, this::enqueue, gemms))
                .decide(load, kept);
    }

    /** Poisons, multiplies and digests, again and again; nothing waits in between. */
    private List<Double> digests(int outputs, List<Long> found) throws Exception {
        try (DeviceMemory digests = context.device().allocate((long) Long.BYTES * outputs)) {
            AtomicInteger next = new AtomicInteger();
            Runnable output = () -> {
                DeviceMemory digest = digests.slice((long) Long.BYTES * next.getAndIncrement(), Long.BYTES);
                context.device().poison(c, stream);
                enqueue();
                context.device().enqueueChecksum(c, gemm.bytesOfC(), digest, stream);
            };
            List<Double> milliseconds = Timed.each(context, stream, output, outputs);
            ByteBuffer read = ByteBuffer.wrap(digests.read()).order(ByteOrder.nativeOrder());
            for (int i = 0; i < outputs; i++) {
                found.add(read.getLong());
            }
            return milliseconds;
        }
    }

    private void digest(String name, DeviceMemory memory, long bytes) {
        context.writer().write(new Digest(name + suffix, hex(context.device().checksum(memory, bytes, stream))));
    }

    private static String hex(long digest) {
        return String.format(Locale.ROOT, "%016x", digest);
    }
}
