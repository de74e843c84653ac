package dev.assay.device;

import java.util.List;

/** A GEMM with a fixed algorithm. What it multiplies, shape, transposes and types, is fixed when it is made. */
public interface GemmRunner extends AutoCloseable {
    /** Opaque descriptions of the algorithms worth timing, the library's favourite first; never empty. */
    List<byte[]> candidates();

    /** From now on {@link #enqueue} runs this candidate, which may come from another rank's device of the same model. */
    void choose(byte[] algorithm);

    /** The chosen algorithm in words, for the report. */
    String describe();

    /**
     * Of a {@link dev.assay.workload.Gemm} C = A · Bᵀ; of a {@link dev.assay.workload.LinearGemm} what its pass says. A
     * matrix begins at a multiple of 256 bytes, a linear layer's at one of 16.
     */
    void enqueue(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream);

    /**
     * From now on a product is multiplied by both, one fp32 each on the device, read when it runs: what A and B were divided by
     * when they were made FP8. 1 until then.
     */
    default void scaleBy(DeviceMemory a, DeviceMemory b) {
        throw new UnsupportedOperationException("scaling a GEMM whose operands have no scales: " + describe());
    }

    @Override
    void close();
}
