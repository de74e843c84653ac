package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Tensor;
import dev.assay.training.FlatTensor;
import dev.assay.training.Shares;
import dev.assay.workload.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stage 3: a rank has its part of every tensor; a pass gathers module by module into slots, ahead of the computing as far as
 * slots are free. What is used again soon stays there for backward. Small tensors are whole on every rank and only copied there.
 */
final class GatheredWeights implements WeightKeeper {
    private static final ElementType BF16 = ElementType.BF16;

    private final Zero zero;
    private final GatherSlots slots;
    private final List<Fence> gathered = new ArrayList<>();
    private final List<Fence> released = new ArrayList<>();
    private final Fence updated;
    private final List<GatherLoad> loads;
    private final ThirdGathers third;
    private final List<TensorGather> small = new ArrayList<>();
    private final List<List<Carry>> smallCopies = new ArrayList<>();
    private final boolean[] isReleased;
    private int launched;
    private int whole;

    GatheredWeights(Zero zero) {
        this.zero = zero;
        slots = new GatherSlots(zero.schedule(), zero.memory());
        for (int slot = 0; slot < slots.slots(); slot++) {
            gathered.add(zero.fence());
            released.add(zero.fence());
        }
        updated = zero.fence();
        loads = GatherLoads.of(zero, slots::memory);
        third = new ThirdGathers(zero, module -> slots.memory(slots.use(module, Pass.BACKWARD)));
        isReleased = new boolean[slots.uses()];
        Map<FlatTensor, DeviceMemory> places = smallPlaces();
        addSmallGathers(places);
        for (int use = 0; use < slots.uses(); use++) {
            smallCopies.add(copies(use, places));
        }
    }

    private Map<FlatTensor, DeviceMemory> smallPlaces() {
        Map<FlatTensor, DeviceMemory> places = new LinkedHashMap<>();
        long at = 0;
        for (FlatTensor tensor : zero.schedule().small()) {
            long elements = zero.ranks() * Shares.part(tensor, zero.ranks());
            places.put(tensor, zero.slice(ZeroMemory.SMALL, BF16, at, elements));
            at += elements;
        }
        return places;
    }

    /** As many as {@link dev.assay.training.ZeroSchedule#gathersAfterUpdate} says: each alone, or all at once. */
    private void addSmallGathers(Map<FlatTensor, DeviceMemory> places) {
        List<FlatTensor> all = zero.schedule().small();
        if (all.size() == zero.schedule().gathersAfterUpdate().size()) {
            all.forEach(tensor ->
                    small.add(new TensorGather(zero, Purpose.SMALL_WEIGHTS, List.of(tensor), true, places::get)));
        } else {
            small.add(new TensorGather(zero, Purpose.SMALL_WEIGHTS, all, true, places::get));
        }
    }

    private List<Carry> copies(int use, Map<FlatTensor, DeviceMemory> places) {
        List<Carry> copies = new ArrayList<>();
        places.forEach((tensor, place) -> {
            if (tensor.module() == slots.module(use)) {
                Tensor from = Zero.tensor(place, BF16, 0, tensor.size());
                DeviceMemory to = zero.inModule(slots.memory(use), BF16, tensor);
                copies.add(new Carry(from, new Tensor(to, BF16, tensor.size())));
            }
        });
        return copies;
    }

    @Override
    public void initialise() {
        zero.device().zero(shard(), zero.compute());
    }

    @Override
    public void beginMicroBatch() {
        for (int use = 0; launched > 0 && use < slots.uses(); use++) {
            if (!isReleased[use]) {
                throw new IllegalStateException("beginning a micro-batch: module " + slots.module(use)
                        + " of the one before must be released, is still held");
            }
        }
        Arrays.fill(isReleased, false);
        launched = 0;
        whole = 0;
    }

    @Override
    public DeviceMemory of(int module, Pass pass) {
        int use = slots.use(module, pass);
        while (whole <= use) {
            if (!mayLaunch()) {
                throw new IllegalStateException("gathering the weights of module " + module + ": none of "
                        + slots.slots() + " slots is free; release a module before the next but one is asked for");
            }
            launch();
        }
        if (zero.weights().own() && !isKept(module, pass)) {
            zero.clock().await(gathered.get(slots.slot(use)));
        }
        launchAhead();
        return slots.memory(use).slice(0, zero.tensors().elements(module) * BF16.bytes());
    }

    @Override
    public void release(int module, Pass pass) {
        if (pass == Pass.BACKWARD || !slots.staysGathered(module)) {
            int use = slots.use(module, pass);
            released.get(slots.slot(use)).passed(zero.compute());
            isReleased[use] = true;
        }
        launchAhead();
    }

    @Override
    public Arrival recomputed(int module) {
        return third.enqueue(module);
    }

    /** Whether it is there since forward, for which the compute stream has waited. */
    private boolean isKept(int module, Pass pass) {
        return pass == Pass.BACKWARD && slots.staysGathered(module);
    }

    private void launchAhead() {
        while (zero.schedule().gathersAhead() && launched < loads.size() && mayLaunch()) {
            launch();
        }
    }

    /** Whether all slots that it begins to write are free: whoever reads them has been enqueued. */
    private boolean mayLaunch() {
        return loads.get(launched).opens().stream()
                .map(slots::before)
                .allMatch(before -> before.isEmpty() || isReleased[before.getAsInt()]);
    }

    private void launch() {
        GatherLoad load = loads.get(launched++);
        for (int use : load.opens()) {
            released.get(slots.slot(use)).before(zero.weights().stream());
            smallCopies.get(use).forEach(copy -> copy.enqueue(zero.kernels(), false, zero.weights().stream()));
        }
        load.gather().enqueue();
        for (int use : load.closes()) {
            gathered.get(slots.slot(use)).passed(zero.weights().stream());
            whole = use + 1;
        }
    }

    @Override
    public DeviceMemory shard() {
        return zero.memory().of(ZeroMemory.WEIGHT_SHARD);
    }

    /** The compute stream waits, so that a step is done only when all that it sent is. */
    @Override
    public void updated() {
        zero.weights().after(zero.compute(), updated);
        small.forEach(TensorGather::enqueue);
        zero.weights().before(zero.clock(), updated);
    }
}
