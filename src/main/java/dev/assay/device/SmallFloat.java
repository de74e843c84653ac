package dev.assay.device;

/**
 * Floating-point formats narrower than bf16's float, as integer arithmetic: {@code native/format.cuh} is the same, bit for
 * bit. Rounds to nearest, ties to even.
 */
public enum SmallFloat {
    /** IEEE binary16. */
    FP16(5, 10, 15, 0x7BFF, 0x7C00, 0x7E00),
    /** OCP FP8 E4M3: no infinity, 0x7F is NaN; beyond 448 saturates. */
    E4M3(4, 3, 7, 0x7E, 0x7E, 0x7F),
    /** OCP FP8 E5M2; beyond 57 344 saturates, infinity too. */
    E5M2(5, 2, 15, 0x7B, 0x7B, 0x7F);

    private final int exponentBits;
    private final int mantissaBits;
    private final int bias;
    private final int largest;
    private final int overflow;
    private final int notANumber;

    SmallFloat(int exponentBits, int mantissaBits, int bias, int largest, int overflow, int notANumber) {
        this.exponentBits = exponentBits;
        this.mantissaBits = mantissaBits;
        this.bias = bias;
        this.largest = largest;
        this.overflow = overflow;
        this.notANumber = notANumber;
    }

    /** The format's bits. */
    public int of(float value) {
        int bits = Float.floatToRawIntBits(value);
        int magnitude = bits & 0x7FFFFFFF;
        int sign = (bits >>> 31) << (exponentBits + mantissaBits);
        if (magnitude > 0x7F800000) {
            return sign | notANumber;
        }
        int exponent = (magnitude >>> 23) - 127 + bias;
        int shift = 23 - mantissaBits + (exponent <= 0 ? 1 - exponent : 0);
        if (shift > 24) {
            return sign;
        }
        int mantissa = (magnitude & 0x7FFFFF) | 0x800000;
        int half = 1 << (shift - 1);
        int rounded = (mantissa + half - 1 + ((mantissa >>> shift) & 1)) >>> shift;
        int result = rounded + (exponent <= 0 ? 0 : (exponent - 1) << mantissaBits);
        return sign | (result > largest ? overflow : result);
    }

    /** Exact. */
    public float toFloat(int bits) {
        int exponents = (1 << exponentBits) - 1;
        int exponent = (bits >>> mantissaBits) & exponents;
        int mantissa = bits & ((1 << mantissaBits) - 1);
        int sign = ((bits >>> (exponentBits + mantissaBits)) & 1) << 31;
        if (this == E4M3 ? (bits & 0x7F) == notANumber : exponent == exponents) {
            int payload = this == E4M3 ? 0x400000 : mantissa << (23 - mantissaBits);
            return Float.intBitsToFloat(sign | 0x7F800000 | payload);
        }
        if (exponent == 0) {
            float magnitude = mantissa * Float.intBitsToFloat((127 + 1 - bias - mantissaBits) << 23);
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
        }
        return Float.intBitsToFloat(sign | ((exponent - bias + 127) << 23) | (mantissa << (23 - mantissaBits)));
    }

    /** Half a unit in the last place of the value's binade; infinite for what is not finite. */
    public double halfUlp(int bits) {
        int exponents = (1 << exponentBits) - 1;
        int exponent = (bits >>> mantissaBits) & exponents;
        if (!Float.isFinite(toFloat(bits))) {
            return Double.POSITIVE_INFINITY;
        }
        return Math.scalb(1.0, Math.max(1, exponent) - bias - mantissaBits - 1);
    }
}
