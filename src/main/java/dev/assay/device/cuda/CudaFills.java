package dev.assay.device.cuda;

import dev.assay.device.DeviceMemory;
import dev.assay.workload.ElementType;

/** Matrices and gradients drawn on the GPU, and what is counted over them there; {@code native/README.md} defines both. */
final class CudaFills {
    private static final int THREADS = 256;

    private final Kernels kernels;
    private final CudaDevice device;

    CudaFills(Kernels kernels, CudaDevice device) {
        this.kernels = kernels;
        this.device = device;
    }

    void matrix(DeviceMemory target, ElementType type, long elements, long seed, CudaStream stream) {
        CudaMemory memory = CudaDevice.holding(target, type.bytes() * elements);
        kernels.launch(
                "assay_fill_matrix",
                elements,
                THREADS,
                stream,
                memory.address(),
                elements,
                seed,
                CublasTypes.format(type));
    }

    void gradient(DeviceMemory target, long elements, long seed, int rank, int ranks, CudaStream stream) {
        CudaMemory memory = CudaDevice.holding(target, 2 * elements);
        kernels.launch("assay_fill_gradient", elements, THREADS, stream, memory.address(), elements, seed, rank, ranks);
    }

    long countWrongSums(DeviceMemory reduced, long elements, long seed, int ranks, CudaStream stream) {
        CudaMemory memory = CudaDevice.holding(reduced, 2 * elements);
        return device.total(
                stream,
                counter -> kernels.launch(
                        "assay_count_wrong_sums",
                        elements,
                        THREADS,
                        stream,
                        memory.address(),
                        elements,
                        seed,
                        ranks,
                        counter.address()));
    }

    long checksum(DeviceMemory memory, long bytes, CudaStream stream) {
        return device.total(stream, sum -> addChecksum(memory, bytes, sum, stream));
    }

    void addChecksum(DeviceMemory memory, long bytes, CudaMemory sum, CudaStream stream) {
        CudaMemory from = CudaDevice.holding(memory, bytes);
        kernels.launch(
                "assay_checksum",
                (bytes + Long.BYTES - 1) / Long.BYTES,
                THREADS,
                stream,
                from.address(),
                bytes,
                sum.address());
    }
}
