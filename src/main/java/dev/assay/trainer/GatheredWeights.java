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
 * slots are free. Small tensors are whole on every rank and only copied there.
 */
final class GatheredWeights implements WeightKeeper {
    private static final ElementType BF16 = ElementType.BF16;

    private final Zero zero;
    private final List<DeviceMemory> slots = new ArrayList<>();
    private final List<Fence> gathered = new ArrayList<>();
    private final List<Fence> released = new ArrayList<>();
    private final Fence updated;
    private final List<GatherLoad> loads;
    private final List<TensorGather> small = new ArrayList<>();
    private final List<List<Carry>> smallCopies = new ArrayList<>();
    private final List<Integer> order;
    private final boolean[] isReleased;
    private int launched;
    private int whole;

    GatheredWeights(Zero zero) {
        this.zero = zero;
        for (int slot = 0; slot < zero.schedule().slots(); slot++) {
            slots.add(zero.memory().of(ZeroMemory.SLOT + slot));
            gathered.add(new Fence(zero.device()));
            released.add(new Fence(zero.device()));
        }
        updated = new Fence(zero.device());
        loads = GatherLoads.of(zero, slots);
        order = new ArrayList<>(zero.schedule().forward());
        order.addAll(zero.schedule().backward());
        isReleased = new boolean[order.size()];
        Map<FlatTensor, DeviceMemory> places = smallPlaces();
        addSmallGathers(places);
        for (int use = 0; use < order.size(); use++) {
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
            if (tensor.module() == order.get(use)) {
                Tensor from = Zero.tensor(place, BF16, 0, tensor.size());
                DeviceMemory to = zero.inModule(slots.get(slot(use)), BF16, tensor);
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
        for (int use = 0; launched > 0 && use < order.size(); use++) {
            if (!isReleased[use]) {
                throw new IllegalStateException("beginning a micro-batch: module " + order.get(use)
                        + " of the one before must be released, is still held");
            }
        }
        Arrays.fill(isReleased, false);
        launched = 0;
        whole = 0;
    }

    @Override
    public DeviceMemory of(int module, Pass pass) {
        int use = use(module, pass);
        while (whole <= use) {
            if (!mayLaunch()) {
                throw new IllegalStateException("gathering the weights of module " + module + ": none of "
                        + slots.size() + " slots is free; release a module before the next but one is asked for");
            }
            launch();
        }
        if (zero.weights().own()) {
            zero.clock().await(gathered.get(slot(use)));
        }
        launchAhead();
        return slots.get(slot(use)).slice(0, zero.tensors().elements(module) * BF16.bytes());
    }

    @Override
    public void release(int module, Pass pass) {
        int use = use(module, pass);
        released.get(slot(use)).passed(zero.compute());
        isReleased[use] = true;
        launchAhead();
    }

    private void launchAhead() {
        while (zero.schedule().gathersAhead() && launched < loads.size() && mayLaunch()) {
            launch();
        }
    }

    /** Whether all slots that it begins to write are free: whoever reads them has been enqueued. */
    private boolean mayLaunch() {
        return loads.get(launched).opens().stream()
                .allMatch(use -> use < slots.size() || isReleased[use - slots.size()]);
    }

    private void launch() {
        GatherLoad load = loads.get(launched++);
        for (int use : load.opens()) {
            released.get(slot(use)).before(zero.weights().stream());
            smallCopies.get(use).forEach(copy -> copy.enqueue(zero.kernels(), false, zero.weights().stream()));
        }
        load.gather().enqueue();
        for (int use : load.closes()) {
            gathered.get(slot(use)).passed(zero.weights().stream());
            whole = use + 1;
        }
    }

    private int use(int module, Pass pass) {
        int modules = zero.tensors().modules();
        return switch (pass) {
            case FORWARD -> order.subList(0, modules).indexOf(module);
            case BACKWARD -> modules + order.subList(modules, 2 * modules).indexOf(module);
        };
    }

    private int slot(int use) {
        return use % slots.size();
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

    @Override
    public void close() {
        gathered.forEach(Fence::close);
        released.forEach(Fence::close);
        updated.close();
    }
}
