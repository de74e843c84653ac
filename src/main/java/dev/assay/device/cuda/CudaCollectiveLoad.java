package dev.assay.device.cuda;

import dev.assay.device.CollectiveLoad;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectivePiece;
import dev.assay.workload.CollectiveType;

/** The kernels of {@code native/collective.cu}. */
final class CudaCollectiveLoad implements CollectiveLoad {
    private static final int THREADS = 256;

    /** In the kernel: reduced over all ranks. */
    private static final int ALL_RANKS = -1;

    private final Kernels kernels;
    private final CudaDevice device;

    CudaCollectiveLoad(Kernels kernels, CudaDevice device) {
        this.kernels = kernels;
        this.device = device;
    }

    @Override
    public void fill(
            DeviceMemory target, long elements, CollectiveCase what, long seed, int rank, int ranks, Stream stream) {
        long bytes = elements * what.type().bytes();
        kernels.launch(
                "assay_collective_fill",
                elements,
                THREADS,
                (CudaStream) stream,
                CudaDevice.holding(target, bytes).address(),
                elements,
                seed,
                type(what.type()),
                kind(what),
                rank,
                ranks);
    }

    @Override
    public long countWrong(
            DeviceMemory found, CollectivePiece piece, CollectiveCase what, long seed, int ranks, Stream stream) {
        return device.total((CudaStream) stream, counter -> addWrong(found, piece, what, seed, ranks, counter, stream));
    }

    @Override
    public void addWrong(
            DeviceMemory found,
            CollectivePiece piece,
            CollectiveCase what,
            long seed,
            int ranks,
            DeviceMemory counter,
            Stream stream) {
        int width = what.type().bytes();
        long address = CudaDevice.holding(found, width * (piece.at() + piece.elements()))
                        .address()
                + width * piece.at();
        kernels.launch(
                "assay_collective_count_wrong",
                piece.elements(),
                THREADS,
                (CudaStream) stream,
                address,
                piece.elements(),
                seed,
                type(what.type()),
                kind(what),
                piece.from().orElse(ALL_RANKS),
                ranks,
                piece.index(),
                CudaDevice.holding(counter, Long.BYTES).address());
    }

    /** As {@code native/collective.cu} counts them. */
    private static int type(CollectiveType type) {
        return switch (type) {
            case FLOAT -> 0;
            case BFLOAT16 -> 1;
            case HALF -> 2;
            case INT32 -> 3;
        };
    }

    private static int kind(CollectiveCase what) {
        if (!what.operation().reduces()) {
            return 2;
        }
        return switch (what.reduction()) {
            case SUM -> 0;
            case MAX -> 1;
        };
    }
}
