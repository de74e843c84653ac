package dev.assay.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.workload.Gemm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One GEMM by cuBLASLt. cuBLASLt is column-major: our row-major C (m × n) is its D (n × m), so its first operand is our
 * B, transposed, and its second our A.
 *
 * <p>The same algorithm on the same data must give the same bits on every GPU of a model. NVIDIA promises that where no
 * reduction over K runs in the order of arrival, so only algorithms are taken that do not split K, or that reduce the parts in
 * a separate step in fp32. The in-place reduction through the output buffer is left out, and so is the one that would round
 * each part to bf16. One runner has one workspace: enqueue on one stream at a time.
 */
final class CudaGemm implements GemmRunner {
    static final long WORKSPACE_BYTES = 64L << 20;
    private static final int MOST_CANDIDATES = 16;
    private static final int CANDIDATE_BYTES = CublasLt.ALGO_BYTES + Long.BYTES;
    /** What cuBLASLt assumes of pointers unless told otherwise. */
    private static final long ALIGNMENT_BYTES = 256;

    private final CublasHandle blas;
    private final Gemm gemm;
    private final GemmLayout layout;
    private final CudaMemory workspace;
    private final GemmScalars scalars;
    private final Optional<CudaMemory> one;
    private final Memory algorithm = new Memory(CublasLt.ALGO_BYTES);
    private final List<byte[]> candidates;
    private long chosenWorkspaceBytes;
    private boolean closed;

    CudaGemm(CublasHandle blas, Gemm gemm, String gpu) {
        this.blas = blas;
        this.gemm = gemm;
        scalars = new GemmScalars(gemm.precision());
        layout = new GemmLayout(gemm);
        one = gemm.precision().scaled() ? Optional.of(one(gpu)) : Optional.empty();
        one.ifPresent(scale -> layout.scaleBy(scale.address()));
        candidates = askHeuristic(gpu);
        workspace = CudaMemory.allocate(WORKSPACE_BYTES, gpu);
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

    private List<byte[]> askHeuristic(String gpu) {
        int[] count = new int[1];
        Memory results = new Memory((long) MOST_CANDIDATES * CublasLt.HEURISTIC_RESULT_BYTES);
        results.clear();
        long preference = layout.newPreference(WORKSPACE_BYTES, CublasLt.CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE);
        int status = CublasLt.cublasLtMatmulAlgoGetHeuristic(
                blas.handle(),
                layout.operation(),
                layout.first(),
                layout.second(),
                layout.result(),
                layout.result(),
                preference,
                MOST_CANDIDATES,
                Pointer.nativeValue(results),
                count);
        CublasHandle.check(CublasLt.cublasLtMatmulPreferenceDestroy(preference), "cublasLtMatmulPreferenceDestroy");
        List<byte[]> usable = status == CublasLt.CUBLAS_STATUS_SUCCESS ? usable(results, count[0]) : List.of();
        if (usable.isEmpty()) {
            throw new DeviceException(
                    "choosing an algorithm for the GEMM " + gemm.label() + " on " + gpu + ": cuBLASLt "
                            + CublasHandle.version() + " offers none ("
                            + CublasHandle.describe(status, "cublasLtMatmulAlgoGetHeuristic") + ", " + count[0]
                            + " results); n and k should be multiples of 16 bytes, and the GPU must know "
                            + gemm.precision().key());
        }
        return usable;
    }

    /** Algorithm and workspace size of each result that is valid. */
    static List<byte[]> usable(Memory results, int count) {
        List<byte[]> usable = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long at = (long) i * CublasLt.HEURISTIC_RESULT_BYTES;
            boolean valid = results.getInt(at + CublasLt.HEURISTIC_RESULT_STATE) == CublasLt.CUBLAS_STATUS_SUCCESS;
            long needed = results.getLong(at + CublasLt.HEURISTIC_RESULT_WORKSPACE_SIZE);
            if (valid && needed >= 0 && needed <= WORKSPACE_BYTES) {
                usable.add(results.getByteArray(at, CANDIDATE_BYTES));
            }
        }
        return List.copyOf(usable);
    }

    @Override
    public List<byte[]> candidates() {
        return candidates.stream().map(byte[]::clone).toList();
    }

    @Override
    public void choose(byte[] candidate) {
        if (candidate.length != CANDIDATE_BYTES) {
            throw new IllegalArgumentException(
                    "a cuBLASLt algorithm must have " + CANDIDATE_BYTES + " bytes, got " + candidate.length);
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
        if (status != CublasLt.CUBLAS_STATUS_SUCCESS || needed > WORKSPACE_BYTES) {
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

    /** Allocates nothing: this is the loop that is timed. */
    @Override
    public void enqueue(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {
        long addressA = operand("A", a, gemm.bytesOfA());
        long addressB = operand("B", b, gemm.bytesOfB());
        long addressC = operand("C", c, gemm.bytesOfC());
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
                workspace.address(),
                WORKSPACE_BYTES,
                ((CudaStream) stream).handle());
        CublasHandle.check(status, "cublasLtMatmul");
    }

    private static long operand(String name, DeviceMemory memory, long bytes) {
        long address = ((CudaMemory) memory).address();
        if (memory.bytes() < bytes || address % ALIGNMENT_BYTES != 0) {
            throw new IllegalArgumentException(
                    name + " of a GEMM must have " + bytes + " bytes and begin at a multiple of " + ALIGNMENT_BYTES
                            + ", got " + memory.bytes() + " bytes at 0x" + Long.toHexString(address));
        }
        return address;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            workspace.close();
            layout.close();
            one.ifPresent(CudaMemory::close);
        }
    }
}
