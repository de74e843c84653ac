package dev.assay.workload;

/** What a matrix holds. The conversions are {@code native/format.cuh} and the device package's, bit for bit. */
public enum ElementType {
    BF16(2),
    FP16(2),
    /** An fp32 whose last 13 bits are 0: 10 bits of mantissa, as tensor cores read it. */
    TF32(4),
    FP32(4),
    FP64(8),
    /** 8 bits: sign, 4 of exponent, 3 of mantissa; no infinity, at most 448. */
    E4M3(1),
    /** 8 bits: sign, 5 of exponent, 2 of mantissa; as fp16, at most 57 344. */
    E5M2(1),
    INT8(1),
    INT32(4);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Of one element. */
    public int bytes() {
        return bytes;
    }
}
