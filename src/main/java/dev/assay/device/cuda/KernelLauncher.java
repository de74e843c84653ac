package dev.assay.device.cuda;

import dev.assay.device.Stream;

/** Starts kernels by name; the tests have one that runs them on the host. */
interface KernelLauncher {
    /** @param arguments in order, each in 8 bytes; see {@link Kernels#launch} */
    void launch(String kernel, long blocks, int threadsPerBlock, Stream stream, long... arguments);
}
