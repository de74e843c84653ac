package dev.assay.device;

/** IEEE binary16, which Java 17 does not know. */
public final class Half {
    private Half() {}

    /** Rounds to nearest, ties to even; overflows to infinity; NaN stays NaN. */
    public static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        float size = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7E00);
        }
        if (size >= 65520) {
            return (short) (sign | 0x7C00);
        }
        if (size < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(size * 0x1p24));
        }
        int rounded = (bits & 0x7FFFFFFF) + 0xFFF + (bits >>> 13 & 1);
        return (short) (sign | (rounded >>> 13) - (112 << 10));
    }

    public static float toFloat(short half) {
        int exponent = half >>> 10 & 0x1F;
        int fraction = half & 0x3FF;
        float size = exponent == 0x1F
                ? fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN
                : exponent == 0 ? fraction * 0x1p-24f : Math.scalb(1 + fraction * 0x1p-10f, exponent - 15);
        return half < 0 ? -size : size;
    }
}
