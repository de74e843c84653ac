package dev.assay.device;

import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import java.util.Map;

/** Ranks that exchange data. */
public interface Communicator extends AutoCloseable {
    int rank();

    int ranks();

    /** Sums bf16 elements over all ranks, out of place. */
    void allReduceSum(DeviceMemory send, DeviceMemory receive, long elements, Stream stream);

    /**
     * Makes a collective ready; each run enqueues it once more at the cost of the library's own calls.
     *
     * @param elements of the larger buffer: {@link CollectiveCase#elements}
     * @param receive may be the send buffer or overlap it as {@link CollectiveOperation#inPlace} allows
     */
    Runnable prepare(CollectiveCase what, long elements, DeviceMemory send, DeviceMemory receive, Stream stream);

    /**
     * How the library says it has connected this rank until now, as conditions of a measurement: {@code transport}, and where
     * it uses them {@code nics}, {@code gdr} and {@code pxn}; of its rank 0, where it was asked, {@code algorithm} and {@code
     * protocol} of its collectives. Without {@code transport} where it says nothing.
     */
    Map<String, String> report();

    /** Throws a {@link DeviceException} if the library has seen an asynchronous error. */
    void checkHealthy();

    @Override
    void close();
}
