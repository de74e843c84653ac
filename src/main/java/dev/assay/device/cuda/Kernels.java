package dev.assay.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.HashMap;
import java.util.Map;

/**
 * The kernels of {@code native/}, loaded and launched. Most walk their data in grid-sized strides, so a grid that fills the
 * GPU serves any size. One thread at a time: the arguments lie in one buffer, which the driver copies during the launch.
 */
final class Kernels implements AutoCloseable {
    static final int WARP = 32;
    private static final int BLOCKS_PER_MULTIPROCESSOR = 8;
    private static final int MOST_ARGUMENTS = 16;
    /** What every kernel may have without being told. */
    private static final int FREE_SHARED_BYTES = 48 * 1024;

    private final long module;
    private final int multiprocessors;
    private final Map<String, Long> functions = new HashMap<>();
    private final Map<String, Integer> allowed = new HashMap<>();
    private final Memory values = new Memory(MOST_ARGUMENTS * 8L);
    private final Memory pointers = new Memory(MOST_ARGUMENTS * 8L);
    private boolean closed;

    Kernels(KernelImage image, int multiprocessors) {
        this.multiprocessors = multiprocessors;
        for (int i = 0; i < MOST_ARGUMENTS; i++) {
            pointers.setPointer(8L * i, values.share(8L * i));
        }
        module = load(image.bytes());
    }

    private static long load(byte[] image) {
        long[] loaded = new long[1];
        try (Memory memory = new Memory(image.length)) {
            memory.write(0, image, 0, image.length);
            Cuda.check(CudaDriver.cuModuleLoadData(loaded, Pointer.nativeValue(memory)), "cuModuleLoadData");
        }
        return loaded[0];
    }

    /**
     * Enqueues a kernel.
     *
     * @param threads that have work to do; as many are started, up to what fills the GPU
     * @param threadsPerBlock a multiple of the warp
     * @param arguments in order, each in 8 bytes; little-endian, so an int argument reads the lower half
     */
    void launch(String kernel, long threads, int threadsPerBlock, CudaStream stream, long... arguments) {
        long blocks = (threads + threadsPerBlock - 1) / threadsPerBlock;
        launchBlocks(
                kernel,
                Math.max(1, Math.min(blocks, (long) multiprocessors * BLOCKS_PER_MULTIPROCESSOR)),
                threadsPerBlock,
                stream,
                arguments);
    }

    /** Enqueues a kernel over exactly so many blocks, for those that do not walk in strides. */
    void launchBlocks(String kernel, long blocks, int threadsPerBlock, CudaStream stream, long... arguments) {
        launchBlocks(kernel, blocks, threadsPerBlock, 0, stream, arguments);
    }

    /** @param sharedBytes of shared memory a block, beside what the kernel has of its own */
    void launchBlocks(
            String kernel, long blocks, int threadsPerBlock, int sharedBytes, CudaStream stream, long... arguments) {
        long function = function(kernel);
        if (sharedBytes > allowed.getOrDefault(kernel, FREE_SHARED_BYTES)) {
            allow(function, sharedBytes);
            allowed.put(kernel, sharedBytes);
        }
        values.write(0, arguments, 0, arguments.length);
        Cuda.check(
                CudaDriver.cuLaunchKernel(
                        function,
                        Math.toIntExact(blocks),
                        1,
                        1,
                        threadsPerBlock,
                        1,
                        1,
                        sharedBytes,
                        stream.handle(),
                        Pointer.nativeValue(pointers),
                        0),
                "cuLaunchKernel");
    }

    private static void allow(long function, int sharedBytes) {
        Cuda.check(
                CudaDriver.cuFuncSetAttribute(
                        function, CudaDriver.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, sharedBytes),
                "cuFuncSetAttribute to " + sharedBytes + " bytes of shared memory a block");
    }

    private long function(String kernel) {
        return functions.computeIfAbsent(kernel, name -> {
            long[] function = new long[1];
            Cuda.check(
                    CudaDriver.cuModuleGetFunction(function, module, NativeStrings.terminated(name)),
                    "cuModuleGetFunction");
            return function[0];
        });
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Cuda.check(CudaDriver.cuModuleUnload(module), "cuModuleUnload");
        }
    }
}
