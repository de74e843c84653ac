package dev.assay.device.reference;

import dev.assay.device.Bf16;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A piece of the heap, or of a mapped file; bf16 elements lie in it little-endian, as on a GPU. */
final class HostMemory implements DeviceMemory {
    private static final VarHandle SHORTS =
            MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer data;

    private HostMemory(ByteBuffer data) {
        this.data = data.order(ByteOrder.LITTLE_ENDIAN);
    }

    static HostMemory of(long bytes) {
        if (bytes <= 0 || bytes > Integer.MAX_VALUE - 8) {
            throw new DeviceException("allocating on the reference device: bytes must be in 1..2³¹−9, got " + bytes
                    + "; use a smaller shape");
        }
        return new HostMemory(ByteBuffer.allocate((int) bytes));
    }

    /** All of a buffer, which is shared. */
    static HostMemory over(ByteBuffer buffer) {
        return new HostMemory(buffer.duplicate().clear().slice());
    }

    static HostMemory of(DeviceMemory memory) {
        if (memory instanceof HostMemory host) {
            return host;
        }
        throw new DeviceException("the reference device works on its own memory only, got " + memory.getClass());
    }

    short bits(long element) {
        return (short) SHORTS.get(data, Math.toIntExact(2 * element));
    }

    void bits(long element, short bits) {
        SHORTS.set(data, Math.toIntExact(2 * element), bits);
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
        if (bytes <= 0 || bytes > data.capacity()) {
            throw new DeviceException("memory of " + data.capacity() + " bytes must hold " + bytes + ", more than 0");
        }
        return data.slice(0, (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void fill(byte value) {
        for (int i = 0; i < data.capacity(); i++) {
            data.put(i, value);
        }
    }

    /** Copies {@code count} bytes out of it. */
    void copyTo(byte[] target, long from, int count) {
        data.get(Math.toIntExact(from), target, 0, count);
    }

    void requireElements(String what, long elements) {
        if (elements <= 0 || 2 * elements > data.capacity()) {
            throw new DeviceException(what + ": memory of " + data.capacity() + " bytes must hold " + elements
                    + " bf16 elements, more than 0");
        }
    }

    @Override
    public long bytes() {
        return data.capacity();
    }

    @Override
    public DeviceMemory slice(long offsetBytes, long bytes) {
        if (offsetBytes < 0 || bytes <= 0 || offsetBytes + bytes > data.capacity()) {
            throw new DeviceException("slice of memory must lie in 0.." + data.capacity() + ", got " + bytes
                    + " bytes at " + offsetBytes);
        }
        return new HostMemory(data.slice((int) offsetBytes, (int) bytes));
    }

    @Override
    public byte[] read() {
        byte[] bytes = new byte[data.capacity()];
        data.get(0, bytes);
        return bytes;
    }

    @Override
    public void write(byte[] bytes) {
        if (bytes.length > data.capacity()) {
            throw new DeviceException("write of " + bytes.length + " bytes into memory of " + data.capacity());
        }
        data.put(0, bytes);
    }

    @Override
    public void close() {}
}
