package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.Tensor;
import dev.assay.training.FlatTensor;
import dev.assay.training.GradientBucket;
import dev.assay.training.GradientBucket.Call;
import dev.assay.training.Shares;
import dev.assay.training.Shares.Piece;
import dev.assay.workload.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The way of one bucket: tensors into its memory, the collectives, out of it what this rank keeps. Or the collectives alone,
 * where the sums themselves travel.
 */
final class BucketWay {
    private final Zero zero;
    private final GradientBucket bucket;
    private final Communicator communicator;
    private final List<Carry> in = new ArrayList<>();
    private final List<DeviceMemory> gaps = new ArrayList<>();
    private final List<Runnable> calls = new ArrayList<>();
    private final List<Carry> out = new ArrayList<>();

    private BucketWay(Zero zero, GradientBucket bucket) {
        this.zero = zero;
        this.bucket = bucket;
        communicator = zero.gradients(Purpose.GRADIENTS);
    }

    /** @param sums of the whole flat order */
    static BucketWay inPlace(Zero zero, GradientBucket bucket, DeviceMemory sums) {
        BucketWay way = new BucketWay(zero, bucket);
        bucket.calls().forEach(call -> way.add(call, Zero.slice(sums, zero.wireType(), call.from(), call.elements())));
        return way;
    }

    /**
     * @param source where a tensor comes from
     * @param kept where a piece of this rank's goes to, of the sums' type
     */
    static BucketWay staged(
            Zero zero,
            GradientBucket bucket,
            Function<FlatTensor, Tensor> source,
            BiFunction<Long, Long, DeviceMemory> kept) {
        BucketWay way = new BucketWay(zero, bucket);
        switch (bucket.kind()) {
            case ALL_REDUCE, REDUCE -> way.asItLies();
            case REDUCE_SCATTER -> way.inParts();
            case ALL_GATHER -> throw new IllegalStateException("gradients are not gathered");
        }
        for (FlatTensor tensor : bucket.tensors()) {
            DeviceMemory to = way.at(way.position(tensor), tensor.size());
            way.in.add(new Carry(source.apply(tensor), new Tensor(to, zero.wireType(), tensor.size())));
        }
        way.keep(kept);
        return way;
    }

    private void asItLies() {
        bucket.calls().forEach(call -> add(call, at(call.from() - bucket.start(), call.elements())));
    }

    private void add(Call call, DeviceMemory memory) {
        Stream stream = zero.gradients().stream();
        ElementType type = zero.wireType();
        calls.add(
                switch (bucket.kind()) {
                    case ALL_REDUCE -> () -> communicator.allReduce(memory, type, call.elements(), stream);
                    case REDUCE -> () -> communicator.reduce(memory, type, call.elements(), call.root(), stream);
                    case REDUCE_SCATTER, ALL_GATHER ->
                        throw new IllegalStateException(bucket.kind() + " goes by tensors, not as it lies");
                });
    }

    /** A reduce-scatter of each tensor, in place, all as one operation. */
    private void inParts() {
        List<Runnable> each = new ArrayList<>();
        for (FlatTensor tensor : bucket.tensors()) {
            long part = Shares.part(tensor, zero.ranks());
            DeviceMemory all = at(position(tensor), zero.ranks() * part);
            DeviceMemory own = at(position(tensor) + zero.rank() * part, part);
            each.add(() -> communicator.reduceScatter(all, own, zero.wireType(), part, zero.gradients().stream()));
            if (!ZeroMemory.isEven(tensor, zero.ranks())) {
                gaps.add(at(position(tensor) + tensor.size(), zero.ranks() * part - tensor.size()));
            }
        }
        Runnable together = () -> each.forEach(Runnable::run);
        calls.add(() -> communicator.together(together));
    }

    /** Of a tensor in the bucket's memory. */
    private long position(FlatTensor tensor) {
        return switch (bucket.kind()) {
            case ALL_REDUCE, REDUCE, ALL_GATHER -> tensor.offset() - bucket.start();
            case REDUCE_SCATTER ->
                bucket.tensors().stream()
                        .filter(before -> before.index() < tensor.index())
                        .mapToLong(before -> zero.ranks() * Shares.part(before, zero.ranks()))
                        .sum();
        };
    }

    private void keep(BiFunction<Long, Long, DeviceMemory> kept) {
        for (Piece piece : zero.shares().within(bucket.start(), bucket.end(), zero.rank())) {
            FlatTensor tensor = bucket.tensors().stream()
                    .filter(each -> each.offset() <= piece.from() && piece.from() < each.end())
                    .findFirst()
                    .orElseThrow();
            DeviceMemory from = at(position(tensor) + piece.from() - tensor.offset(), piece.elements());
            DeviceMemory to = kept.apply(piece.at(), piece.elements());
            out.add(new Carry(
                    new Tensor(from, zero.wireType(), piece.elements()),
                    new Tensor(to, zero.sumType(), piece.elements())));
        }
    }

    private DeviceMemory at(long element, long elements) {
        return zero.slice(ZeroMemory.BUCKET, zero.wireType(), element, elements);
    }

    GradientBucket bucket() {
        return bucket;
    }

    /** Enqueues the tensor's copy into the bucket. */
    void bring(FlatTensor tensor) {
        in.get(tensor.index() - bucket.tensors().get(0).index())
                .enqueue(zero.kernels(), false, zero.gradients().stream());
    }

    void bringAll() {
        in.forEach(carry -> carry.enqueue(zero.kernels(), false, zero.gradients().stream()));
    }

    /**
     * Enqueues the rest of the way.
     *
     * @param add to what this rank keeps, rather than in its place
     */
    void send(boolean add) {
        Stream stream = zero.gradients().stream();
        gaps.forEach(gap -> zero.device().zero(gap, stream));
        calls.forEach(Runnable::run);
        out.forEach(carry -> carry.enqueue(zero.kernels(), add, stream));
    }
}
