package dev.assay.device;

import java.nio.ByteBuffer;

/** Host memory that the device's copy engines reach. */
public interface PinnedMemory extends AutoCloseable {
    long bytes();

    /** A little-endian view of it all, with a position of its own. */
    ByteBuffer buffer();

    @Override
    void close();
}
