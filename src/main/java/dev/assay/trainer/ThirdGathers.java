package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.training.FlatTensor;
import dev.assay.workload.ElementType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.IntFunction;

/**
 * Stage 3 with full checkpointing: what of a layer DeepSpeed lets go behind its second forward comes again, into the place that
 * it had, while backward begins with what stayed. See {@link dev.assay.training.ZeroSchedule#gathersBehindRecomputation(int)}.
 */
final class ThirdGathers {
    private final Zero zero;
    /** By module, in the order in which they arrive. */
    private final List<List<Load>> loads = new ArrayList<>();

    private final Fence read;
    /** By place in a module's order. */
    private final List<Fence> arrived = new ArrayList<>();

    /** @param end in bytes of its module: of the last of the tensors */
    private record Load(TensorGather gather, long end, Fence arrived) {}

    /** @param memory where a module's weights are in backward */
    ThirdGathers(Zero zero, IntFunction<DeviceMemory> memory) {
        this.zero = zero;
        read = zero.fence();
        for (int module = 0; module < zero.tensors().modules(); module++) {
            loads.add(loads(module, memory));
        }
    }

    private List<Load> loads(int module, IntFunction<DeviceMemory> memory) {
        List<Load> ofModule = new ArrayList<>();
        for (List<FlatTensor> group : zero.schedule().gathersBehindRecomputation(module)) {
            if (ofModule.size() == arrived.size()) {
                arrived.add(zero.fence());
            }
            long end = group.stream().mapToLong(FlatTensor::end).max().orElseThrow()
                    - zero.tensors().start(module);
            ofModule.add(new Load(
                    new TensorGather(
                            zero,
                            Purpose.WEIGHTS_RECOMPUTED,
                            group,
                            false,
                            tensor -> zero.inModule(memory.apply(module), ElementType.BF16, tensor)),
                    end * ElementType.BF16.bytes(),
                    arrived.get(ofModule.size())));
        }
        return ofModule;
    }

    Arrival enqueue(int module) {
        if (loads.get(module).isEmpty()) {
            return Arrival.NOTHING;
        }
        zero.weights().after(zero.compute(), read);
        for (Load load : loads.get(module)) {
            load.gather().enqueue();
            if (zero.weights().own()) {
                load.arrived().passed(zero.weights().stream());
            }
        }
        return zero.weights().own() ? waiting(loads.get(module)) : Arrival.NOTHING;
    }

    /** The last of a layer come first, and backward reads them first. */
    private Arrival waiting(List<Load> coming) {
        Queue<Load> next = new ArrayDeque<>(coming);
        return from -> {
            while (!next.isEmpty() && next.element().end() > from) {
                zero.clock().await(next.remove().arrived());
            }
        };
    }
}
