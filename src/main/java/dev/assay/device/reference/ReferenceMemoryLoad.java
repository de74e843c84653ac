package dev.assay.device.reference;

import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryLoad;
import dev.assay.device.Stream;
import dev.assay.workload.Hbm;
import dev.assay.workload.MemoryKernel;
import java.nio.ByteBuffer;

/** The memory kernels, a loop each: the oracle of those in {@code native/memory.cu}. */
final class ReferenceMemoryLoad implements MemoryLoad {
    private static final float S = 0.5f;

    @Override
    public void fill(DeviceMemory target, long bytes, long seed, Stream stream) {
        ByteBuffer values = HostMemory.of(target).buffer(bytes);
        SerialStream.of(stream).enqueue(() -> {
            for (int i = 0; i < bytes / Float.BYTES; i++) {
                values.putFloat(Float.BYTES * i, MemoryLoad.element(seed, i));
            }
        });
    }

    @Override
    public void enqueue(
            MemoryKernel kernel, DeviceMemory a, DeviceMemory b, DeviceMemory c, long bytes, Stream stream) {
        ByteBuffer x = HostMemory.of(a).buffer(bytes);
        ByteBuffer y = HostMemory.of(b).buffer(bytes);
        ByteBuffer z = HostMemory.of(c).buffer(bytes);
        SerialStream.of(stream).enqueue(() -> {
            if (kernel == MemoryKernel.READ) {
                z.putLong(0, z.getLong(0) + sum(x, bytes));
                return;
            }
            for (int at = 0; at < bytes; at += Float.BYTES) {
                z.putInt(at, bits(kernel, x.getFloat(at), y.getFloat(at), at / Float.BYTES));
            }
        });
    }

    @Override
    public long countWrong(MemoryKernel kernel, DeviceMemory c, long bytes, long seedA, long seedB, Stream stream) {
        ByteBuffer z = HostMemory.of(c).buffer(bytes);
        return SerialStream.of(stream).call(() -> {
            if (kernel == MemoryKernel.READ) {
                return z.getLong(0) == expectedSum(bytes, seedA) - 1 ? 0L : 1L;
            }
            long wrong = 0;
            for (int i = 0; i < bytes / Float.BYTES; i++) {
                int expected = bits(kernel, MemoryLoad.element(seedA, i), MemoryLoad.element(seedB, i), i);
                wrong += z.getInt(Float.BYTES * i) == expected ? 0 : 1;
            }
            return wrong;
        });
    }

    @Override
    public void layChase(DeviceMemory memory, long footprint, Stream stream) {
        ByteBuffer lines = HostMemory.of(memory).buffer(footprint);
        long count = footprint / Hbm.LINE_BYTES;
        SerialStream.of(stream).enqueue(() -> {
            for (long line = 0; line < count; line++) {
                lines.putLong((int) (line * Hbm.LINE_BYTES), MemoryLoad.nextLine(line, count));
            }
        });
    }

    @Override
    public void chase(DeviceMemory memory, long footprint, long steps, DeviceMemory at, Stream stream) {
        ByteBuffer lines = HostMemory.of(memory).buffer(footprint);
        ByteBuffer position = HostMemory.of(at).buffer(Long.BYTES);
        SerialStream.of(stream).enqueue(() -> {
            long line = position.getLong(0);
            for (long step = 0; step < steps; step++) {
                line = lines.getLong((int) (line * Hbm.LINE_BYTES));
            }
            position.putLong(0, line);
        });
    }

    private static int bits(MemoryKernel kernel, float a, float b, long element) {
        return switch (kernel) {
            case COPY -> Float.floatToRawIntBits(a);
            case SCALE -> Float.floatToRawIntBits(S * a);
            case ADD -> Float.floatToRawIntBits(a + b);
            case TRIAD -> Float.floatToRawIntBits(a + S * b);
            case WRITE -> MemoryLoad.pattern(element);
            case READ -> throw new IllegalArgumentException("READ writes no elements");
        };
    }

    private static long sum(ByteBuffer words, long bytes) {
        long sum = 0;
        for (int at = 0; at < bytes; at += Long.BYTES) {
            sum += words.getLong(at);
        }
        return sum;
    }

    private static long expectedSum(long bytes, long seed) {
        long sum = 0;
        for (long word = 0; word < bytes / Long.BYTES; word++) {
            long low = Float.floatToRawIntBits(MemoryLoad.element(seed, 2 * word));
            long high = Float.floatToRawIntBits(MemoryLoad.element(seed, 2 * word + 1));
            sum += high << 32 | low;
        }
        return sum;
    }
}
