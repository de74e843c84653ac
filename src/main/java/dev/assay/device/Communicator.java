package dev.assay.device;

import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.ElementType;
import java.util.Map;
import java.util.Optional;

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
     * Sums over all ranks, in place. As all that training sends: enqueued on the stream, of bf16 or fp32; nothing blocks, and a
     * communicator belongs to one stream at a time. A sum is rounded to the type at every hop.
     */
    void allReduce(DeviceMemory buffer, ElementType type, long elements, Stream stream);

    /** Sums over all ranks, in place, for the root alone: what the others hold afterwards is undefined. */
    void reduce(DeviceMemory buffer, ElementType type, long elements, int root, Stream stream);

    /**
     * Every rank's share, by rank.
     *
     * @param send this rank's; may be its own place in {@code receive}
     * @param share elements of one rank
     */
    void allGather(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream);

    /**
     * Sums over all ranks; each rank gets its share.
     *
     * @param receive may be this rank's place in {@code send}, what {@code send} holds elsewhere is undefined afterwards
     * @param share elements of one rank
     */
    void reduceScatter(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream);

    /** What is enqueued within, of any of the four above, travels as one operation. All on one stream. */
    void together(Runnable calls);

    /**
     * How the library says it has connected this rank until now, as conditions of a measurement: {@code transport}, and where
     * it uses them {@code nics}, {@code gdr} and {@code pxn}; of its rank 0, where it was asked, {@code algorithm} and {@code
     * protocol} of its collectives. Without {@code transport} where it says nothing.
     */
    Map<String, String> report();

    /** Throws a {@link DeviceException} if the library has seen an asynchronous error. */
    void checkHealthy();

    /**
     * What the library has noticed by itself, in words; empty: nothing, or this is closed. For a watchdog: from any thread and at
     * any time, also while another thread hangs in one of the calls above. Never throws.
     */
    Optional<String> trouble();

    /**
     * Gives up whatever is on its way, so that memory it reads and writes may be freed; then it is closed. The others of the
     * communicator are left waiting.
     */
    void abort();

    @Override
    void close();
}
