package dev.assay.device.reference;

import dev.assay.device.DeviceMemory;
import java.nio.ByteBuffer;

/** Memory as fp32 or int32 elements. */
record Fp32(ByteBuffer words) {
    static Fp32 of(DeviceMemory memory, long elements) {
        return new Fp32(HostMemory.of(memory).buffer(Float.BYTES * elements));
    }

    float get(long element) {
        return words.getFloat(at(element));
    }

    int getInt(long element) {
        return words.getInt(at(element));
    }

    void set(long element, double value) {
        words.putFloat(at(element), (float) value);
    }

    private static int at(long element) {
        return Math.toIntExact(Float.BYTES * element);
    }
}
