package dev.assay.device;

/** Ranks that exchange data. */
public interface Communicator extends AutoCloseable {
    int rank();

    int ranks();

    /** Sums bf16 elements over all ranks, out of place. */
    void allReduceSum(DeviceMemory send, DeviceMemory receive, long elements, Stream stream);

    /** Throws a {@link DeviceException} if the library has seen an asynchronous error. */
    void checkHealthy();

    @Override
    void close();
}
