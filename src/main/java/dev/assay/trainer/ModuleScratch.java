package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.workload.ElementType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * bf16 gradients of one micro-batch, a module at a time: modules take turns, but a tied embedding has memory of its own, as the
 * head writes it long before it is complete.
 */
final class ModuleScratch {
    private final Zero zero;
    private final List<DeviceMemory> modules = new ArrayList<>();
    private final List<Fence> free = new ArrayList<>();
    private final Set<Integer> begun = new HashSet<>();
    /** Whether another stream than the compute stream reads it. */
    private final boolean readElsewhere;

    ModuleScratch(Zero zero) {
        this.zero = zero;
        this.readElsewhere =
                zero.schedule().everyMicroBatch() && zero.gradients().own();
        int turns = ZeroMemory.scratches(zero.schedule());
        List<Fence> fences = new ArrayList<>();
        for (int turn = 0; turn < turns; turn++) {
            fences.add(zero.fence());
        }
        for (int module = 0; module < zero.tensors().modules(); module++) {
            boolean tied = module == 0 && zero.setup().modules().tied();
            int turn = (zero.tensors().modules() - module) % turns;
            String name = tied ? ZeroMemory.TIED_SCRATCH : ZeroMemory.SCRATCH + turn;
            modules.add(zero.slice(name, ElementType.BF16, 0, zero.tensors().elements(module)));
            free.add(tied ? zero.fence() : fences.get(turn));
        }
    }

    /** Zeros at first. */
    DeviceMemory of(int module) {
        DeviceMemory memory = modules.get(module);
        if (begun.add(module)) {
            if (readElsewhere) {
                zero.clock().await(free.get(module));
            }
            zero.device().zero(memory, zero.compute());
        }
        return memory;
    }

    /** All of it, whether it is begun or not. */
    DeviceMemory memory(int module) {
        return modules.get(module);
    }

    /** What is enqueued by now, where gradients travel too, was the last to read it. */
    void isFree(int module) {
        if (!begun.remove(module)) {
            throw new IllegalStateException(
                    "gradients of module " + module + " are complete, but nobody asked for them");
        }
        if (readElsewhere) {
            free.get(module).passed(zero.gradients().stream());
        }
    }
}
