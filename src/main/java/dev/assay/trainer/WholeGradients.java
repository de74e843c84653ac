package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Tensor;
import dev.assay.training.FlatTensor;
import dev.assay.training.GradientBucket;
import dev.assay.training.Shares.Cut;
import dev.assay.workload.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Stages 0 and 1: a rank sums all gradients of its own micro-batches; they travel in the last one, or after it. */
final class WholeGradients implements GradientKeeper {
    private final Zero zero;
    private final DeviceMemory sums;
    private final DeviceMemory shard;
    private final Optional<ModuleScratch> scratch;
    private final List<DeviceMemory> modules = new ArrayList<>();
    private final List<Carry> additions = new ArrayList<>();
    private final List<BucketWay> ways = new ArrayList<>();
    private final Fence complete;
    private boolean last;

    WholeGradients(Zero zero) {
        this.zero = zero;
        sums = zero.memory().of(ZeroMemory.GRADIENTS);
        long stretch = ZeroMemory.stretch(zero.schedule());
        shard = switch (zero.shares().cut()) {
            case WHOLE -> sums;
            case STRETCH -> Zero.slice(sums, zero.sumType(), zero.rank() * stretch, stretch);
            case TENSOR -> zero.memory().of(ZeroMemory.GRADIENT_SHARD);
        };
        boolean direct = ZeroMemory.addsInPlace(zero.setup(), zero.schedule());
        scratch = direct ? Optional.empty() : Optional.of(new ModuleScratch(zero));
        for (int module = 0; module < zero.tensors().modules(); module++) {
            long elements = zero.tensors().elements(module);
            DeviceMemory sum = Zero.slice(sums, zero.sumType(), zero.tensors().start(module), elements);
            modules.add(sum);
            int index = module;
            scratch.ifPresent(each -> additions.add(new Carry(
                    new Tensor(each.memory(index), ElementType.BF16, elements),
                    new Tensor(sum, zero.sumType(), elements))));
        }
        zero.schedule().buckets().forEach(bucket -> ways.add(way(bucket)));
        complete = zero.fence();
    }

    private BucketWay way(GradientBucket bucket) {
        if (ZeroMemory.sendsInPlace(zero.setup(), zero.schedule())) {
            return BucketWay.inPlace(zero, bucket, sums);
        }
        return BucketWay.staged(
                zero, bucket, this::sumOf, (at, elements) -> Zero.slice(shard, zero.sumType(), at, elements));
    }

    private Tensor sumOf(FlatTensor tensor) {
        return Zero.tensor(sums, zero.sumType(), tensor.offset(), tensor.size());
    }

    @Override
    public void initialise() {
        zero.device().zero(sums, zero.compute());
        if (zero.shares().cut() == Cut.TENSOR) {
            zero.device().zero(shard, zero.compute());
        }
    }

    @Override
    public void beginMicroBatch(int number) {
        if (number == 1) {
            zero.device().zero(sums, zero.compute());
        }
        last = number == zero.setup().step().accumulation();
    }

    @Override
    public DeviceMemory of(int module) {
        return scratch.map(each -> each.of(module)).orElseGet(() -> modules.get(module));
    }

    @Override
    public void complete(int module) {
        scratch.ifPresent(each -> {
            additions.get(module).enqueue(zero.kernels(), true, zero.compute());
            each.isFree(module);
        });
        if (last && zero.schedule().overlaps()) {
            List<BucketWay> due =
                    ways.stream().filter(way -> lowest(way) == module).toList();
            if (!due.isEmpty()) {
                zero.gradients().after(zero.compute(), complete);
                due.forEach(WholeGradients::send);
            }
        }
    }

    /** The module whose gradients come last. */
    private static int lowest(BucketWay way) {
        return way.bucket().tensors().get(0).module();
    }

    private static void send(BucketWay way) {
        way.bringAll();
        way.send(false);
    }

    @Override
    public void endMicroBatch() {
        if (last && !zero.schedule().overlaps()) {
            ways.forEach(WholeGradients::send);
        }
    }

    @Override
    public DeviceMemory shard() {
        return shard;
    }
}
