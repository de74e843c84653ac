package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import dev.assay.device.FreivaldsBound;
import dev.assay.measurement.Check;
import dev.assay.workload.Gemm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Locale;

/** The two checks of a GEMM's output; {@code native/freivalds.cu} derives their bounds. */
final class GemmChecks {
    /** {@code VECTORS} of {@code freivalds.cu}. */
    static final int VECTORS = 4;

    /** Wrong, worst as the bits of a double, first wrong. */
    static final int RESULT_BYTES = 3 * Long.BYTES;

    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final int THREADS = 256;
    private static final int COLUMN_THREADS = 64;

    private final Kernels kernels;
    private final String gpu;

    GemmChecks(Kernels kernels, String gpu) {
        this.kernels = kernels;
        this.gpu = gpu;
    }

    Check freivalds(Gemm gemm, CudaMemory a, CudaMemory b, CudaMemory c, long seed, CudaStream stream) {
        requireOperands(gemm, a, b, c);
        try (CudaMemory sums = CudaMemory.allocate((VECTORS + 1L) * gemm.k() * Double.BYTES, gpu);
                CudaMemory result = newResult(stream)) {
            kernels.launch(
                    "assay_freivalds_columns",
                    gemm.k(),
                    COLUMN_THREADS,
                    stream,
                    b.address(),
                    gemm.n(),
                    gemm.k(),
                    seed,
                    sums.address(),
                    CublasTypes.format(gemm.precision().b()));
            kernels.launch(
                    "assay_freivalds_rows",
                    (long) gemm.m() * Kernels.WARP,
                    THREADS,
                    stream,
                    a.address(),
                    c.address(),
                    gemm.m(),
                    gemm.n(),
                    gemm.k(),
                    sums.address(),
                    seed,
                    result.address(),
                    CublasTypes.format(gemm.precision().a()),
                    CublasTypes.format(gemm.precision().c()),
                    bits(FreivaldsBound.accumulation(gemm)));
            stream.synchronize(DEADLINE);
            return freivaldsOf(gemm, ByteBuffer.wrap(result.read()).order(ByteOrder.nativeOrder()));
        }
    }

    Check elements(Gemm gemm, CudaMemory a, CudaMemory b, CudaMemory c, int samples, long seed, CudaStream stream) {
        requireOperands(gemm, a, b, c);
        try (CudaMemory result = newResult(stream)) {
            kernels.launch(
                    "assay_check_elements",
                    (long) samples * Kernels.WARP,
                    THREADS,
                    stream,
                    a.address(),
                    b.address(),
                    c.address(),
                    gemm.m(),
                    gemm.n(),
                    gemm.k(),
                    samples,
                    seed,
                    result.address(),
                    CublasTypes.format(gemm.precision().a()),
                    CublasTypes.format(gemm.precision().b()),
                    CublasTypes.format(gemm.precision().c()),
                    bits(FreivaldsBound.elementAccumulation(gemm)));
            stream.synchronize(DEADLINE);
            return elementsOf(gemm, samples, ByteBuffer.wrap(result.read()).order(ByteOrder.nativeOrder()));
        }
    }

    /** As a kernel takes a double. */
    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    /** Zero wrong, worst 0, first wrong as far away as possible. */
    private CudaMemory newResult(CudaStream stream) {
        CudaMemory result = CudaMemory.allocate(RESULT_BYTES, gpu);
        Cuda.check(CudaDriver.cuMemsetD8Async(result.address(), 0, 2 * Long.BYTES, stream.handle()), "cuMemsetD8Async");
        Cuda.check(
                CudaDriver.cuMemsetD8Async(result.address() + 2 * Long.BYTES, 0xFF, Long.BYTES, stream.handle()),
                "cuMemsetD8Async");
        return result;
    }

    private static void requireOperands(Gemm gemm, CudaMemory a, CudaMemory b, CudaMemory c) {
        requireBytes("A", a, gemm.bytesOfA());
        requireBytes("B", b, gemm.bytesOfB());
        requireBytes("C", c, gemm.bytesOfC());
    }

    private static void requireBytes(String name, CudaMemory memory, long bytes) {
        if (memory.bytes() < bytes) {
            throw new DeviceException(
                    "checking a GEMM: " + name + " must have " + bytes + " bytes, got " + memory.bytes());
        }
    }

    /** Wrong rows: each holds at least one wrong element. */
    static Check freivaldsOf(Gemm gemm, ByteBuffer result) {
        long wrongRows = result.getLong(0);
        String detail = String.format(
                Locale.ROOT,
                "%d random ±1 vectors, |C·r − A·(Bᵀ·r)| of each row within 8 standard deviations of its rounding; %s",
                VECTORS,
                wrongRows == 0
                        ? "all " + gemm.m() + " rows right"
                        : wrongRows + " of " + gemm.m() + " rows hold a wrong element, the first is row "
                                + result.getLong(16));
        return new Check("gemm.freivalds", gemm.elementsOfC(), wrongRows, worst(result.getLong(8)), detail);
    }

    static Check elementsOf(Gemm gemm, int samples, ByteBuffer result) {
        long wrong = result.getLong(0);
        long first = result.getLong(16);
        String detail = String.format(
                Locale.ROOT,
                "random elements against fp64, within half a unit of %s in the last place plus %.3g·√Σ(ab)²; %s",
                gemm.precision().c(),
                FreivaldsBound.elementAccumulation(gemm),
                wrong == 0
                        ? "all right"
                        : "the first wrong one is row " + first / gemm.n() + ", column " + first % gemm.n());
        return new Check("gemm.fp64", samples, wrong, worst(result.getLong(8)), detail);
    }

    /** Finite, so that it can be written as JSON: NaN and infinity become the largest double. */
    private static double worst(long bits) {
        double worst = Double.longBitsToDouble(bits);
        return Double.isFinite(worst) ? worst : Double.MAX_VALUE;
    }
}
