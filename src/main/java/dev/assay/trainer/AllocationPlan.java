package dev.assay.trainer;

import dev.assay.device.Device;
import java.util.ArrayList;
import java.util.List;

/** Every allocation of a trainer by name and bytes, before anything is allocated. */
public final class AllocationPlan {
    private final List<Allocation> allocations = new ArrayList<>();

    /** Names are of one allocation each. */
    public void add(String name, MemoryPart part, long bytes) {
        if (allocations.stream().anyMatch(each -> each.name().equals(name))) {
            throw new IllegalArgumentException("planning memory: '" + name + "' is there already; name it apart");
        }
        allocations.add(new Allocation(name, part, bytes));
    }

    public List<Allocation> allocations() {
        return List.copyOf(allocations);
    }

    public long bytes() {
        return allocations.stream().mapToLong(Allocation::bytes).sum();
    }

    public long bytes(MemoryPart part) {
        return allocations.stream()
                .filter(each -> each.part() == part)
                .mapToLong(Allocation::bytes)
                .sum();
    }

    /** All of it or, with the device's {@link dev.assay.device.OutOfMemoryException}, nothing. */
    Arena allocate(Device device) {
        return Arena.of(device, allocations);
    }
}
