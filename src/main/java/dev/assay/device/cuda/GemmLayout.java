package dev.assay.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.assay.workload.Gemm;

/** The descriptors of one GEMM, as {@link CudaGemm} explains: op(first) · op(second) = result, all column-major. */
final class GemmLayout implements AutoCloseable {
    private final long operation;
    private final long first;
    private final long second;
    private final long result;

    GemmLayout(Gemm gemm) {
        operation = newOperation();
        first = newMatrix(gemm.k(), gemm.n(), gemm.k());
        second = newMatrix(gemm.k(), gemm.m(), gemm.k());
        result = newMatrix(gemm.n(), gemm.m(), gemm.n());
    }

    private static long newOperation() {
        long[] descriptor = new long[1];
        CublasHandle.check(
                CublasLt.cublasLtMatmulDescCreate(descriptor, CublasLt.CUBLAS_COMPUTE_32F, CublasLt.CUDA_R_32F),
                "cublasLtMatmulDescCreate");
        setTranspose(descriptor[0], CublasLt.CUBLASLT_MATMUL_DESC_TRANSA, CublasLt.CUBLAS_OP_T);
        setTranspose(descriptor[0], CublasLt.CUBLASLT_MATMUL_DESC_TRANSB, CublasLt.CUBLAS_OP_N);
        return descriptor[0];
    }

    private static void setTranspose(long descriptor, int attribute, int operation) {
        try (Memory value = new Memory(Integer.BYTES)) {
            value.setInt(0, operation);
            CublasHandle.check(
                    CublasLt.cublasLtMatmulDescSetAttribute(
                            descriptor, attribute, Pointer.nativeValue(value), Integer.BYTES),
                    "cublasLtMatmulDescSetAttribute");
        }
    }

    private static long newMatrix(long rows, long columns, long leadingDimension) {
        long[] layout = new long[1];
        CublasHandle.check(
                CublasLt.cublasLtMatrixLayoutCreate(layout, CublasLt.CUDA_R_16BF, rows, columns, leadingDimension),
                "cublasLtMatrixLayoutCreate");
        return layout[0];
    }

    /** The caller destroys it. */
    long newPreference(long workspaceBytes, int reductionSchemes) {
        long[] preference = new long[1];
        CublasHandle.check(CublasLt.cublasLtMatmulPreferenceCreate(preference), "cublasLtMatmulPreferenceCreate");
        try (Memory value = new Memory(Long.BYTES)) {
            value.setLong(0, workspaceBytes);
            set(preference[0], CublasLt.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, value, Long.BYTES);
            value.setInt(0, reductionSchemes);
            set(preference[0], CublasLt.CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, value, Integer.BYTES);
        }
        return preference[0];
    }

    private static void set(long preference, int attribute, Memory value, int bytes) {
        CublasHandle.check(
                CublasLt.cublasLtMatmulPreferenceSetAttribute(preference, attribute, Pointer.nativeValue(value), bytes),
                "cublasLtMatmulPreferenceSetAttribute");
    }

    long operation() {
        return operation;
    }

    long first() {
        return first;
    }

    long second() {
        return second;
    }

    long result() {
        return result;
    }

    @Override
    public void close() {
        for (long matrix : new long[] {first, second, result}) {
            CublasHandle.check(CublasLt.cublasLtMatrixLayoutDestroy(matrix), "cublasLtMatrixLayoutDestroy");
        }
        CublasHandle.check(CublasLt.cublasLtMatmulDescDestroy(operation), "cublasLtMatmulDescDestroy");
    }
}
