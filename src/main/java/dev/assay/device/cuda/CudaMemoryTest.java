package dev.assay.device.cuda;

import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryFaults;
import dev.assay.device.MemoryTest;
import dev.assay.device.Stream;
import dev.assay.device.TestWords;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/** The kernels of {@code native/memtest.cu}. */
final class CudaMemoryTest implements MemoryTest {
    /** As {@code native/memory.cu} is tuned. */
    private static final int THREADS = 512;

    private static final int VECTORS = 4;
    private static final int VECTOR_BYTES = 16;

    /** A count, and place, expected and found of each fault. */
    private static final int LOG_WORDS = 1 + 3 * MemoryFaults.LOGGED;

    private final Kernels kernels;
    private final CudaDevice device;
    private final CudaMemory log;

    CudaMemoryTest(Kernels kernels, CudaDevice device) {
        this.kernels = kernels;
        this.device = device;
        log = device.allocate((long) LOG_WORDS * Long.BYTES);
        log.write(new byte[LOG_WORDS * Long.BYTES]);
    }

    @Override
    public void write(TestWords words, DeviceMemory memory, long firstWord, Stream stream) {
        launch("write", words, memory, firstWord, stream);
    }

    @Override
    public void check(TestWords words, DeviceMemory memory, long firstWord, Stream stream) {
        launch("check", words, memory, firstWord, stream, log.address());
    }

    @Override
    public void checkAndInvert(TestWords words, DeviceMemory memory, long firstWord, Stream stream) {
        launch("invert", words, memory, firstWord, stream, log.address());
    }

    private void launch(
            String what, TestWords words, DeviceMemory memory, long firstWord, Stream stream, long... logAddress) {
        if (memory.bytes() % VECTOR_BYTES != 0 || firstWord % 2 != 0) {
            throw new IllegalArgumentException("memory under test must begin and end at multiples of " + VECTOR_BYTES
                    + " bytes, got " + memory.bytes() + " bytes at word " + firstWord);
        }
        long vectors = memory.bytes() / VECTOR_BYTES;
        long perBlock = (long) THREADS * VECTORS;
        long[] arguments = new long[5 + logAddress.length];
        arguments[0] = ((CudaMemory) memory).address();
        arguments[1] = vectors;
        arguments[2] = firstWord;
        arguments[3] = words.parameter();
        arguments[4] = words.inverted() ? -1 : 0;
        System.arraycopy(logAddress, 0, arguments, 5, logAddress.length);
        kernels.launchBlocks(
                "assay_memtest_" + what + "_" + words.pattern().key().replace('-', '_'),
                (vectors + perBlock - 1) / perBlock,
                THREADS,
                (CudaStream) stream,
                arguments);
    }

    @Override
    public MemoryFaults takeFaults(Stream stream) {
        device.finish(stream);
        LongBuffer found =
                ByteBuffer.wrap(log.read()).order(ByteOrder.nativeOrder()).asLongBuffer();
        List<MemoryFaults.Fault> first = new ArrayList<>();
        for (int i = 0; i < Math.min(found.get(0), MemoryFaults.LOGGED); i++) {
            first.add(new MemoryFaults.Fault(found.get(1 + 3 * i), found.get(2 + 3 * i), found.get(3 + 3 * i)));
        }
        log.write(new byte[LOG_WORDS * Long.BYTES]);
        return new MemoryFaults(found.get(0), first);
    }

    @Override
    public void close() {
        log.close();
    }
}
