package dev.assay.device.reference;

import dev.assay.device.Bf16;
import dev.assay.device.Half;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.Reduction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Arithmetic on elements as they lie in memory, little-endian. */
final class Elements {
    private Elements() {}

    /** Each element of {@code into} becomes its own with the other's. */
    static void reduce(CollectiveType type, Reduction reduction, ByteBuffer into, ByteBuffer other) {
        ByteBuffer a = into.slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer b = other.slice(0, a.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < a.capacity(); at += type.bytes()) {
            switch (type) {
                case FLOAT -> a.putFloat(at, reduce(reduction, a.getFloat(at), b.getFloat(at)));
                case BFLOAT16 ->
                    a.putShort(
                            at, Bf16.of(reduce(reduction, Bf16.toFloat(a.getShort(at)), Bf16.toFloat(b.getShort(at)))));
                case HALF ->
                    a.putShort(
                            at, Half.of(reduce(reduction, Half.toFloat(a.getShort(at)), Half.toFloat(b.getShort(at)))));
                case INT32 -> a.putInt(at, reduce(reduction, a.getInt(at), b.getInt(at)));
            }
        }
    }

    /** The bits of an integer in a type. */
    static int bits(CollectiveType type, int value) {
        return switch (type) {
            case FLOAT -> Float.floatToRawIntBits(value);
            case BFLOAT16 -> Bf16.of(value) & 0xFFFF;
            case HALF -> Half.of(value) & 0xFFFF;
            case INT32 -> value;
        };
    }

    private static float reduce(Reduction reduction, float a, float b) {
        return switch (reduction) {
            case SUM -> a + b;
            case MAX -> Math.max(a, b);
        };
    }

    private static int reduce(Reduction reduction, int a, int b) {
        return switch (reduction) {
            case SUM -> a + b;
            case MAX -> Math.max(a, b);
        };
    }
}
