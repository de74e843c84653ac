package dev.assay.device.cuda;

import dev.assay.workload.ElementType;
import dev.assay.workload.Gemm;
import dev.assay.workload.LinearGemm;
import dev.assay.workload.Precision;

/**
 * A GEMM as cuBLASLt is asked for it: result = op(first) · op(second), all column-major.
 *
 * <p>A row-major matrix lies in memory as its transpose does in column-major order, so what cuBLASLt makes is our Cᵀ, and
 * (L · R)ᵀ = Rᵀ · Lᵀ swaps the operands: first is always our B, second our A.
 *
 * <table>
 * <caption>Each product, transposed, by what lies in memory; no leading dimension is more than the rows named first</caption>
 * <tr><th>ours</th><th>cuBLASLt's</th><th>first</th><th>second</th><th>result</th></tr>
 * <tr><td>C = A · Bᵀ</td><td>Cᵀ = (Bᵀ)ᵀ · Aᵀ</td>
 *     <td>Bᵀ, k × n, transposed</td><td>Aᵀ, k × m</td><td>Cᵀ, n × m</td></tr>
 * <tr><td>out = x · Wᵀ</td><td>outᵀ = (Wᵀ)ᵀ · xᵀ</td>
 *     <td>Wᵀ, inputs × outputs, transposed</td><td>xᵀ, inputs × rows</td><td>outᵀ, outputs × rows</td></tr>
 * <tr><td>dX = dY · W</td><td>dXᵀ = Wᵀ · dYᵀ</td>
 *     <td>Wᵀ, inputs × outputs</td><td>dYᵀ, outputs × rows</td><td>dXᵀ, inputs × rows</td></tr>
 * <tr><td>dW = dYᵀ · x</td><td>dWᵀ = xᵀ · (dYᵀ)ᵀ</td>
 *     <td>xᵀ, inputs × rows</td><td>dYᵀ, outputs × rows, transposed</td><td>dWᵀ, inputs × outputs</td></tr>
 * </table>
 *
 * FP8 runs as the first row alone, "TN", whatever is multiplied (cuBLAS's documentation of cublasLtMatmul).
 *
 * So a linear layer's matrices lie contiguous along inputs or outputs, never along its tokens, whose number is free: for its
 * best speed cuBLAS wants leading dimensions and addresses in multiples of 16 bytes and asks no more (its documentation,
 * 2.1.11, Tensor Core Usage).
 *
 * @param label the GEMM in words, for messages
 * @param precision in what it computes
 * @param accumulate whether the product is added to what C holds
 * @param alignment of every matrix, in bytes
 */
record Multiplication(
        String label,
        Precision precision,
        boolean accumulate,
        int alignment,
        Operand first,
        Operand second,
        Operand result) {
    /** What cuBLASLt assumes of addresses unless told otherwise. */
    private static final int ALIGNMENT = 256;

    /** Weights of a module lie side by side, each of them a multiple of 8 bf16 wide. */
    private static final int ALIGNMENT_WITHIN_MODULES = 16;

    static Multiplication of(Gemm gemm) {
        Precision precision = gemm.precision();
        return new Multiplication(
                gemm.label(),
                precision,
                false,
                ALIGNMENT,
                Operand.rowMajor(precision.b(), gemm.n(), gemm.k()).transpose(),
                Operand.rowMajor(precision.a(), gemm.m(), gemm.k()),
                Operand.rowMajor(precision.c(), gemm.m(), gemm.n()));
    }

    static Multiplication of(LinearGemm gemm) {
        if (gemm.precision().scaled()) {
            return scaled(gemm);
        }
        Operand x = Operand.rowMajor(ElementType.BF16, gemm.rows(), gemm.inputs());
        Operand w = Operand.rowMajor(ElementType.BF16, gemm.outputs(), gemm.inputs());
        Operand dY = Operand.rowMajor(ElementType.BF16, gemm.rows(), gemm.outputs());
        return switch (gemm.pass()) {
            case FORWARD -> linear(gemm, w.transpose(), x, gemm.rows(), gemm.outputs());
            case INPUT_GRADIENT -> linear(gemm, w, dY, gemm.rows(), gemm.inputs());
            case WEIGHT_GRADIENT -> linear(gemm, x, dY.transpose(), gemm.outputs(), gemm.inputs());
        };
    }

    /** As {@link #of(Gemm)}: both contiguous along what is summed over. */
    private static Multiplication scaled(LinearGemm gemm) {
        return switch (gemm.pass()) {
            case FORWARD -> scaled(gemm, gemm.rows(), gemm.outputs(), gemm.inputs());
            case INPUT_GRADIENT -> scaled(gemm, gemm.rows(), gemm.inputs(), gemm.outputs());
            case WEIGHT_GRADIENT -> scaled(gemm, gemm.outputs(), gemm.inputs(), gemm.rows());
        };
    }

    private static Multiplication scaled(LinearGemm gemm, int m, int n, int k) {
        Operand first = Operand.rowMajor(gemm.precision().b(), n, k).transpose();
        return linear(gemm, first, Operand.rowMajor(gemm.precision().a(), m, k), m, n);
    }

    private static Multiplication linear(LinearGemm gemm, Operand first, Operand second, int height, int width) {
        return new Multiplication(
                gemm.label(),
                gemm.precision(),
                gemm.accumulate(),
                ALIGNMENT_WITHIN_MODULES,
                first,
                second,
                Operand.rowMajor(gemm.output(), height, width));
    }
}
