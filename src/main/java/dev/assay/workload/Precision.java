package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * In what a GEMM computes: the types of A, B and C, and what the products are added up in.
 *
 * <p>FP8 is scaled by 1. e4m3 is the forward pass and accumulates in cuBLAS's fast mode, in which its floor was measured; e5m2
 * (gradients) times e4m3 (weights) is the backward pass, which frameworks run without it. cuBLAS multiplies no two e5m2.
 */
public enum Precision {
    BF16("bf16", ElementType.BF16, ElementType.BF16, ElementType.BF16, "CUBLAS_COMPUTE_32F", 4096),
    FP16("fp16", ElementType.FP16, ElementType.FP16, ElementType.FP16, "CUBLAS_COMPUTE_32F", 4096),
    TF32("tf32", ElementType.TF32, ElementType.TF32, ElementType.FP32, "CUBLAS_COMPUTE_32F_FAST_TF32", 2048),
    /** No tensor cores. */
    FP32("fp32", ElementType.FP32, ElementType.FP32, ElementType.FP32, "CUBLAS_COMPUTE_32F", 256),
    /** Tensor cores. */
    FP64("fp64", ElementType.FP64, ElementType.FP64, ElementType.FP64, "CUBLAS_COMPUTE_64F", 256),
    FP8_E4M3("fp8-e4m3", ElementType.E4M3, ElementType.E4M3, ElementType.BF16, "CUBLAS_COMPUTE_32F", 8192),
    FP8_E5M2("fp8-e5m2", ElementType.E5M2, ElementType.E4M3, ElementType.BF16, "CUBLAS_COMPUTE_32F", 8192),
    INT8("int8", ElementType.INT8, ElementType.INT8, ElementType.INT32, "CUBLAS_COMPUTE_32I", 8192);

    private final String key;
    private final ElementType a;
    private final ElementType b;
    private final ElementType c;
    private final String computeType;
    private final int flopPerClockPerSm;

    Precision(String key, ElementType a, ElementType b, ElementType c, String computeType, int flopPerClockPerSm) {
        this.key = key;
        this.a = a;
        this.b = b;
        this.c = c;
        this.computeType = computeType;
        this.flopPerClockPerSm = flopPerClockPerSm;
    }

    /** As plans, conditions ({@code dtype}) and criteria name it. */
    @JsonValue
    public String key() {
        return key;
    }

    public ElementType a() {
        return a;
    }

    public ElementType b() {
        return b;
    }

    public ElementType c() {
        return c;
    }

    /** The constant of {@code cublasComputeType_t}. */
    public String computeType() {
        return computeType;
    }

    /**
     * Dense operations of one SM in one clock, over those in bf16. The ratios are Hopper's: 67 TFLOPS of fp32 and of fp64 at
     * 1980 MHz are 132 SMs × 256, 494.7 of tf32 at 1830 MHz are 132 × 2048.
     */
    public double rateOverBf16() {
        return (double) flopPerClockPerSm / BF16.flopPerClockPerSm;
    }

    /** Whether FP8: A and B carry a scale. */
    public boolean scaled() {
        return this == FP8_E4M3 || this == FP8_E5M2;
    }

    /** cuBLAS's fast FP8 accumulation: sums stay in the tensor cores, not promoted to fp32 at intervals. */
    public boolean fastAccumulation() {
        return this == FP8_E4M3;
    }

    /** Every side must be a multiple of this, or no tensor core takes it: 16 elements of one byte. */
    public int granule() {
        return a.bytes() == 1 ? 16 : 1;
    }

    @JsonCreator
    public static Precision of(String key) {
        return Arrays.stream(values())
                .filter(precision -> precision.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown precision \"" + key + "\"; valid precisions: "
                        + Arrays.stream(values()).map(Precision::key).collect(Collectors.joining(", "))));
    }
}
