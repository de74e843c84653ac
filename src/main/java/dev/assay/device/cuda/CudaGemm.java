package dev.assay.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One GEMM by cuBLASLt; its D is its C, in place. What it is asked for is a {@link Multiplication}.
 *
 * <p>The same algorithm on the same data must give the same bits on every GPU of a model. NVIDIA promises that where no
 * reduction over K runs in the order of arrival, so only algorithms are taken that do not split K, or that reduce the parts in
 * a separate step in fp32. The in-place reduction through the output buffer is left out, and so is the one that would round
 * each part to bf16. Enqueue on one stream at a time, as {@link GemmWorkspace} says.
 */
final class CudaGemm implements GemmRunner {
    private final CublasHandle blas;
    private final Multiplication gemm;
    private final GemmLayout layout;
    private final GemmWorkspace workspace;
    private final GemmScalars scalars;
    private final Optional<CudaMemory> one;
    private final Memory algorithm = new Memory(CublasLt.ALGO_BYTES);
    private final List<byte[]> candidates;
    private long chosenWorkspaceBytes;
    private boolean closed;

    /** @param workspace entered here, left when this is closed */
    CudaGemm(CublasHandle blas, Multiplication gemm, GemmWorkspace workspace, String gpu) {
        this.blas = blas;
        this.gemm = gemm;
        this.workspace = workspace;
        scalars = new GemmScalars(gemm.precision(), gemm.accumulate());
        layout = new GemmLayout(gemm);
        one = gemm.precision().scaled() ? Optional.of(one(gpu)) : Optional.empty();
        one.ifPresent(scale -> layout.scaleBy(scale.address(), scale.address()));
        candidates = GemmHeuristic.candidates(blas, gemm, layout, gpu);
        workspace.enter();
        choose(candidates.get(0));
    }

    /** The scale of FP8 operands: 1. */
    private static CudaMemory one(String gpu) {
        CudaMemory memory = CudaMemory.allocate(Float.BYTES, gpu);
        memory.write(ByteBuffer.allocate(Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .putFloat(1)
                .array());
        return memory;
    }

    @Override
    public List<byte[]> candidates() {
        return candidates.stream().map(byte[]::clone).toList();
    }

    @Override
    public void choose(byte[] candidate) {
        if (candidate.length != GemmHeuristic.CANDIDATE_BYTES) {
            throw new IllegalArgumentException("a cuBLASLt algorithm must have " + GemmHeuristic.CANDIDATE_BYTES
                    + " bytes, got " + candidate.length);
        }
        algorithm.write(0, candidate, 0, CublasLt.ALGO_BYTES);
        boolean ours = candidates.stream().anyMatch(own -> Arrays.equals(own, candidate));
        chosenWorkspaceBytes = ours ? workspaceOf(candidate) : askCheck();
    }

    private static long workspaceOf(byte[] candidate) {
        return ByteBuffer.wrap(candidate)
                .order(ByteOrder.nativeOrder())
                .getLong(CublasLt.HEURISTIC_RESULT_WORKSPACE_SIZE);
    }

    /** Whether this GPU's cuBLASLt takes an algorithm that it did not offer itself; the workspace it needs. */
    private long askCheck() {
        Memory result = new Memory(CublasLt.HEURISTIC_RESULT_BYTES);
        result.clear();
        int status = CublasLt.cublasLtMatmulAlgoCheck(
                blas.handle(),
                layout.operation(),
                layout.first(),
                layout.second(),
                layout.result(),
                layout.result(),
                Pointer.nativeValue(algorithm),
                Pointer.nativeValue(result));
        long needed = result.getLong(CublasLt.HEURISTIC_RESULT_WORKSPACE_SIZE);
        if (status != CublasLt.CUBLAS_STATUS_SUCCESS || needed > GemmWorkspace.BYTES) {
            throw new DeviceException("taking over an algorithm for the GEMM " + gemm.label() + ": "
                    + CublasHandle.describe(status, "cublasLtMatmulAlgoCheck") + ", it needs " + needed
                    + " bytes of workspace; it must come from the same GPU model and cuBLASLt "
                    + CublasHandle.version());
        }
        return needed;
    }

    @Override
    public String describe() {
        return String.format(
                Locale.ROOT,
                "cuBLASLt %s algorithm %s: tile id %s, stages id %s, cluster shape id %s, split-K %s, reduction scheme %s,"
                        + " workspace %d bytes",
                CublasHandle.version(),
                config(CublasLt.CUBLASLT_ALGO_CONFIG_ID),
                config(CublasLt.CUBLASLT_ALGO_CONFIG_TILE_ID),
                config(CublasLt.CUBLASLT_ALGO_CONFIG_STAGES_ID),
                config(CublasLt.CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID),
                config(CublasLt.CUBLASLT_ALGO_CONFIG_SPLITK_NUM),
                config(CublasLt.CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME),
                chosenWorkspaceBytes);
    }

    /** A 32-bit configuration value; what the library does not tell is said so. The cluster shape is 16 bits wide. */
    private String config(int attribute) {
        int bytes = attribute == CublasLt.CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID ? Short.BYTES : Integer.BYTES;
        long[] written = new long[1];
        Memory value = new Memory(Integer.BYTES);
        value.clear();
        int status = CublasLt.cublasLtMatmulAlgoConfigGetAttribute(
                Pointer.nativeValue(algorithm), attribute, Pointer.nativeValue(value), bytes, written);
        return status == CublasLt.CUBLAS_STATUS_SUCCESS ? Integer.toString(value.getInt(0)) : "unknown";
    }

    @Override
    public void scaleBy(DeviceMemory a, DeviceMemory b) {
        if (one.isEmpty() || a.bytes() < Float.BYTES || b.bytes() < Float.BYTES) {
            throw new IllegalArgumentException("scaling the GEMM " + gemm.label()
                    + ": it must be of FP8 and a scale have 4 bytes, got " + a.bytes() + " and " + b.bytes());
        }
        layout.scaleBy(((CudaMemory) b).address(), ((CudaMemory) a).address());
    }

    /** Allocates nothing: this is the loop that is timed. */
    @Override
    public void enqueue(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {
        long addressA = address("A", a, gemm.second());
        long addressB = address("B", b, gemm.first());
        long addressC = address("C", c, gemm.result());
        long handle = ((CudaStream) stream).handle();
        int status = CublasLt.cublasLtMatmul(
                blas.handle(),
                layout.operation(),
                scalars.alpha(),
                addressB,
                layout.first(),
                addressA,
                layout.second(),
                scalars.beta(),
                addressC,
                layout.result(),
                addressC,
                layout.result(),
                Pointer.nativeValue(algorithm),
                workspace.address(handle),
                GemmWorkspace.BYTES,
                handle);
        CublasHandle.check(status, "cublasLtMatmul");
    }

    private long address(String name, DeviceMemory memory, Operand operand) {
        long address = ((CudaMemory) memory).address();
        if (memory.bytes() < operand.bytes() || address % gemm.alignment() != 0) {
            throw new IllegalArgumentException(name + " of a GEMM must have " + operand.bytes()
                    + " bytes and begin at a multiple of " + gemm.alignment() + ", got " + memory.bytes()
                    + " bytes at 0x" + Long.toHexString(address));
        }
        return address;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            workspace.leave();
            layout.close();
            one.ifPresent(CudaMemory::close);
        }
    }
}
