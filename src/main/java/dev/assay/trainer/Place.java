package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.training.Parameter;
import dev.assay.training.ParameterLayout;
import java.util.Optional;

/** Where a tensor, or neighbours that are one taller matrix, lies in its module. In bytes of bf16. */
record Place(long offset, long bytes) {
    /** From the first tensor of a group to its last, by their names. */
    static Place of(ModuleCut modules, String first, String last) {
        ParameterLayout layout = modules.layout();
        Parameter from = layout.of(first);
        ModelModule module = modules.of(from);
        long offset = module.offsetOf(from);
        long end = module.offsetOf(layout.of(last)) + layout.of(last).size();
        return new Place(offset * Unsharded.BF16, (end - offset) * Unsharded.BF16);
    }

    static Place of(ModuleCut modules, String name) {
        return of(modules, name, name);
    }

    /** The biases of those matrices, where the model has any. */
    static Optional<Place> biasOf(ModuleCut modules, String first, String last) {
        return modules.layout().find(first + ".bias").map(bias -> of(modules, bias.name(), last + ".bias"));
    }

    DeviceMemory in(DeviceMemory module) {
        return module.slice(offset, bytes);
    }
}
