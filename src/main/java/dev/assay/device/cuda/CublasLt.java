package dev.assay.device.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** Mirrors {@code cublasLt.h} of cuBLAS 13.1; the values are the same since 11.4. Buffers are addresses. */
final class CublasLt {
    static final int CUBLAS_STATUS_SUCCESS = 0;

    /** {@code cublasComputeType_t} and {@code cudaDataType_t}. */
    static final int CUBLAS_COMPUTE_32F = 68;

    static final int CUBLAS_COMPUTE_64F = 70;
    static final int CUBLAS_COMPUTE_32I = 72;
    static final int CUBLAS_COMPUTE_32F_FAST_TF32 = 77;

    static final int CUDA_R_32F = 0;
    static final int CUDA_R_64F = 1;
    static final int CUDA_R_16F = 2;
    static final int CUDA_R_8I = 3;
    static final int CUDA_R_32I = 10;
    static final int CUDA_R_16BF = 14;
    static final int CUDA_R_8F_E4M3 = 28;
    static final int CUDA_R_8F_E5M2 = 29;

    static final int CUBLAS_OP_N = 0;
    static final int CUBLAS_OP_T = 1;

    static final int CUBLASLT_MATMUL_DESC_TRANSA = 3;
    static final int CUBLASLT_MATMUL_DESC_TRANSB = 4;
    static final int CUBLASLT_MATMUL_DESC_A_SCALE_POINTER = 17;
    static final int CUBLASLT_MATMUL_DESC_B_SCALE_POINTER = 18;

    /** An {@code int8_t}. */
    static final int CUBLASLT_MATMUL_DESC_FAST_ACCUM = 25;

    static final int CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES = 1;
    static final int CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK = 3;

    static final int CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES = 5;
    static final int CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES = 6;
    static final int CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES = 7;
    static final int CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES = 8;

    static final int CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE = 2;

    static final int CUBLASLT_ALGO_CONFIG_ID = 0;
    static final int CUBLASLT_ALGO_CONFIG_TILE_ID = 1;
    static final int CUBLASLT_ALGO_CONFIG_SPLITK_NUM = 2;
    static final int CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME = 3;
    static final int CUBLASLT_ALGO_CONFIG_STAGES_ID = 6;
    static final int CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID = 8;

    /** {@code cublasLtMatmulAlgo_t}: uint64_t data[8]. */
    static final int ALGO_BYTES = 64;

    /** {@code cublasLtMatmulHeuristicResult_t}: algo, size_t workspaceSize, int state, float wavesCount, int reserved[4]. */
    static final int HEURISTIC_RESULT_BYTES = 96;

    static final int HEURISTIC_RESULT_WORKSPACE_SIZE = 64;
    static final int HEURISTIC_RESULT_STATE = 72;

    private CublasLt() {}

    static void register(NativeLibrary library) {
        Native.register(CublasLt.class, library);
    }

    static native int cublasLtCreate(long[] lightHandle);

    static native int cublasLtDestroy(long lightHandle);

    /** A {@code const char*}. */
    static native long cublasLtGetStatusName(int status);

    /** A {@code const char*}. */
    static native long cublasLtGetStatusString(int status);

    static native long cublasLtGetVersion();

    static native int cublasLtMatmul(
            long lightHandle,
            long computeDesc,
            long alpha,
            long a,
            long aDesc,
            long b,
            long bDesc,
            long beta,
            long c,
            long cDesc,
            long d,
            long dDesc,
            long algo,
            long workspace,
            long workspaceSizeInBytes,
            long stream);

    static native int cublasLtMatrixLayoutCreate(long[] matLayout, int type, long rows, long cols, long ld);

    static native int cublasLtMatrixLayoutDestroy(long matLayout);

    static native int cublasLtMatmulDescCreate(long[] matmulDesc, int computeType, int scaleType);

    static native int cublasLtMatmulDescDestroy(long matmulDesc);

    static native int cublasLtMatmulDescSetAttribute(long matmulDesc, int attr, long buf, long sizeInBytes);

    static native int cublasLtMatmulPreferenceCreate(long[] pref);

    static native int cublasLtMatmulPreferenceDestroy(long pref);

    static native int cublasLtMatmulPreferenceSetAttribute(long pref, int attr, long buf, long sizeInBytes);

    static native int cublasLtMatmulAlgoGetHeuristic(
            long lightHandle,
            long operationDesc,
            long aDesc,
            long bDesc,
            long cDesc,
            long dDesc,
            long preference,
            int requestedAlgoCount,
            long heuristicResultsArray,
            int[] returnAlgoCount);

    static native int cublasLtMatmulAlgoCheck(
            long lightHandle,
            long operationDesc,
            long aDesc,
            long bDesc,
            long cDesc,
            long dDesc,
            long algo,
            long result);

    static native int cublasLtMatmulAlgoConfigGetAttribute(
            long algo, int attr, long buf, long sizeInBytes, long[] sizeWritten);
}
