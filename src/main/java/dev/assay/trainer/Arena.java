package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The planned memory, allocated once; uninitialised. */
public final class Arena implements AutoCloseable {
    private final Map<String, DeviceMemory> memory = new LinkedHashMap<>();
    private final Handles handles = new Handles();

    private Arena() {}

    static Arena of(Device device, List<Allocation> allocations) {
        Arena arena = new Arena();
        try {
            allocations.forEach(
                    each -> arena.memory.put(each.name(), arena.handles.own(device.allocate(each.bytes()))));
        } catch (RuntimeException e) {
            arena.handles.closeBecauseOf(e);
            throw e;
        }
        return arena;
    }

    public DeviceMemory of(String name) {
        return Optional.ofNullable(memory.get(name))
                .orElseThrow(() -> new IllegalArgumentException("training takes memory '" + name
                        + "' that was not planned; plan it in AllocationPlan.add. Planned: " + memory.keySet()));
    }

    @Override
    public void close() {
        memory.clear();
        handles.close();
    }
}
