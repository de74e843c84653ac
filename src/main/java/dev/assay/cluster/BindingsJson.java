package dev.assay.cluster;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The {@code bindings} part of a cluster file: every GPU of a node once, in the order of local ranks. */
final class BindingsJson {
    static final List<String> KEYS = List.of("gpu", "cpus", "nic");

    private BindingsJson() {}

    static List<RankBinding> read(InputJson value, int gpusPerNode) {
        List<InputJson> items = value.items();
        if (!items.isEmpty() && items.size() != gpusPerNode) {
            throw value.error(
                    items.size() + " bindings for " + gpusPerNode + " GPUs a node",
                    "one binding a GPU, or none",
                    "list every local rank, in order");
        }
        Set<Integer> taken = new HashSet<>();
        return items.stream().map(item -> binding(item, gpusPerNode, taken)).toList();
    }

    private static RankBinding binding(InputJson item, int gpusPerNode, Set<Integer> taken) {
        InputJson gpu = item.onlyKeys(KEYS).required("gpu", "the index of the GPU that this local rank takes");
        int index = gpu.integer(0, gpusPerNode - 1);
        if (!taken.add(index)) {
            throw gpu.error("GPU " + index + " a second time", "every GPU once", "give each local rank its own GPU");
        }
        return new RankBinding(
                index, Allowed.optional(item, "cpus", Allowed.CPUS), Allowed.optional(item, "nic", Allowed.NIC));
    }
}
