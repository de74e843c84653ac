package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.TrainingKernels;
import dev.assay.training.MemoryPlan;
import java.util.Optional;

/**
 * FP8 copies of what one linear layer multiplies, of the largest one: layers follow each other on one stream, so one set is
 * enough. Scales are one fp32 each.
 */
record QuantizedMemory(
        DeviceMemory x,
        DeviceMemory weight,
        DeviceMemory dOut,
        DeviceMemory dOutTransposed,
        DeviceMemory xScale,
        DeviceMemory weightScale,
        DeviceMemory dOutScale,
        DeviceMemory scratch) {
    /** Of each scale's own memory. */
    private static final long SCALE = 256;

    /** Nothing where all is bf16. */
    static void plan(DecoderSizes sizes, AllocationPlan plan) {
        MemoryPlan.quantized(sizes.setup()).ifPresent(bytes -> {
            plan.add("fp8.x", MemoryPart.LIVE_LAYER, bytes.x());
            plan.add("fp8.weight", MemoryPart.LIVE_LAYER, bytes.weight());
            plan.add("fp8.d-out", MemoryPart.LIVE_LAYER, bytes.dOut());
            plan.add("fp8.d-out-transposed", MemoryPart.LIVE_LAYER, bytes.dOut());
            plan.add("fp8.scales", MemoryPart.WORKSPACE, 3 * SCALE);
            plan.add("fp8.largest", MemoryPart.WORKSPACE, TrainingKernels.QUANTIZE_SCRATCH);
        });
    }

    static Optional<QuantizedMemory> of(DecoderSizes sizes, Arena arena) {
        return MemoryPlan.quantized(sizes.setup())
                .map(bytes -> new QuantizedMemory(
                        arena.of("fp8.x"),
                        arena.of("fp8.weight"),
                        arena.of("fp8.d-out"),
                        arena.of("fp8.d-out-transposed"),
                        arena.of("fp8.scales").slice(0, SCALE),
                        arena.of("fp8.scales").slice(SCALE, SCALE),
                        arena.of("fp8.scales").slice(2 * SCALE, SCALE),
                        arena.of("fp8.largest")));
    }
}
