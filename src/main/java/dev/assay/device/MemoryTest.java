package dev.assay.device;

/**
 * Writes patterns into memory and compares what it reads. The region under test may be several allocations: each call takes
 * one of them and the place of its first word in the region. Keeps a log of the faults on the device.
 */
public interface MemoryTest extends AutoCloseable {
    /** Writes all of the memory. Its size and {@code firstWord} are multiples of 16 bytes, here and below. */
    void write(TestWords words, DeviceMemory memory, long firstWord, Stream stream);

    /** Reads all of it and logs each word that is not what {@code words} says. */
    void check(TestWords words, DeviceMemory memory, long firstWord, Stream stream);

    /** The same, and leaves the inverse of {@code words} in the memory. */
    void checkAndInvert(TestWords words, DeviceMemory memory, long firstWord, Stream stream);

    /** What was logged since the last call; waits for the stream, and forgets. */
    MemoryFaults takeFaults(Stream stream);

    @Override
    void close();
}
