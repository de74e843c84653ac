package dev.assay.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.assay.workload.Precision;

/** The descriptors of one {@link Multiplication}. */
final class GemmLayout implements AutoCloseable {
    private final long operation;
    private final long first;
    private final long second;
    private final long result;

    GemmLayout(Multiplication multiplication) {
        operation = newOperation(multiplication);
        first = newMatrix(multiplication.first());
        second = newMatrix(multiplication.second());
        result = newMatrix(multiplication.result());
    }

    private static long newOperation(Multiplication multiplication) {
        Precision precision = multiplication.precision();
        long[] descriptor = new long[1];
        CublasHandle.check(
                CublasLt.cublasLtMatmulDescCreate(
                        descriptor, CublasTypes.compute(precision), CublasTypes.scale(precision)),
                "cublasLtMatmulDescCreate");
        set(
                descriptor[0],
                CublasLt.CUBLASLT_MATMUL_DESC_TRANSA,
                multiplication.first().operation(),
                Integer.BYTES);
        set(
                descriptor[0],
                CublasLt.CUBLASLT_MATMUL_DESC_TRANSB,
                multiplication.second().operation(),
                Integer.BYTES);
        if (precision.scaled()) {
            int fast = precision.fastAccumulation() ? 1 : 0;
            set(descriptor[0], CublasLt.CUBLASLT_MATMUL_DESC_FAST_ACCUM, fast, Byte.BYTES);
        }
        return descriptor[0];
    }

    /** Multiplies by the fp32 at these device addresses, which must stay as long as the layout: first is cuBLASLt's A. */
    void scaleBy(long first, long second) {
        set(operation, CublasLt.CUBLASLT_MATMUL_DESC_A_SCALE_POINTER, first, Long.BYTES);
        set(operation, CublasLt.CUBLASLT_MATMUL_DESC_B_SCALE_POINTER, second, Long.BYTES);
    }

    /** Little-endian: the first bytes of a long are those of a shorter integer. */
    private static void set(long descriptor, int attribute, long setting, int bytes) {
        try (Memory value = new Memory(Long.BYTES)) {
            value.setLong(0, setting);
            CublasHandle.check(
                    CublasLt.cublasLtMatmulDescSetAttribute(descriptor, attribute, Pointer.nativeValue(value), bytes),
                    "cublasLtMatmulDescSetAttribute");
        }
    }

    private static long newMatrix(Operand matrix) {
        long[] layout = new long[1];
        CublasHandle.check(
                CublasLt.cublasLtMatrixLayoutCreate(
                        layout,
                        CublasTypes.data(matrix.type()),
                        matrix.rows(),
                        matrix.columns(),
                        matrix.leadingDimension()),
                "cublasLtMatrixLayoutCreate");
        return layout[0];
    }

    /** The caller destroys it. */
    long newPreference(long workspaceBytes, int reductionSchemes, int alignmentBytes) {
        long[] preference = new long[1];
        CublasHandle.check(CublasLt.cublasLtMatmulPreferenceCreate(preference), "cublasLtMatmulPreferenceCreate");
        try (Memory value = new Memory(Long.BYTES)) {
            value.setLong(0, workspaceBytes);
            set(preference[0], CublasLt.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, value, Long.BYTES);
            value.setInt(0, reductionSchemes);
            set(preference[0], CublasLt.CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, value, Integer.BYTES);
            value.setInt(0, alignmentBytes);
            set(preference[0], CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, value, Integer.BYTES);
            set(preference[0], CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, value, Integer.BYTES);
            set(preference[0], CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, value, Integer.BYTES);
            set(preference[0], CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, value, Integer.BYTES);
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
