package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Tensor;
import dev.assay.training.FlatTensor;
import dev.assay.training.GradientBucket;
import dev.assay.workload.ElementType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Stages 2 and 3: every micro-batch's gradients travel at once, and a rank sums its own part alone. */
final class ShardedGradients implements GradientKeeper {
    private final Zero zero;
    private final ModuleScratch scratch;
    private final DeviceMemory shard;
    private final List<List<Runnable>> steps = new ArrayList<>();
    private final Fence complete;
    private boolean add;

    ShardedGradients(Zero zero) {
        this.zero = zero;
        scratch = new ModuleScratch(zero);
        shard = zero.memory().of(ZeroMemory.GRADIENT_SHARD);
        complete = zero.fence();
        for (int module = 0; module < zero.tensors().modules(); module++) {
            steps.add(new ArrayList<>());
        }
        zero.schedule().buckets().forEach(this::lay);
    }

    /** Tensors go into the bucket as backward completes their modules; with the lowest one it leaves. */
    private void lay(GradientBucket bucket) {
        BucketWay way = BucketWay.staged(
                zero, bucket, this::gradientOf, (at, elements) -> Zero.slice(shard, zero.sumType(), at, elements));
        List<FlatTensor> order = new ArrayList<>(bucket.tensors());
        Collections.reverse(order);
        order.forEach(tensor -> steps.get(tensor.module()).add(() -> way.bring(tensor)));
        steps.get(bucket.tensors().get(0).module()).add(() -> way.send(add));
    }

    private Tensor gradientOf(FlatTensor tensor) {
        DeviceMemory module = scratch.memory(tensor.module());
        return new Tensor(zero.inModule(module, ElementType.BF16, tensor), ElementType.BF16, tensor.size());
    }

    @Override
    public void initialise() {
        zero.device().zero(shard, zero.compute());
    }

    @Override
    public void beginMicroBatch(int number) {
        add = number > 1;
    }

    @Override
    public DeviceMemory of(int module) {
        return scratch.of(module);
    }

    @Override
    public void complete(int module) {
        zero.gradients().after(zero.compute(), complete);
        steps.get(module).forEach(Runnable::run);
        scratch.isFree(module);
    }

    @Override
    public void endMicroBatch() {}

    @Override
    public DeviceMemory shard() {
        return shard;
    }
}
