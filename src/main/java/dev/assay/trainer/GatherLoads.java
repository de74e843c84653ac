package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.training.FlatTensor;
import dev.assay.workload.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** All loads of a micro-batch, in order: forward's, then backward's, where what stays gathered is left out. */
final class GatherLoads {
    private final Zero zero;
    private final IntFunction<DeviceMemory> slots;
    private final List<GatherLoad> loads = new ArrayList<>();

    private GatherLoads(Zero zero, IntFunction<DeviceMemory> slots) {
        this.zero = zero;
        this.slots = slots;
    }

    /** @param slots of each use that something is gathered for */
    static List<GatherLoad> of(Zero zero, IntFunction<DeviceMemory> slots) {
        GatherLoads all = new GatherLoads(zero, slots);
        List<Integer> forward = zero.schedule().forward();
        all.pass(forward, 0);
        all.pass(zero.schedule().gatheredAgain(), forward.size());
        return List.copyOf(all.loads);
    }

    private void pass(List<Integer> order, int base) {
        int open = 0;
        int closed = 0;
        for (List<FlatTensor> group : zero.schedule().gathers(order)) {
            int first = order.indexOf(group.get(0).module());
            int last = order.indexOf(group.get(group.size() - 1).module());
            while (open < first && closed < first && closed == open) {
                alone(base + open);
                open++;
                closed++;
            }
            List<Integer> opens = uses(base, open, last + 1);
            open = last + 1;
            int whole = isWhole(group.get(group.size() - 1)) ? last + 1 : last;
            loads.add(new GatherLoad(opens, gather(group, order, base), uses(base, closed, whole)));
            closed = Math.max(closed, whole);
        }
        for (; closed < order.size(); closed++) {
            alone(base + closed);
        }
    }

    /** A module of small tensors only. */
    private void alone(int use) {
        loads.add(new GatherLoad(
                List.of(use), new TensorGather(zero, purpose(use), List.of(), false, this::nowhere), List.of(use)));
    }

    private Purpose purpose(int use) {
        return use < zero.schedule().forward().size() ? Purpose.WEIGHTS_FORWARD : Purpose.WEIGHTS_BACKWARD;
    }

    private DeviceMemory nowhere(FlatTensor tensor) {
        throw new IllegalStateException("nothing is gathered of " + tensor);
    }

    /** Whether no tensor of its module is gathered after it. */
    private boolean isWhole(FlatTensor tensor) {
        return zero.tensors().ofModule(tensor.module()).stream()
                .noneMatch(other ->
                        other.index() > tensor.index() && !zero.schedule().staysWhole(other));
    }

    private TensorGather gather(List<FlatTensor> group, List<Integer> order, int base) {
        return new TensorGather(zero, purpose(base), group, false, tensor -> {
            int use = base + order.indexOf(tensor.module());
            return zero.inModule(slots.apply(use), ElementType.BF16, tensor);
        });
    }

    private static List<Integer> uses(int base, int from, int end) {
        List<Integer> uses = new ArrayList<>();
        for (int use = from; use < end; use++) {
            uses.add(base + use);
        }
        return uses;
    }
}
