package dev.assay.cluster;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The datasheet of a GPU, with the figures that floors and ceilings are computed from.
 *
 * @param key e.g. {@code h200-sxm}
 * @param name what the driver must call it, e.g. {@code NVIDIA H200}
 * @param bf16DenseTflops at {@code bf16AtMhz}
 * @param bf16FlopPerClockPerSm for the ceiling: SMs × this × highest SM clock seen
 * @param sustainedBf16Tflops expected under the power limit, for predictions
 * @param nvlinkAllReduceGBps healthy bus bandwidth of an all-reduce inside one node, by GPU count 2, for sharedHost clusters
 * @param precisions that it computes GEMMs in, by the datasheet, as {@code dtype} names them; empty in plans that were written
 *     without them once
 * @param memoryGBps bandwidth of the memory, for the roofline; empty where no datasheet says it
 * @param source of these figures
 */
public record GpuModel(
        String key,
        String name,
        int multiprocessors,
        long memoryMebibytes,
        double bf16DenseTflops,
        double bf16AtMhz,
        double bf16FlopPerClockPerSm,
        double sustainedBf16Tflops,
        OptionalDouble powerLimitWatts,
        double nvlinkAllReduceGBps,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> precisions,
        Optional<String> source,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) OptionalDouble memoryGBps) {
    public GpuModel {
        precisions = List.copyOf(precisions);
    }
}
