package dev.assay.device;

import dev.assay.workload.MemoryKernel;

/**
 * Moves device memory and does nothing else. Elements are fp32: element i of a filled buffer is the integer of the upper 24
 * bits of {@link Counter#hash}(seed, i), so a copy is exact and every other kernel is one IEEE rounding, the same everywhere.
 */
public interface MemoryLoad {
    /** What {@link MemoryKernel#WRITE} stores as element i, as 32 bits. */
    static int pattern(long element) {
        return (int) element * 0x9E3779B1;
    }

    /** The element of a filled buffer. */
    static float element(long seed, long index) {
        return Counter.hash(seed, index) >>> 40;
    }

    /** The line that a chase over so many lines, a power of two, visits after {@code line}: full period, no pattern. */
    static long nextLine(long line, long lines) {
        return (line * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL) & (lines - 1);
    }

    void fill(DeviceMemory target, long bytes, long seed, Stream stream);

    /**
     * Runs a kernel over the first {@code bytes} of its buffers; those that it does not need are left alone. {@link
     * MemoryKernel#READ} adds its sum to the first 8 bytes of c.
     *
     * @param bytes a multiple of 16
     */
    void enqueue(MemoryKernel kernel, DeviceMemory a, DeviceMemory b, DeviceMemory c, long bytes, Stream stream);

    /**
     * Counts elements of c that are not what one launch of the kernel makes of a and b as they were filled, c having been
     * poisoned before. A wrong sum of {@link MemoryKernel#READ} counts as one. Blocks.
     */
    long countWrong(MemoryKernel kernel, DeviceMemory c, long bytes, long seedA, long seedB, Stream stream);

    /** Lays a chase into the first {@code footprint} bytes, a power of two: each line's first 8 bytes name the next line. */
    void layChase(DeviceMemory memory, long footprint, Stream stream);

    /** One thread follows the chase from the line that the first 8 bytes of {@code at} name, and leaves there how far it came. */
    void chase(DeviceMemory memory, long footprint, long steps, DeviceMemory at, Stream stream);
}
