package dev.assay.device.cuda;

import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryLoad;
import dev.assay.device.Stream;
import dev.assay.workload.Hbm;
import dev.assay.workload.MemoryKernel;

/** The kernels of {@code native/memory.cu}. */
final class CudaMemoryLoad implements MemoryLoad {
    private static final int THREADS = 256;

    /** 16-byte vectors of a thread that sums. */
    private static final int READ_VECTORS = 8;

    private static final int VECTOR_BYTES = 16;

    private final Kernels kernels;
    private final CudaDevice device;

    CudaMemoryLoad(Kernels kernels, CudaDevice device) {
        this.kernels = kernels;
        this.device = device;
    }

    @Override
    public void fill(DeviceMemory target, long bytes, long seed, Stream stream) {
        long elements = bytes / Float.BYTES;
        kernels.launch(
                "assay_memory_fill", elements, THREADS, (CudaStream) stream, address(target, bytes), elements, seed);
    }

    @Override
    public void enqueue(
            MemoryKernel kernel, DeviceMemory a, DeviceMemory b, DeviceMemory c, long bytes, Stream stream) {
        if (bytes % VECTOR_BYTES != 0) {
            throw new IllegalArgumentException(
                    "a memory kernel moves multiples of " + VECTOR_BYTES + " bytes, got " + bytes);
        }
        long vectors = bytes / VECTOR_BYTES;
        int threads = threads(kernel);
        long perBlock = (long) threads * (kernel == MemoryKernel.READ ? READ_VECTORS : 1);
        kernels.launchBlocks(
                "assay_memory_" + kernel.key(),
                (vectors + perBlock - 1) / perBlock,
                threads,
                (CudaStream) stream,
                address(a, bytes),
                address(b, bytes),
                address(c, bytes),
                vectors);
    }

    /**
     * As {@code native/memory.cu} is tuned, threads a block, by trials on an H200: a copy in blocks of 128 moves 4.300 TB/s, of
     * 256 4.286, of 512 4.282; what is only written needs 256 for as many blocks as the GPU can start (at 128 it loses 28 %),
     * and sums are fastest by 512.
     */
    private static int threads(MemoryKernel kernel) {
        return switch (kernel) {
            case COPY, SCALE, ADD, TRIAD -> 128;
            case WRITE -> 256;
            case READ -> 512;
        };
    }

    @Override
    public long countWrong(MemoryKernel kernel, DeviceMemory c, long bytes, long seedA, long seedB, Stream stream) {
        long elements = bytes / Float.BYTES;
        long found = address(c, bytes);
        if (kernel == MemoryKernel.READ) {
            long difference = device.total(
                    (CudaStream) stream,
                    counter -> kernels.launch(
                            "assay_memory_sum_difference",
                            elements,
                            THREADS,
                            (CudaStream) stream,
                            found,
                            elements,
                            seedA,
                            counter.address()));
            return difference == 0 ? 0 : 1;
        }
        return device.total(
                (CudaStream) stream,
                counter -> kernels.launch(
                        "assay_memory_count_wrong",
                        elements,
                        THREADS,
                        (CudaStream) stream,
                        found,
                        elements,
                        seedA,
                        seedB,
                        code(kernel),
                        counter.address()));
    }

    @Override
    public void layChase(DeviceMemory memory, long footprint, Stream stream) {
        long lines = footprint / Hbm.LINE_BYTES;
        kernels.launch("assay_chase_lay", lines, THREADS, (CudaStream) stream, address(memory, footprint), lines);
    }

    @Override
    public void chase(DeviceMemory memory, long footprint, long steps, DeviceMemory at, Stream stream) {
        kernels.launchBlocks(
                "assay_chase", 1, 1, (CudaStream) stream, address(memory, footprint), steps, address(at, Long.BYTES));
    }

    /** As {@code native/memory.cu} counts them. */
    private static int code(MemoryKernel kernel) {
        return switch (kernel) {
            case COPY -> 0;
            case SCALE -> 1;
            case ADD -> 2;
            case TRIAD -> 3;
            case READ -> 4;
            case WRITE -> 5;
        };
    }

    private static long address(DeviceMemory memory, long bytes) {
        return CudaDevice.holding(memory, bytes).address();
    }
}
