package dev.assay.worker;

import dev.assay.device.CollectiveLoad;
import dev.assay.device.Counter;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.measurement.Check;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectivePiece;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.Reduction;
import java.util.List;
import java.util.Map;

/** One operation of a team: connected, timed, then once more into poisoned memory and compared element by element. */
final class FabricWork {
    private final RankContext context;
    private final FabricTeam team;
    private final Buffers buffers;
    private final CollectiveCase what;
    private final long elements;
    private final DeviceMemory in;
    private final DeviceMemory out;
    private final long seed;
    private final Owned owned;
    private final Runnable once;

    /**
     * Where operations run, what they read and write, and what they have sent.
     *
     * @param sent bytes that this rank sends to other nodes, added up over its operations
     */
    record Buffers(Stream stream, DeviceMemory send, DeviceMemory receive, Sent sent) {}

    /** Bytes so far. */
    static final class Sent {
        private double exchanged;
        private double allReduced;

        /** To other nodes, whatever way they go. */
        double exchanged() {
            return exchanged;
        }

        /** Handed to all-reduces; what of it crosses depends on the algorithm. */
        double allReduced() {
            return allReduced;
        }
    }

    /** @param name what its data depends on, besides the rank: all members of a team give the same */
    FabricWork(
            RankContext context,
            FabricTeam team,
            Buffers buffers,
            CollectiveOperation operation,
            long bytes,
            String name,
            Owned owned) {
        this.context = context;
        this.team = team;
        this.buffers = buffers;
        this.what = new CollectiveCase(operation, bytes, CollectiveType.FLOAT, Reduction.SUM, false, false, 1, 1, 1);
        this.elements = what.elements(team.size());
        this.in = buffers.send().slice(0, bytesOf(operation.sendElements(elements, team.size())));
        this.out = buffers.receive().slice(0, bytesOf(operation.receiveElements(elements, team.size())));
        this.seed = Counter.hash(Counter.hash(context.spec().seed(), 97), name.hashCode());
        this.owned = owned;
        this.once = team.communicator().prepare(what, elements, in, out, buffers.stream());
    }

    private long bytesOf(long count) {
        return count * what.type().bytes();
    }

    /** Inputs that depend on the rank, connections made. */
    void connect() {
        fill();
        run(1);
        buffers.stream().synchronize(context.within(0));
    }

    /** One piece an operation, {@code samples} of them after {@code warmUp} that are not kept. */
    List<Piece> pieces(int warmUp, int samples) {
        List<Piece> all = pipeline().run((long) warmUp + samples);
        return all.subList(warmUp, all.size());
    }

    /** What a rank gets from others in one operation, GB/s; of an all-to-all as much goes out. */
    double gigabytesPerSecond(double milliseconds) {
        long own = what.operation().shares() ? elements / team.size() : 0;
        return bytesOf(elements - own) / milliseconds / 1e6;
    }

    /** Bus bandwidth, GB/s. */
    double busGBps(double milliseconds) {
        return what.busGBps(team.size(), 1e3 * milliseconds);
    }

    Map<String, String> report() {
        return team.communicator().report();
    }

    /** Outputs are poisoned first; who receives nothing looks whether its input is still whole. */
    void check(String pattern) {
        fill();
        run(1);
        CollectiveOperation operation = what.operation();
        boolean inputOnly = operation.receivesNothing(team.rank());
        long checked = 0;
        long wrong = 0;
        for (CollectivePiece piece : operation.expected(team.rank(), team.size(), elements)) {
            wrong += load().countWrong(inputOnly ? in : out, piece, what, seed, team.size(), buffers.stream());
            checked += piece.elements();
        }
        team.communicator().checkHealthy();
        context.writer()
                .write(new Check(
                        "fabric." + pattern,
                        checked,
                        wrong,
                        wrong == 0 ? 0 : Double.MAX_VALUE,
                        what.name() + " among ranks " + team.members()
                                + (inputOnly ? ", the input that must stay" : "")));
    }

    private void fill() {
        context.device().poison(out, buffers.stream());
        load().fill(
                        in,
                        what.operation().sendElements(elements, team.size()),
                        what,
                        seed,
                        team.rank(),
                        team.size(),
                        buffers.stream());
    }

    private CollectiveLoad load() {
        return context.device().collectiveLoad();
    }

    private Pipeline pipeline() {
        return new Pipeline(
                context.device(),
                owned,
                buffers.stream(),
                () -> run(1),
                team.communicator()::checkHealthy,
                context.within(0));
    }

    private void run(int times) {
        for (int i = 0; i < times; i++) {
            once.run();
        }
        Sent sent = buffers.sent();
        sent.exchanged += times * crossing();
        sent.allReduced += what.operation() == CollectiveOperation.ALL_REDUCE ? (double) times * bytesOf(elements) : 0;
    }

    /** Bytes that one operation sends from this rank to other nodes. */
    private double crossing() {
        long others = team.elsewhere(context.spec().gpusPerNode());
        double share = (double) bytesOf(elements) / team.size();
        return switch (what.operation()) {
            case SEND_RECEIVE -> others == 0 ? 0 : bytesOf(elements);
            case GATHER -> team.isRoot() ? 0 : share;
            case ALL_TO_ALL -> share * others;
            case ALL_REDUCE -> 0;
            case ALL_GATHER, REDUCE_SCATTER, BROADCAST, REDUCE, SCATTER ->
                throw new IllegalStateException(
                        "no pattern of the fabric is a " + what.operation().key());
        };
    }
}
