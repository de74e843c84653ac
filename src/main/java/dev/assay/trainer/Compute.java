package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.device.TrainingKernels;
import dev.assay.workload.LinearGemm;
import java.util.Map;
import java.util.Optional;

/**
 * With what a decoder computes.
 *
 * @param scratch of the gradients of norms and biases
 */
record Compute(
        Device device,
        TrainingKernels kernels,
        Stream stream,
        Map<LinearGemm, GemmRunner> gemms,
        DecoderSizes sizes,
        DeviceMemory scratch) {
    GemmRunner gemm(LinearGemm gemm) {
        return Optional.ofNullable(gemms.get(gemm))
                .orElseThrow(() -> new IllegalArgumentException(
                        "training runs the GEMM " + gemm.label() + ", which its plan does not have"));
    }
}
