package dev.assay.device;

import dev.assay.workload.Gemm;

/**
 * How far a right GEMM may lie from the exact product, shared by every device so that they judge alike;
 * {@code native/freivalds.cu} derives the two forms.
 *
 * <p>An element of C has two errors: it is rounded to C's type once, by at most half a unit in the last place h, and its k
 * products are added up in the precision's accumulator, which costs at most {@link #accumulation} times √Σ(ab)², the size of
 * a sum of products with random signs:
 *
 * <ul>
 *   <li>bf16, fp16, tf32: fp32, where tensor cores truncate, also where they align products: (k + 32) · 2⁻²³
 *   <li>fp32: k roundings by the ordinary pipe: (k + 32) · 2⁻²⁴
 *   <li>fp8: the tensor cores of Hopper align 32 products and the running sum to the largest of them and keep about 14 bits
 *       (DeepSeek-V3 Technical Report, 2024, section 3.5.2: errors of nearly 2 % at K = 4096). Truncation of the running sum
 *       adds up, k/32 times at most 2⁻¹³ of it, that of products has random signs: (k/32 + 32) · 2⁻¹³, which is 4 % at K =
 *       4096. It is an error's size and not its limit, as those above are: one element may have four times that. Without the
 *       fast mode sums are promoted to fp32 at intervals, and errors are smaller
 *   <li>fp64: k roundings of 2⁻⁵³, and as many as the check itself makes, whose sums have k and n terms
 *   <li>int8: none, sums of integers are exact
 * </ul>
 *
 * <p>With random signs the errors of a row add as variances, so a right row exceeds 8 σ practically never.
 */
public final class FreivaldsBound {
    private static final double SIGMAS = 8;
    private static final int TENSOR_PRODUCTS = 32;
    private static final double FP8_TAIL = 4;

    private FreivaldsBound() {}

    /** The accumulator's error of one element, in units of √Σ(ab)². */
    public static double accumulation(Gemm gemm) {
        double k = gemm.k();
        return switch (gemm.precision()) {
            case BF16, FP16, TF32 -> (k + TENSOR_PRODUCTS) * 0x1p-23;
            case FP32 -> (k + TENSOR_PRODUCTS) * 0x1p-24;
            case FP8_E4M3, FP8_E5M2 -> (k / TENSOR_PRODUCTS + TENSOR_PRODUCTS) * 0x1p-13;
            case FP64 -> (2 * k + 2.0 * gemm.n() + TENSOR_PRODUCTS) * 0x1p-53;
            case INT8 -> 0;
        };
    }

    /** The same for one element by itself, whose error no average over a row makes small. */
    public static double elementAccumulation(Gemm gemm) {
        return (gemm.precision().scaled() ? FP8_TAIL : 1) * accumulation(gemm);
    }

    /**
     * Largest right |Σⱼ cᵢⱼ·rⱼ − Σₚ aᵢₚ·(Σⱼ bⱼₚ·rⱼ)| of one row, r of ±1.
     *
     * @param halfUlpSquares Σⱼ h² of C as stored
     * @param products Σₚ aᵢₚ² Σⱼ bⱼₚ²
     */
    public static double ofRow(double halfUlpSquares, double products, double accumulation) {
        return SIGMAS * Math.sqrt(halfUlpSquares / 3 + accumulation * accumulation * products);
    }

    /**
     * Largest right |c − exact| of one element.
     *
     * @param sumOfSquaredProducts Σₚ (aₚ·bₚ)²
     */
    public static double ofElement(double halfUlp, double sumOfSquaredProducts, double accumulation) {
        return halfUlp + accumulation * Math.sqrt(sumOfSquaredProducts);
    }

    /**
     * Deviation in units of the bound, ≤ 1 is right. Finite but huge are NaN, infinity, a deviation from a bound of 0, and any
     * deviation where the bound is infinite: only elements beyond all sense make it so.
     */
    public static double units(double deviation, double bound) {
        double absolute = Math.abs(deviation);
        if (absolute == 0) {
            return 0;
        }
        double units = absolute / bound;
        boolean finite = Double.isFinite(units) && Double.isFinite(deviation) && Double.isFinite(bound);
        return finite ? units : Double.MAX_VALUE;
    }
}
