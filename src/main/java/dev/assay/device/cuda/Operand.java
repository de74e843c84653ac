package dev.assay.device.cuda;

import dev.assay.workload.ElementType;

/**
 * A matrix of a GEMM as cuBLASLt is told of it: column-major, {@code rows × columns} as it lies in memory, its columns close
 * together.
 *
 * @param transposed whether its transpose is what enters the product
 */
record Operand(ElementType type, long rows, long columns, boolean transposed) {
    /** A row-major matrix of {@code height × width} lies in memory as its transpose does in column-major order. */
    static Operand rowMajor(ElementType type, long height, long width) {
        return new Operand(type, width, height, false);
    }

    Operand transpose() {
        return new Operand(type, rows, columns, !transposed);
    }

    /** Elements from one column to the next. */
    long leadingDimension() {
        return rows;
    }

    long bytes() {
        return type.bytes() * rows * columns;
    }

    /** {@code cublasOperation_t}. */
    int operation() {
        return transposed ? CublasLt.CUBLAS_OP_T : CublasLt.CUBLAS_OP_N;
    }
}
