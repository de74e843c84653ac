package dev.assay.device;

/** A piece of device memory. */
public interface DeviceMemory extends AutoCloseable {
    long bytes();

    /** A view; closing it does nothing. */
    DeviceMemory slice(long offsetBytes, long bytes);

    /** Copies to the host; blocks. For checks and tests. */
    byte[] read();

    /** Copies from the host; blocks. For tests and fault injection. */
    void write(byte[] bytes);

    @Override
    void close();
}
