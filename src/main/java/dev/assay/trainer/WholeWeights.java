package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.DeviceMemory;
import dev.assay.training.Shares.Cut;
import dev.assay.workload.ElementType;
import java.util.ArrayList;
import java.util.List;

/** Stages 0 to 2: every rank has all; where states are cut, all are gathered after the update, by one operation. */
final class WholeWeights implements WeightKeeper {
    private static final ElementType BF16 = ElementType.BF16;

    private final Zero zero;
    private final DeviceMemory all;
    private final DeviceMemory shard;
    private final List<DeviceMemory> modules = new ArrayList<>();
    private final Runnable gather;
    private final Fence fence;

    WholeWeights(Zero zero) {
        this.zero = zero;
        all = zero.memory().of(ZeroMemory.WEIGHTS);
        long stretch = ZeroMemory.stretch(zero.schedule());
        shard = switch (zero.shares().cut()) {
            case WHOLE -> all;
            case STRETCH -> Zero.slice(all, BF16, zero.rank() * stretch, stretch);
            case TENSOR -> zero.memory().of(ZeroMemory.WEIGHT_SHARD);
        };
        for (int module = 0; module < zero.tensors().modules(); module++) {
            modules.add(Zero.slice(
                    all, BF16, zero.tensors().start(module), zero.tensors().elements(module)));
        }
        Communicator communicator = zero.weights(Purpose.WEIGHTS_UPDATED);
        gather = switch (zero.shares().cut()) {
            case WHOLE -> () -> {};
            case STRETCH -> () -> communicator.allGather(shard, all, BF16, stretch, zero.weights().stream());
            case TENSOR ->
                new TensorGather(
                        zero,
                        Purpose.WEIGHTS_UPDATED,
                        zero.tensors().all(),
                        false,
                        tensor -> Zero.slice(all, BF16, tensor.offset(), tensor.size()))::enqueue;
        };
        fence = zero.fence();
    }

    @Override
    public void initialise() {
        zero.device().zero(all, zero.compute());
        if (zero.shares().cut() == Cut.TENSOR) {
            zero.device().zero(shard, zero.compute());
        }
    }

    @Override
    public void beginMicroBatch() {}

    @Override
    public DeviceMemory of(int module, Pass pass) {
        return modules.get(module);
    }

    @Override
    public void release(int module, Pass pass) {}

    @Override
    public Arrival recomputed(int module) {
        return Arrival.NOTHING;
    }

    @Override
    public DeviceMemory shard() {
        return shard;
    }

    @Override
    public void updated() {
        if (zero.shares().cut() != Cut.WHOLE) {
            zero.weights().after(zero.compute(), fence);
            gather.run();
            zero.weights().before(zero.clock(), fence);
        }
    }
}
