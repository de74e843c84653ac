package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Bf16;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.SmallFloat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongFunction;

/** A tensor twice with the same bytes: on the reference device, and between guards on the device under test. */
final class Twin {
    /** Below it bf16 has no more bits to give: results that small are compared as zeros. */
    static final double TINY = 1e-30;

    private static final int GUARD = 64;
    private static final byte GUARD_BYTE = 0x5A;

    private final DeviceMemory expected;
    private final DeviceMemory guarded;
    private final int bytes;

    private Twin(Device reference, LongFunction<DeviceMemory> tested, byte[] content) {
        bytes = content.length;
        expected = reference.allocate(bytes);
        expected.write(content);
        guarded = tested.apply(bytes + 2L * GUARD);
        byte[] all = new byte[bytes + 2 * GUARD];
        Arrays.fill(all, GUARD_BYTE);
        System.arraycopy(content, 0, all, GUARD, bytes);
        guarded.write(all);
    }

    /** Outputs begin as NaN: what is not written is not right. */
    static Twin poisoned(Device reference, LongFunction<DeviceMemory> tested, long bytes) {
        byte[] content = new byte[Math.toIntExact(bytes)];
        Arrays.fill(content, (byte) 0xFF);
        return new Twin(reference, tested, content);
    }

    static Twin bf16(Device reference, LongFunction<DeviceMemory> tested, long elements, IntToDoubleFunction values) {
        byte[] content = new byte[Math.toIntExact(2 * elements)];
        ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            buffer.putShort(2 * i, Bf16.of((float) values.applyAsDouble(i)));
        }
        return new Twin(reference, tested, content);
    }

    static Twin fp32(Device reference, LongFunction<DeviceMemory> tested, long elements, IntToDoubleFunction values) {
        byte[] content = new byte[Math.toIntExact(4 * elements)];
        ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            buffer.putFloat(4 * i, (float) values.applyAsDouble(i));
        }
        return new Twin(reference, tested, content);
    }

    static Twin int32(Device reference, LongFunction<DeviceMemory> tested, int... values) {
        byte[] content = new byte[Math.toIntExact(4L * values.length)];
        ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(values);
        return new Twin(reference, tested, content);
    }

    DeviceMemory expected() {
        return expected;
    }

    /** Begins at a multiple of 16 bytes. */
    DeviceMemory found() {
        return guarded.slice(GUARD, bytes);
    }

    byte[] foundBytes() {
        byte[] all = guarded.read();
        assertThat(Arrays.copyOf(all, GUARD)).as("before it").containsOnly(GUARD_BYTE);
        assertThat(Arrays.copyOfRange(all, GUARD + bytes, all.length))
                .as("behind it")
                .containsOnly(GUARD_BYTE);
        return Arrays.copyOfRange(all, GUARD, GUARD + bytes);
    }

    void assertSameBits(String what) {
        assertThat(foundBytes()).as(what).isEqualTo(expected.read());
    }

    /** FP8, a byte an element: where the right one is NaN, of any sign, so is the other. */
    void assertFp8(String what, SmallFloat type) {
        byte[] found = foundBytes();
        byte[] right = expected.read();
        for (int i = 0; i < bytes; i++) {
            float a = type.toFloat(found[i] & 0xFF);
            float b = type.toFloat(right[i] & 0xFF);
            if (found[i] != right[i] && !(Float.isNaN(a) && Float.isNaN(b))) {
                throw new AssertionError(what + "[" + i + "] must be " + b + ", got " + a);
            }
        }
    }

    /**
     * Both sides round once to bf16, so an error before it that is small against half a unit moves the result by one unit at
     * most. Fp32 sums whose terms cancel may be off by {@code absolute} more.
     */
    void assertBf16(String what, double absolute) {
        ByteBuffer found = ByteBuffer.wrap(foundBytes()).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer right = ByteBuffer.wrap(expected.read()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < bytes / 2; i++) {
            float a = Bf16.toFloat(found.getShort(2 * i));
            float b = Bf16.toFloat(right.getShort(2 * i));
            double unit = Math.ulp(Math.max(Math.abs(a), Math.abs(b))) * 0x1p16;
            assertClose(what, i, a, b, unit + absolute + TINY);
        }
    }

    /** @param units of fp32's last place of the result */
    void assertFp32(String what, double units, double absolute) {
        ByteBuffer found = ByteBuffer.wrap(foundBytes()).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer right = ByteBuffer.wrap(expected.read()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < bytes / 4; i++) {
            float b = right.getFloat(4 * i);
            assertClose(what, i, found.getFloat(4 * i), b, units * Math.ulp(b) + absolute);
        }
    }

    private static void assertClose(String what, int element, float found, float right, double bound) {
        boolean bothNaN = Float.isNaN(found) && Float.isNaN(right);
        if (!bothNaN && !(Math.abs((double) found - right) <= bound)) {
            throw new AssertionError(
                    what + "[" + element + "] must be within " + bound + " of " + right + ", got " + found);
        }
    }
}
