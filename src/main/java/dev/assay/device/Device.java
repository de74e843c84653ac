package dev.assay.device;

import dev.assay.measurement.Check;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.workload.ElementType;
import dev.assay.workload.Gemm;
import dev.assay.workload.LinearGemm;
import java.util.Optional;

/**
 * One accelerator, as one rank sees it. All values of fills are functions of seed and index alone, the same on every device,
 * so the reference device is the oracle of the CUDA one. Used by one thread, except {@link Telemetry} and {@link Health}.
 */
public interface Device extends AutoCloseable {
    DeviceIdentity identity();

    /** Uninitialised memory. */
    DeviceMemory allocate(long bytes);

    Stream newStream();

    Event newEvent();

    /**
     * Fills with values of a matrix type that {@link Counter} makes of seed and index: standard normal, of int8 uniform in
     * −127..127.
     */
    void fillMatrix(DeviceMemory target, ElementType type, long elements, long seed, Stream stream);

    /** Fills with this rank's "gradients", bf16 integers whose sum over ranks is exact in any order; see {@link Counter}. */
    void fillGradient(DeviceMemory target, long elements, long seed, int rank, int ranks, Stream stream);

    /** Sets every byte to 0xFF, which is NaN in bf16: a result that was never written cannot look right. */
    void poison(DeviceMemory target, Stream stream);

    /** Sets every byte to 0. */
    void zero(DeviceMemory target, Stream stream);

    /** Counts bf16 elements that differ from the exact sum of {@link #fillGradient} over all ranks. Blocks. */
    long countWrongSums(DeviceMemory reduced, long elements, long seed, int ranks, Stream stream);

    /** 64-bit digest of memory; depends on every byte and its position; equal on all devices for equal bytes. Blocks. */
    long checksum(DeviceMemory memory, long bytes, Stream stream);

    /** The same, enqueued: the 8 bytes of {@code digest} become it, in native byte order. */
    void enqueueChecksum(DeviceMemory memory, long bytes, DeviceMemory digest, Stream stream);

    MemoryLoad memoryLoad();

    /** Memory that an allocation could still take, of all processes' view. */
    long freeBytes();

    /** What the driver's own library says is in use; empty where there is none, or it refuses. */
    default Optional<MemoryUse> memoryUse() {
        return Optional.empty();
    }

    MemoryTest newMemoryTest();

    HostCopies hostCopies();

    PeerAccess peerAccess();

    GemmRunner newGemm(Gemm gemm);

    /** GEMMs of linear layers share scratch memory on a device: they are enqueued on one stream, or one after the other. */
    GemmRunner newLinear(LinearGemm gemm);

    /**
     * Freivalds' check of C = A·Bᵀ over the whole output: for random ±1 vectors r, |C·r − A·(Bᵀ·r)| row by row in fp64,
     * against a bound from the precision's rounding. Blocks.
     */
    Check checkFreivalds(Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c, long seed, Stream stream);

    /** Recomputes {@code samples} elements of C in fp64; bound by K and the precision's rounding. Blocks. */
    Check checkElements(
            Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c, int samples, long seed, Stream stream);

    CollectiveLoad collectiveLoad();

    TrainingKernels trainingKernels();

    /**
     * Captures what {@code work} enqueues on the stream, without running it; what is enqueued must have run once before, so
     * that nothing remains to be set up.
     */
    Replay capture(Stream stream, Runnable work);

    /** An opaque id that rank 0 of a communicator makes and the others need to join. */
    byte[] newCommunicatorId();

    /** Joins; blocks until all have joined. Guarded by the caller's watchdog. */
    Communicator join(byte[] id, int rank, int ranks);

    Telemetry newTelemetry();

    Health newHealth();

    @Override
    void close();
}
