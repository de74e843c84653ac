package dev.assay.device;

/** bfloat16: the upper half of a float. */
public final class Bf16 {
    private Bf16() {}

    /** Rounds to nearest, ties to even; NaN stays NaN. */
    public static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    public static float toFloat(short bits) {
        return Float.intBitsToFloat((bits & 0xFFFF) << 16);
    }
}
