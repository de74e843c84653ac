package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.Stream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * 64-bit checksums of all weights as a step's passes read them, module by module: gathered by the same calls into the same
 * memory. See {@link dev.assay.device.Checksum}.
 *
 * @param forward of each module, as forward reads it
 * @param backward of each module, as backward reads it: the same bytes
 */
public record WeightSums(List<Long> forward, List<Long> backward) {
    private static final String MEMORY = "weights.sums";

    public WeightSums {
        forward = List.copyOf(forward);
        backward = List.copyOf(backward);
    }

    static void plan(ModuleCut modules, AllocationPlan plan) {
        plan.add(MEMORY, MemoryPart.WORKSPACE, 2L * modules.modules().size() * Long.BYTES);
    }

    /** Blocks; all ranks must call it, with no step on its way. */
    static WeightSums read(
            ModuleCut modules, Device device, Arena arena, Stream compute, Sharding sharding, Duration deadline) {
        DeviceMemory sums = arena.of(MEMORY);
        device.poison(sums, compute);
        sharding.beginReading();
        for (Pass pass : Pass.values()) {
            for (ModelModule module : modules.order(pass)) {
                DeviceMemory weights = sharding.weights(module, pass);
                DeviceMemory sum = sums.slice(place(modules, module, pass) * Long.BYTES, Long.BYTES);
                device.enqueueChecksum(weights, weights.bytes(), sum, compute);
                sharding.release(module, pass);
            }
        }
        try (Event done = device.newEvent()) {
            compute.record(done);
            Waiting.until(done, sharding::checkHealthy, deadline, "the checksums of the weights");
        }
        return of(modules, ByteBuffer.wrap(sums.read()).order(ByteOrder.nativeOrder()));
    }

    private static long place(ModuleCut modules, ModelModule module, Pass pass) {
        return (pass == Pass.FORWARD ? 0L : modules.modules().size()) + module.index();
    }

    private static WeightSums of(ModuleCut modules, ByteBuffer sums) {
        List<Long> all = new ArrayList<>();
        while (sums.hasRemaining()) {
            all.add(sums.getLong());
        }
        int half = modules.modules().size();
        return new WeightSums(all.subList(0, half), all.subList(half, 2 * half));
    }
}
