package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Lookup;
import java.util.Optional;

/** Rows of the table by token and, where the model learns them, rows by position. */
final class Embedding {
    private final Compute compute;
    private final Place table;
    private final Optional<Place> positions;
    private final Optional<DeviceMemory> positionIds;

    /** @param positionIds int32, 0 … sequence − 1 for each sequence */
    Embedding(Compute compute, ModuleCut modules, Optional<DeviceMemory> positionIds) {
        this.compute = compute;
        this.positionIds = positionIds;
        table = Place.of(modules, "embedding");
        positions = modules.layout().find("positions").map(each -> Place.of(modules, each.name()));
    }

    void forward(DeviceMemory weights, DeviceMemory tokens, DeviceMemory out) {
        Lookup lookup = lookup(tokens, compute.sizes().model().vocabulary());
        compute.kernels().embed(lookup, table.in(weights), out, compute.stream());
        positions.ifPresent(place -> addPositions(place.in(weights), out));
    }

    /** A sequence is one row of sequence · hidden, to which the table's first rows are one bias. */
    private void addPositions(DeviceMemory rows, DeviceMemory out) {
        int sequence = compute.sizes().setup().sequence();
        compute.kernels()
                .addBias(
                        out,
                        rows,
                        compute.sizes().setup().microBatch(),
                        Math.multiplyExact(sequence, compute.sizes().model().hidden()),
                        compute.stream());
    }

    void backward(DeviceMemory gradients, DeviceMemory tokens, DeviceMemory dOut) {
        Lookup words = lookup(tokens, compute.sizes().model().vocabulary());
        compute.kernels().embedGradient(words, dOut, table.in(gradients), compute.stream());
        positions.ifPresent(place -> {
            Lookup rows =
                    lookup(positionIds.orElseThrow(), compute.sizes().setup().sequence());
            compute.kernels().embedGradient(rows, dOut, place.in(gradients), compute.stream());
        });
    }

    private Lookup lookup(DeviceMemory ids, int entries) {
        return new Lookup(
                ids, compute.sizes().rows(), entries, compute.sizes().model().hidden());
    }
}
