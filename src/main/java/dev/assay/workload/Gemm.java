package dev.assay.workload;

/**
 * C = A · Bᵀ in bf16 with fp32 accumulation; A is m × k, B is n × k, C is m × n, all row-major, so both inputs are
 * contiguous along k.
 */
public record Gemm(int m, int n, int k) {
    public Gemm {
        if (m <= 0 || n <= 0 || k <= 0) {
            throw new IllegalArgumentException("gemm must have m, n, k > 0, got " + m + " × " + n + " × " + k);
        }
    }

    /** Its shape, m × n × k. */
    public String words() {
        return m + " × " + n + " × " + k;
    }

    /** Floating-point operations: 2·m·n·k. */
    public double flop() {
        return 2.0 * m * n * k;
    }
}
