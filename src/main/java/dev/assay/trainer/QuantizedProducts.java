package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Quantized;
import dev.assay.training.MatrixPrecision;
import dev.assay.workload.ElementType;
import dev.assay.workload.LinearGemm;
import dev.assay.workload.LinearPass;
import java.util.Optional;

/**
 * In FP8: copies of the operands are made before each product, scaled by their own largest element; what backward multiplies is
 * made from the bf16 tensors that are kept anyway. Beside the GEMMs that costs, in bytes an element of memory traffic, 5 of x and
 * of W forward, and 6 of dOut and 5 of x and of W backward.
 */
final class QuantizedProducts implements LinearProducts {
    private final Compute compute;
    private final QuantizedMemory memory;
    private final int inputs;
    private final int outputs;
    private final GemmRunner forward;
    private final GemmRunner inputGradient;
    private final GemmRunner weightGradient;

    QuantizedProducts(Compute compute, QuantizedMemory memory, int inputs, int outputs) {
        this.compute = compute;
        this.memory = memory;
        this.inputs = inputs;
        this.outputs = outputs;
        forward = gemm(LinearPass.FORWARD, memory.xScale(), memory.weightScale());
        inputGradient = gemm(LinearPass.INPUT_GRADIENT, memory.dOutScale(), memory.weightScale());
        weightGradient = gemm(LinearPass.WEIGHT_GRADIENT, memory.dOutScale(), memory.xScale());
    }

    private GemmRunner gemm(LinearPass pass, DeviceMemory scaleA, DeviceMemory scaleB) {
        LinearGemm gemm = DecoderSizes.gemm(pass, compute.sizes().rows(), inputs, outputs, MatrixPrecision.FP8);
        GemmRunner runner = compute.gemm(gemm);
        runner.scaleBy(scaleA, scaleB);
        return runner;
    }

    @Override
    public void forward(DeviceMemory x, DeviceMemory weight, DeviceMemory out) {
        int rows = compute.sizes().rows();
        quantize(x, rows, inputs, lying(memory.x(), memory.xScale()));
        quantize(weight, outputs, inputs, lying(memory.weight(), memory.weightScale()));
        forward.enqueue(memory.x(), memory.weight(), out, compute.stream());
    }

    @Override
    public void backward(
            DeviceMemory dOut, DeviceMemory x, DeviceMemory weight, DeviceMemory dWeight, DeviceMemory dX) {
        int rows = compute.sizes().rows();
        Optional<DeviceMemory> lying = Optional.of(memory.dOut());
        Optional<DeviceMemory> transposed = Optional.of(memory.dOutTransposed());
        quantize(dOut, rows, outputs, new Quantized(ElementType.E5M2, lying, transposed, memory.dOutScale()));
        quantize(x, rows, inputs, turned(memory.x(), memory.xScale()));
        weightGradient.enqueue(memory.dOutTransposed(), memory.x(), dWeight, compute.stream());
        quantize(weight, outputs, inputs, turned(memory.weight(), memory.weightScale()));
        inputGradient.enqueue(memory.dOut(), memory.weight(), dX, compute.stream());
    }

    private void quantize(DeviceMemory from, int rows, int width, Quantized to) {
        compute.kernels().quantize(from, rows, width, to, memory.scratch(), compute.stream());
    }

    private static Quantized lying(DeviceMemory out, DeviceMemory scale) {
        return new Quantized(ElementType.E4M3, Optional.of(out), Optional.empty(), scale);
    }

    private static Quantized turned(DeviceMemory transposed, DeviceMemory scale) {
        return new Quantized(ElementType.E4M3, Optional.empty(), Optional.of(transposed), scale);
    }
}
