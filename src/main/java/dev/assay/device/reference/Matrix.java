package dev.assay.device.reference;

import dev.assay.device.Bf16;
import dev.assay.device.Counter;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.SmallFloat;
import dev.assay.workload.ElementType;
import java.nio.ByteBuffer;

/** Memory as elements of one type, row-major: what {@code native/format.cuh} does with them, in plain Java. */
final class Matrix {
    private final ElementType type;
    private final ByteBuffer bytes;

    private Matrix(ElementType type, ByteBuffer bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    static Matrix of(String what, DeviceMemory memory, ElementType type, long elements) {
        long needed = type.bytes() * elements;
        if (elements <= 0 || needed > memory.bytes()) {
            throw new DeviceException(what + ": memory of " + memory.bytes() + " bytes must hold " + elements + " "
                    + type + " elements, more than 0");
        }
        return new Matrix(type, HostMemory.of(memory).buffer(needed));
    }

    /** Exact. */
    double get(long element) {
        int at = at(element);
        return switch (type) {
            case BF16 -> Bf16.toFloat(bytes.getShort(at));
            case FP16 -> SmallFloat.FP16.toFloat(bytes.getShort(at) & 0xFFFF);
            case TF32, FP32 -> bytes.getFloat(at);
            case FP64 -> bytes.getDouble(at);
            case E4M3 -> SmallFloat.E4M3.toFloat(bytes.get(at) & 0xFF);
            case E5M2 -> SmallFloat.E5M2.toFloat(bytes.get(at) & 0xFF);
            case INT8 -> bytes.get(at);
            case INT32 -> bytes.getInt(at);
        };
    }

    /** A sum as the accumulator holds it, fp32 but for fp64 and integers, rounded once. */
    void set(long element, double value) {
        int at = at(element);
        switch (type) {
            case BF16 -> bytes.putShort(at, Bf16.of((float) value));
            case FP16 -> bytes.putShort(at, (short) SmallFloat.FP16.of((float) value));
            case TF32, FP32 -> bytes.putFloat(at, (float) value);
            case FP64 -> bytes.putDouble(at, value);
            case E4M3 -> bytes.put(at, (byte) SmallFloat.E4M3.of((float) value));
            case E5M2 -> bytes.put(at, (byte) SmallFloat.E5M2.of((float) value));
            case INT8 -> bytes.put(at, (byte) value);
            case INT32 -> bytes.putInt(at, (int) value);
        }
    }

    void fill(long elements, long seed) {
        for (long i = 0; i < elements; i++) {
            int at = at(i);
            switch (type) {
                case BF16 -> bytes.putShort(at, Counter.bf16Normal(seed, i));
                case FP16 -> bytes.putShort(at, (short) SmallFloat.FP16.of(Counter.normal(seed, i)));
                case TF32 -> bytes.putFloat(at, Counter.tf32Normal(seed, i));
                case FP32 -> bytes.putFloat(at, (float) Counter.fineNormal(seed, i));
                case FP64 -> bytes.putDouble(at, Counter.fineNormal(seed, i));
                case E4M3 -> bytes.put(at, (byte) SmallFloat.E4M3.of(Counter.normal(seed, i)));
                case E5M2 -> bytes.put(at, (byte) SmallFloat.E5M2.of(Counter.normal(seed, i)));
                case INT8 -> bytes.put(at, Counter.int8Uniform(seed, i));
                case INT32 -> throw new IllegalArgumentException("int32 is what int8 is added up in, no input");
            }
        }
    }

    /** Half a unit in the last place of the element's binade: infinite where it is not finite, 0 for integers. */
    double halfUlp(long element) {
        int at = at(element);
        return switch (type) {
            case BF16 -> Float.intBitsToFloat((bytes.getShort(at) & 0x7F80) << 16) * 0x1p-8;
            case FP16 -> SmallFloat.FP16.halfUlp(bytes.getShort(at) & 0xFFFF);
            case TF32, FP32 -> Float.intBitsToFloat(bytes.getInt(at) & 0x7F800000) * 0x1p-24;
            case FP64 -> Double.longBitsToDouble(bytes.getLong(at) & 0x7FF0000000000000L) * 0x1p-53;
            case E4M3 -> SmallFloat.E4M3.halfUlp(bytes.get(at) & 0xFF);
            case E5M2 -> SmallFloat.E5M2.halfUlp(bytes.get(at) & 0xFF);
            case INT8, INT32 -> 0;
        };
    }

    float[] floats(long elements) {
        float[] values = new float[Math.toIntExact(elements)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) get(i);
        }
        return values;
    }

    /** As bf16, which FP8's few bits of mantissa fit into. */
    short[] bf16Bits(long elements) {
        short[] values = new short[Math.toIntExact(elements)];
        if (type == ElementType.BF16) {
            bytes.asShortBuffer().get(values);
            return values;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = Bf16.of((float) get(i));
        }
        return values;
    }

    double[] doubles(long elements) {
        double[] values = new double[Math.toIntExact(elements)];
        for (int i = 0; i < values.length; i++) {
            values[i] = get(i);
        }
        return values;
    }

    private int at(long element) {
        return Math.toIntExact(type.bytes() * element);
    }
}
