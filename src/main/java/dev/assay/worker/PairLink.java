package dev.assay.worker;

import dev.assay.device.Communicator;
import dev.assay.device.Counter;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.measurement.Check;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Two ranks that all-reduce between them: warm, then timed into poisoned memory, then every sum checked. */
final class PairLink {
    private static final int WARM_UP = 2;
    private static final int RANKS = 2;

    private final RankContext context;
    private final Communicator communicator;
    private final Owned owned;
    private final Buffers buffers;
    private final long seed;

    /**
     * Where all-reduces run and what they read and write.
     *
     * @param sent bytes that this rank has sent to the other node so far: of two ranks each sends what it reduces, once
     */
    record Buffers(Stream stream, DeviceMemory send, DeviceMemory receive, LongAdder sent) {}

    private PairLink(RankContext context, Communicator communicator, Owned owned, Buffers buffers, long seed) {
        this.context = context;
        this.communicator = communicator;
        this.owned = owned;
        this.buffers = buffers;
        this.seed = seed;
    }

    /** Both ranks must join; collective. */
    static PairLink join(RankContext context, byte[] id, int rank, int round, Buffers buffers, Owned owned) {
        Communicator communicator = owned.own(context.join(id, rank, RANKS));
        long seed = Counter.hash(Counter.hash(context.spec().seed(), 48), round);
        return new PairLink(context, communicator, owned, buffers, seed);
    }

    /** Operands that depend on the rank, connections made, and a result that nobody has computed yet. */
    void prepare(long bytes, int batch) {
        context.device()
                .fillGradient(buffers.send(), elements(bytes), seed, communicator.rank(), RANKS, buffers.stream());
        pipeline(bytes, batch).run(WARM_UP);
        context.device().poison(buffers.receive().slice(0, bytes), buffers.stream());
        buffers.stream().synchronize(context.within(0));
    }

    /** How the library says it has connected the two, as conditions. */
    Map<String, String> connected() {
        return communicator.report();
    }

    /** One piece a batch of all-reduces. */
    List<Piece> time(long bytes, int batch, int samples) {
        List<Piece> pieces = pipeline(bytes, batch).run(samples);
        communicator.checkHealthy();
        long wrong = context.device()
                .countWrongSums(buffers.receive().slice(0, bytes), elements(bytes), seed, RANKS, buffers.stream());
        context.writer()
                .write(new Check(
                        "node-pair.sum",
                        elements(bytes),
                        wrong,
                        wrong == 0 ? 0 : Double.MAX_VALUE,
                        "exact sums over two nodes, " + bytes + " bytes"));
        return pieces;
    }

    private Pipeline pipeline(long bytes, int batch) {
        Runnable batchOf = () -> {
            for (int i = 0; i < batch; i++) {
                communicator.allReduceSum(buffers.send(), buffers.receive(), elements(bytes), buffers.stream());
                buffers.sent().add(elements(bytes) * Short.BYTES);
            }
        };
        return new Pipeline(
                context.device(), owned, buffers.stream(), batchOf, communicator::checkHealthy, context.within(0));
    }

    /** Of bf16. */
    private static long elements(long bytes) {
        return bytes / Short.BYTES;
    }
}
