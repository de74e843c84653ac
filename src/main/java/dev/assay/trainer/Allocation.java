package dev.assay.trainer;

/**
 * One piece of device memory that training takes.
 *
 * @param name what is asked for, e.g. {@code layers.qkv}
 */
public record Allocation(String name, MemoryPart part, long bytes) {
    public Allocation {
        if (name.isBlank() || bytes <= 0) {
            throw new IllegalArgumentException(
                    "planned memory must have a name and bytes > 0, got '" + name + "' and " + bytes);
        }
    }
}
