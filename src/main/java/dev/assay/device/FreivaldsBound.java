package dev.assay.device;

/**
 * How far a bf16 GEMM may lie from the exact product, shared by every device so that they judge alike.
 *
 * <p>C is rounded to bf16 once: element c has an error uniform in ± half a unit in the last place, at most |c|·2⁻⁸, so its
 * variance is at most (|c|·2⁻⁸)²/3. Accumulation of k products in fp32 adds at most k·2⁻²⁴ relative to the typical partial
 * sum, which is as large as the element; tensor cores truncate, hence the linear and not the square-root growth. With random
 * signs the errors of a row add as variances:
 *
 * <pre>σ² = Σⱼ cᵢⱼ² · ((2⁻⁸)² + (k·2⁻²⁴)²) / 3,   bound = 8 σ</pre>
 *
 * <p>2⁻⁸|c| is half a unit at the lower end of a binade and a whole one at the upper, so the bound is 8 to 16 true standard
 * deviations: no false alarm over any number of rows that a cluster can compute.
 */
public final class FreivaldsBound {
    private static final double SIGMAS = 8;
    private static final double BF16_ROUNDING = 0x1p-8;
    private static final double FP32_ROUNDING = 0x1p-24;

    private FreivaldsBound() {}

    /**
     * Largest right |Σⱼ cᵢⱼ·rⱼ − Σₚ aᵢₚ·(Σⱼ bⱼₚ·rⱼ)| of one row, r of ±1.
     *
     * @param sumOfSquares Σⱼ cᵢⱼ² of C as stored
     * @param k length of the accumulation
     */
    public static double ofRow(double sumOfSquares, int k) {
        double accumulation = k * FP32_ROUNDING;
        return SIGMAS * Math.sqrt(sumOfSquares * (BF16_ROUNDING * BF16_ROUNDING + accumulation * accumulation) / 3);
    }

    /**
     * Largest right |c − exact| of one element.
     *
     * @param exact Σₚ aₚ·bₚ in fp64
     * @param sumOfSquaredProducts Σₚ (aₚ·bₚ)²: its root is the size of a partial sum
     */
    public static double ofElement(double exact, double sumOfSquaredProducts, int k) {
        return BF16_ROUNDING * Math.abs(exact) + 2 * k * FP32_ROUNDING * Math.sqrt(sumOfSquaredProducts);
    }

    /** Deviation in units of the bound, ≤ 1 is right; NaN, infinity and a deviation from a bound of 0 are finite but huge. */
    public static double units(double deviation, double bound) {
        double absolute = Math.abs(deviation);
        if (absolute == 0) {
            return 0;
        }
        double units = absolute / bound;
        return Double.isFinite(units) && Double.isFinite(deviation) ? units : Double.MAX_VALUE;
    }
}
