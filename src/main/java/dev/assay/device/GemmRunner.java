package dev.assay.device;

import java.util.List;

/** A GEMM of fixed shape with a fixed algorithm. */
public interface GemmRunner extends AutoCloseable {
    /** Opaque descriptions of the algorithms worth timing, the library's favourite first; never empty. */
    List<byte[]> candidates();

    /** From now on {@link #enqueue} runs this candidate, which may come from another rank's device of the same model. */
    void choose(byte[] algorithm);

    /** The chosen algorithm in words, for the report. */
    String describe();

    /** C = A · Bᵀ. */
    void enqueue(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream);

    @Override
    void close();
}
