package dev.assay.trainer;

import dev.assay.device.CollectiveLoad;
import dev.assay.device.Counter;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.training.FlatTensor;
import dev.assay.training.Shares.Cut;
import dev.assay.training.Shares.Piece;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectivePiece;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.ElementType;
import dev.assay.workload.Reduction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A step's traffic with a pattern in place of what is learned: driven in a decoder's order through the steps' own code, so by
 * their communicators, streams, buffers, types, roots and sizes. A gradient is an integer of rank and element whose sums over
 * ranks bf16 holds exactly in any order, a weight is one of −128 to 128, likewise; the device compares every sum that this rank
 * keeps, and every weight that it reads in either pass. All memory that anything travels through is poisoned first, and holds
 * nothing of use afterwards.
 */
final class Rehearsal {
    /** The norm's sum has one element, which one pattern may leave as it is. */
    private static final int NORMS = 8;

    /** As if one rank summed: of all integers to ±128, as what is only moved need leave no room for sums. */
    private static final int ONE = 1;

    private static final CollectiveCase MOVED = summed(ElementType.BF16);

    private final Zero zero;
    private final GradientKeeper gradients;
    private final WeightKeeper weights;
    private final ZeroOptimizer optimizer;
    private final ModuleCut modules;
    private final CollectiveLoad load;
    private final DeviceMemory counts;
    private final Fence reduced;
    private long seed;
    private long sums;
    private long moves;

    Rehearsal(Zero zero, GradientKeeper gradients, WeightKeeper weights, ZeroOptimizer optimizer) {
        this.zero = zero;
        this.gradients = gradients;
        this.weights = weights;
        this.optimizer = optimizer;
        modules = zero.setup().modules();
        load = zero.device().collectiveLoad();
        counts = zero.memory().of(ZeroMemory.REHEARSAL);
        reduced = zero.fence();
    }

    /** Of counters: of gradients and of both passes' weights a module each, one of norms. */
    static long bytes(int modules) {
        return (3L * modules + 1) * Long.BYTES;
    }

    private static CollectiveCase summed(ElementType type) {
        CollectiveType of = type == ElementType.BF16 ? CollectiveType.BFLOAT16 : CollectiveType.FLOAT;
        return new CollectiveCase(
                CollectiveOperation.ALL_REDUCE, of.bytes() * 2L, of, Reduction.SUM, false, false, 1, 1, 1);
    }

    /** Blocks; all ranks must call it with one seed. */
    List<Traffic> run(long newSeed, Runnable health, Duration deadline) {
        seed = newSeed;
        sums = 0;
        moves = 0;
        int accumulation = zero.setup().step().accumulation();
        ZeroMemory.travelling(zero.setup(), zero.schedule())
                .forEach(name -> zero.device().poison(zero.memory().of(name), zero.compute()));
        zero.device().zero(counts, zero.compute());
        fillWeights();
        weights.updated();
        microBatch(1, true);
        if (accumulation > 1) {
            microBatch(accumulation, false);
        }
        zero.gradients().before(zero.clock(), reduced);
        modules.modules().forEach(this::countSums);
        for (int round = 0; round < NORMS; round++) {
            norm(round);
        }
        try (Event done = zero.device().newEvent()) {
            zero.compute().record(done);
            Waiting.until(done, health, deadline, "the rehearsal of a step's traffic");
        }
        return results(ByteBuffer.wrap(counts.read()).order(ByteOrder.nativeOrder()));
    }

    private boolean sendsWeights() {
        return zero.shares().cut() != Cut.WHOLE;
    }

    private void fillWeights() {
        if (sendsWeights()) {
            load.fill(weights.shard(), zero.shares().elements(), MOVED, weightSeed(), zero.rank(), ONE, zero.compute());
        }
    }

    /** @param patterned or else of zeros, so that sums over micro-batches stay those of one */
    private void microBatch(int number, boolean patterned) {
        gradients.beginMicroBatch(number);
        weights.beginMicroBatch();
        for (ModelModule module : modules.order(Pass.FORWARD)) {
            look(module, Pass.FORWARD);
        }
        for (ModelModule module : modules.gradientOrder()) {
            boolean lookedAt = modules.tied() && module.equals(modules.embedding());
            if (!lookedAt) {
                backward(module, patterned);
            }
            if (modules.tied() && module.equals(modules.head())) {
                backward(modules.embedding(), patterned);
            }
            gradients.complete(module.index());
        }
        gradients.endMicroBatch();
    }

    private void backward(ModelModule module, boolean patterned) {
        look(module, Pass.BACKWARD);
        DeviceMemory memory = gradients.of(module.index());
        if (patterned) {
            load.fill(
                    memory,
                    zero.tensors().elements(module.index()),
                    summed(ElementType.BF16),
                    gradientSeed(module.index()),
                    zero.rank(),
                    zero.ranks(),
                    zero.compute());
        }
    }

    private void look(ModelModule module, Pass pass) {
        DeviceMemory memory = weights.of(module.index(), pass);
        compare(module, pass, memory);
        if (pass == Pass.BACKWARD && gathersAgain(module, memory)) {
            weights.recomputed(module.index()).from(0);
            compare(module, pass, memory);
        }
        weights.release(module.index(), pass);
    }

    /** Whether anything of the module comes a third time; it goes, so that what does not come is seen. */
    private boolean gathersAgain(ModelModule module, DeviceMemory memory) {
        List<List<FlatTensor>> groups = zero.schedule().gathersBehindRecomputation(module.index());
        for (List<FlatTensor> group : groups) {
            for (FlatTensor tensor : group) {
                zero.device().poison(zero.inModule(memory, ElementType.BF16, tensor), zero.compute());
            }
        }
        return !groups.isEmpty();
    }

    /** Every rank's part of the module is what that rank sent. */
    private void compare(ModelModule module, Pass pass, DeviceMemory memory) {
        int index = module.index();
        long start = zero.tensors().start(index);
        long end = start + zero.tensors().elements(index);
        for (int rank = 0; sendsWeights() && rank < zero.ranks(); rank++) {
            for (Piece piece : zero.shares().within(start, end, rank)) {
                CollectivePiece expected =
                        new CollectivePiece(piece.from() - start, piece.elements(), OptionalInt.of(rank), piece.at());
                load.addWrong(
                        memory,
                        expected,
                        MOVED,
                        weightSeed(),
                        ONE,
                        count((pass == Pass.FORWARD ? 1 : 2) * modules.modules().size() + index),
                        zero.compute());
                moves += piece.elements();
            }
        }
    }

    private void countSums(ModelModule module) {
        int index = module.index();
        long start = zero.tensors().start(index);
        long end = start + zero.tensors().elements(index);
        for (Piece piece : zero.shares().within(start, end, zero.rank())) {
            load.addWrong(
                    gradients.shard(),
                    new CollectivePiece(piece.at(), piece.elements(), OptionalInt.empty(), piece.from() - start),
                    summed(zero.sumType()),
                    gradientSeed(index),
                    zero.ranks(),
                    count(index),
                    zero.compute());
            sums += piece.elements();
        }
    }

    private void norm(int round) {
        long own = Counter.hash(seed, -2 - round);
        CollectiveCase what = summed(ElementType.FP32);
        load.fill(optimizer.squares(), 1, what, own, zero.rank(), zero.ranks(), zero.compute());
        optimizer.sumSquares();
        CollectivePiece expected = new CollectivePiece(0, 1, OptionalInt.empty(), 0);
        DeviceMemory count = count(3 * modules.modules().size());
        load.addWrong(optimizer.squares(), expected, what, own, zero.ranks(), count, zero.compute());
        sums++;
    }

    private long weightSeed() {
        return Counter.hash(seed, -1);
    }

    private long gradientSeed(int module) {
        return Counter.hash(seed, module);
    }

    private DeviceMemory count(int index) {
        return counts.slice((long) index * Long.BYTES, Long.BYTES);
    }

    private List<Traffic> results(ByteBuffer found) {
        int count = modules.modules().size();
        List<Traffic> all = new ArrayList<>();
        Found ofGradients = new Found();
        Found ofWeights = new Found();
        for (int module = 0; module < count; module++) {
            ofGradients.add(found.getLong(), "the sums of module " + module);
        }
        for (Pass pass : Pass.values()) {
            for (int module = 0; module < count; module++) {
                ofWeights.add(found.getLong(), "module " + module + " in " + pass);
            }
        }
        ofGradients.add(found.getLong(), "the gradient norm");
        String words = RehearsalWords.gradients(zero.schedule(), zero.wireType());
        all.add(new Traffic("gradients", sums, ofGradients.wrong, words + ofGradients.words()));
        if (sendsWeights()) {
            all.add(new Traffic(
                    "weights", moves, ofWeights.wrong, RehearsalWords.weights(zero.schedule()) + ofWeights.words()));
        }
        return List.copyOf(all);
    }

    /** Wrong elements, and where the first are. */
    private static final class Found {
        private long wrong;
        private String first = "";

        void add(long more, String where) {
            if (wrong == 0 && more > 0) {
                first = "; first in " + where + ", " + more + " elements";
            }
            wrong += more;
        }

        String words() {
            return first;
        }
    }
}
