package dev.assay.device;

import dev.assay.workload.ElementType;
import java.util.Optional;

/**
 * Copies of a matrix in FP8.
 *
 * @param type e4m3 or e5m2
 * @param out [rows, width], as the matrix lies
 * @param transposed [width, rows]; one of the two at least
 * @param scale one fp32, that their elements are to be multiplied by
 */
public record Quantized(
        ElementType type, Optional<DeviceMemory> out, Optional<DeviceMemory> transposed, DeviceMemory scale) {}
