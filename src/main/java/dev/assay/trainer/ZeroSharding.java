package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Tensor;
import dev.assay.training.Parameter;
import dev.assay.training.Shares.Cut;
import dev.assay.training.Shares.Piece;
import dev.assay.workload.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One rank's part in ZeRO: {@link GradientKeeper} and {@link WeightKeeper} are the stage, the optimizer is alike in all. */
final class ZeroSharding implements Sharding {
    private final Zero zero;
    private final GradientKeeper gradients;
    private final WeightKeeper weights;
    private final ZeroOptimizer optimizer;
    private final Fence reduced;
    private final Rehearsal rehearsal;

    ZeroSharding(Zero zero) {
        this.zero = zero;
        gradients = zero.schedule().everyMicroBatch() ? new ShardedGradients(zero) : new WholeGradients(zero);
        weights = zero.setup().step().zero().stage() == 3 ? new GatheredWeights(zero) : new WholeWeights(zero);
        optimizer = new ZeroOptimizer(zero);
        reduced = zero.fence();
        rehearsal = new Rehearsal(zero, gradients, weights, optimizer);
    }

    @Override
    public int ranks() {
        return zero.ranks();
    }

    @Override
    public void initialise() {
        gradients.initialise();
        weights.initialise();
        optimizer.initialise(weights.shard());
        weights.updated();
    }

    @Override
    public void beginMicroBatch(int number) {
        gradients.beginMicroBatch(number);
        weights.beginMicroBatch();
    }

    @Override
    public DeviceMemory weights(ModelModule module, Pass pass) {
        return weights.of(module.index(), pass);
    }

    @Override
    public void release(ModelModule module, Pass pass) {
        weights.release(module.index(), pass);
    }

    @Override
    public Arrival recomputed(ModelModule module) {
        return weights.recomputed(module.index());
    }

    @Override
    public DeviceMemory gradients(ModelModule module) {
        return gradients.of(module.index());
    }

    @Override
    public void gradientsComplete(ModelModule module) {
        gradients.complete(module.index());
    }

    @Override
    public void endMicroBatch() {
        gradients.endMicroBatch();
    }

    @Override
    public void update(int step) {
        zero.gradients().before(zero.clock(), reduced);
        optimizer.update(step, gradients.shard(), weights.shard());
        weights.updated();
    }

    @Override
    public DeviceMemory scaleAndNorm() {
        return optimizer.scaleAndNorm();
    }

    @Override
    public void checkHealthy() {
        zero.lanes().forEach(lane -> lane.communicator().checkHealthy());
    }

    @Override
    public void beginReading() {
        weights.beginMicroBatch();
    }

    @Override
    public List<Traffic> rehearse(long seed, Duration deadline) {
        return rehearsal.run(seed, this::checkHealthy, deadline);
    }

    @Override
    public double ownSquares() {
        return optimizer.ownSquares();
    }

    @Override
    public List<OwnPiece> own(Parameter parameter) {
        long from = zero.flat(zero.setup().modules().of(parameter), parameter);
        return zero.shares().within(from, from + parameter.size(), zero.rank()).stream()
                .map(piece -> own(piece, piece.from() - from))
                .toList();
    }

    private OwnPiece own(Piece piece, long index) {
        return new OwnPiece(
                index,
                piece.elements(),
                Zero.tensor(gradients.shard(), zero.sumType(), piece.at(), piece.elements()),
                state(StateKind.MASTER, piece),
                state(StateKind.FIRST_MOMENT, piece),
                state(StateKind.SECOND_MOMENT, piece),
                Zero.slice(weights.shard(), ElementType.BF16, piece.at(), piece.elements()));
    }

    private DeviceMemory state(StateKind kind, Piece piece) {
        return Zero.slice(optimizer.state(kind), ElementType.FP32, piece.at(), piece.elements());
    }

    /** All of them, though one may not let go. */
    @Override
    public void abort() {
        Optional<RuntimeException> refused = Optional.empty();
        for (Lane lane : zero.lanes()) {
            try {
                lane.communicator().abort();
            } catch (RuntimeException e) {
                refused = Optional.of(e);
            }
        }
        if (refused.isPresent()) {
            throw refused.get();
        }
    }

    @Override
    public float[] read(StateKind kind, Parameter parameter) {
        zero.compute().synchronize(Trainer.LONGEST_WAIT);
        zero.weights().stream().synchronize(Trainer.LONGEST_WAIT);
        ModelModule module = zero.setup().modules().of(parameter);
        long from = zero.flat(module, parameter);
        return switch (kind) {
            case WEIGHT -> readWeight(from, parameter.size());
            case GRADIENT -> read(gradients.shard(), zero.sumType(), from, parameter.size(), optimizer.factor());
            case MASTER, FIRST_MOMENT, SECOND_MOMENT ->
                read(optimizer.state(kind), ElementType.FP32, from, parameter.size(), 1);
        };
    }

    /** Of stages 0 to 2 this rank's own copy, which must be what the others have. */
    private float[] readWeight(long from, long elements) {
        if (zero.setup().step().zero().stage() == 3) {
            return read(weights.shard(), ElementType.BF16, from, elements, 1);
        }
        try (DeviceMemory wide = zero.device().allocate(elements * Float.BYTES)) {
            DeviceMemory whole = zero.memory().of(ZeroMemory.WEIGHTS);
            new Carry(
                            Zero.tensor(whole, ElementType.BF16, from, elements),
                            new Tensor(wide, ElementType.FP32, elements))
                    .enqueue(zero.kernels(), false, zero.compute());
            zero.compute().synchronize(Trainer.LONGEST_WAIT);
            return floats(wide, 1);
        }
    }

    /** Each rank's pieces among zeros, added up over all ranks. */
    private float[] read(DeviceMemory shard, ElementType type, long from, long elements, float factor) {
        try (DeviceMemory wide = zero.device().allocate(elements * Float.BYTES)) {
            Lane lane = zero.gradients();
            zero.device().zero(wide, lane.stream());
            zero.shares()
                    .within(from, from + elements, zero.rank())
                    .forEach(piece -> new Carry(
                                    Zero.tensor(shard, type, piece.at(), piece.elements()),
                                    Zero.tensor(wide, ElementType.FP32, piece.from() - from, piece.elements()))
                            .enqueue(zero.kernels(), false, lane.stream()));
            if (zero.shares().cut() != Cut.WHOLE) {
                lane.communicator().allReduce(wide, ElementType.FP32, elements, lane.stream());
            }
            lane.stream().synchronize(Trainer.LONGEST_WAIT);
            return floats(wide, factor);
        }
    }

    private static float[] floats(DeviceMemory memory, float factor) {
        ByteBuffer bytes = ByteBuffer.wrap(memory.read()).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.capacity() / Float.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = factor * bytes.getFloat(Float.BYTES * i);
        }
        return values;
    }

    @Override
    public void close() {
        zero.handles().close();
    }
}
