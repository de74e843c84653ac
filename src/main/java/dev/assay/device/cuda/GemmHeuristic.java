package dev.assay.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.assay.device.DeviceException;
import java.util.ArrayList;
import java.util.List;

/** Asks cuBLASLt which algorithms it would take. */
final class GemmHeuristic {
    /** Algorithm and workspace size. */
    static final int CANDIDATE_BYTES = CublasLt.ALGO_BYTES + Long.BYTES;

    private static final int MOST_CANDIDATES = 16;

    private GemmHeuristic() {}

    /** The library's favourite first; never empty. */
    static List<byte[]> candidates(CublasHandle blas, Multiplication multiplication, GemmLayout layout, String gpu) {
        int[] count = new int[1];
        Memory results = new Memory((long) MOST_CANDIDATES * CublasLt.HEURISTIC_RESULT_BYTES);
        results.clear();
        long preference = layout.newPreference(
                GemmWorkspace.BYTES, CublasLt.CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE, multiplication.alignment());
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
            throw new DeviceException("choosing an algorithm for the GEMM " + multiplication.label() + " on " + gpu
                    + ": cuBLASLt " + CublasHandle.version() + " offers none ("
                    + CublasHandle.describe(status, "cublasLtMatmulAlgoGetHeuristic") + ", " + count[0]
                    + " results); what its matrices lie contiguous along should be multiples of 16 bytes, and the GPU"
                    + " must know " + multiplication.precision().key());
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
            if (valid && needed >= 0 && needed <= GemmWorkspace.BYTES) {
                usable.add(results.getByteArray(at, CANDIDATE_BYTES));
            }
        }
        return List.copyOf(usable);
    }
}
