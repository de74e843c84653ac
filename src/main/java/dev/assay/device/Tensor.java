package dev.assay.device;

import dev.assay.workload.ElementType;

/** Elements that lie one after another in memory that may be larger. */
public record Tensor(DeviceMemory memory, ElementType type, long elements) {
    long bytes() {
        return elements * type.bytes();
    }
}
