package dev.assay.device.reference;

import dev.assay.device.Bf16;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A piece of a byte array; bf16 elements lie in it little-endian, as on a GPU. */
final class HostMemory implements DeviceMemory {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] array;
    private final int offset;
    private final int length;

    private HostMemory(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    static HostMemory of(long bytes) {
        if (bytes <= 0 || bytes > Integer.MAX_VALUE - 8) {
            throw new DeviceException("allocating on the reference device: bytes must be in 1..2³¹−9, got " + bytes
                    + "; use a smaller shape");
        }
        return new HostMemory(new byte[(int) bytes], 0, (int) bytes);
    }

    static HostMemory of(DeviceMemory memory) {
        if (memory instanceof HostMemory host) {
            return host;
        }
        throw new DeviceException("the reference device works on its own memory only, got " + memory.getClass());
    }

    short bits(long element) {
        return (short) SHORTS.get(array, offset + Math.toIntExact(2 * element));
    }

    void bits(long element, short bits) {
        SHORTS.set(array, offset + Math.toIntExact(2 * element), bits);
    }

    float get(long element) {
        return Bf16.toFloat(bits(element));
    }

    void set(long element, float value) {
        bits(element, Bf16.of(value));
    }

    /** The first {@code count} elements as floats. */
    float[] floats(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = get(i);
        }
        return values;
    }

    /** A little-endian view of the first bytes, with a position of its own. */
    ByteBuffer buffer(long bytes) {
        if (bytes <= 0 || bytes > length) {
            throw new DeviceException("memory of " + length + " bytes must hold " + bytes + ", more than 0");
        }
        return ByteBuffer.wrap(array, offset, (int) bytes).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    void fill(byte value) {
        Arrays.fill(array, offset, offset + length, value);
    }

    /** Copies {@code count} bytes out of it. */
    void copyTo(byte[] target, long from, int count) {
        System.arraycopy(array, offset + Math.toIntExact(from), target, 0, count);
    }

    void requireElements(String what, long elements) {
        if (elements <= 0 || 2 * elements > length) {
            throw new DeviceException(
                    what + ": memory of " + length + " bytes must hold " + elements + " bf16 elements, more than 0");
        }
    }

    @Override
    public long bytes() {
        return length;
    }

    @Override
    public DeviceMemory slice(long offsetBytes, long bytes) {
        if (offsetBytes < 0 || bytes <= 0 || offsetBytes + bytes > length) {
            throw new DeviceException(
                    "slice of memory must lie in 0.." + length + ", got " + bytes + " bytes at " + offsetBytes);
        }
        return new HostMemory(array, offset + (int) offsetBytes, (int) bytes);
    }

    @Override
    public byte[] read() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    @Override
    public void write(byte[] bytes) {
        if (bytes.length > length) {
            throw new DeviceException("write of " + bytes.length + " bytes into memory of " + length);
        }
        System.arraycopy(bytes, 0, array, offset, bytes.length);
    }

    @Override
    public void close() {}
}
