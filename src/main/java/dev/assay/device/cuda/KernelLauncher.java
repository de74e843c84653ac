package dev.assay.device.cuda;

import dev.assay.device.Stream;

/** Starts kernels by name; the tests have one that runs them on the host. */
interface KernelLauncher {
    /**
     * @param sharedBytes of shared memory a block, beside what the kernel has of its own
     * @param arguments in order, each in 8 bytes; see {@link Kernels#launch}
     */
    void launch(String kernel, long blocks, int threadsPerBlock, int sharedBytes, Stream stream, long... arguments);

    default void launch(String kernel, long blocks, int threadsPerBlock, Stream stream, long... arguments) {
        launch(kernel, blocks, threadsPerBlock, 0, stream, arguments);
    }
}
