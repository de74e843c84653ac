package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import dev.assay.device.OutOfMemoryException;
import java.util.List;
import java.util.Locale;

/** Device memory, another process's device memory, or a view of some; only the owner frees. */
final class CudaMemory implements Addressed {
    private final long address;
    private final long bytes;
    private final Runnable release;
    private boolean closed;

    private CudaMemory(long address, long bytes, Runnable release) {
        this.address = address;
        this.bytes = bytes;
        this.release = release;
    }

    /** Memory of another process, mapped here. */
    static CudaMemory opened(long address, long bytes) {
        return new CudaMemory(
                address, bytes, () -> Cuda.check(CudaDriver.cuIpcCloseMemHandle(address), "cuIpcCloseMemHandle"));
    }

    /** Memory on another GPU that this process sees; {@code mine} stays the thread's context. */
    static CudaMemory allocateOn(int ordinal, long bytes, PrimaryContext mine) {
        PrimaryContext other = PrimaryContext.retain(ordinal, List.of());
        try {
            CudaMemory there = allocate(bytes, other.describe());
            return new CudaMemory(there.address, bytes, () -> {
                other.makeCurrent();
                there.close();
                other.close();
                mine.makeCurrent();
            });
        } finally {
            mine.makeCurrent();
        }
    }

    /** @param gpu whose memory, for the message */
    static CudaMemory allocate(long bytes, String gpu) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("device memory must have bytes > 0, got " + bytes);
        }
        long[] address = new long[1];
        int status = CudaDriver.cuMemAlloc_v2(address, bytes);
        if (status != CudaDriver.CUDA_SUCCESS) {
            String words = refused(status, bytes, gpu);
            throw status == CudaDriver.CUDA_ERROR_OUT_OF_MEMORY
                    ? new OutOfMemoryException(words)
                    : new DeviceException(words);
        }
        return new CudaMemory(address[0], bytes, () -> Cuda.check(CudaDriver.cuMemFree_v2(address[0]), "cuMemFree_v2"));
    }

    private static String refused(int status, long bytes, String gpu) {
        return String.format(
                Locale.ROOT,
                "allocating %d bytes on %s: %s; %s; is another process on this GPU?",
                bytes,
                gpu,
                Cuda.describe(status, "cuMemAlloc_v2"),
                Cuda.memoryLeft());
    }

    @Override
    public long address() {
        return address;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public CudaMemory slice(long offsetBytes, long length) {
        if (offsetBytes < 0 || length <= 0 || length > bytes - offsetBytes) {
            throw new IllegalArgumentException(
                    "slice must lie in 0.." + bytes + " bytes, got offset " + offsetBytes + ", length " + length);
        }
        return new CudaMemory(address + offsetBytes, length, () -> {});
    }

    /** Waits for all streams of the device first: a blocking copy alone does not wait for non-blocking streams. */
    @Override
    public byte[] read() {
        byte[] host = new byte[arrayLength()];
        Cuda.check(CudaDriver.cuCtxSynchronize(), "cuCtxSynchronize");
        Cuda.check(CudaDriver.cuMemcpyDtoH_v2(host, address, bytes), "cuMemcpyDtoH_v2");
        return host;
    }

    /** From the start of this memory; waits for all streams before and after. */
    @Override
    public void write(byte[] host) {
        if (host.length > bytes) {
            throw new IllegalArgumentException("writing " + host.length + " bytes into device memory of " + bytes);
        }
        Cuda.check(CudaDriver.cuCtxSynchronize(), "cuCtxSynchronize");
        Cuda.check(CudaDriver.cuMemcpyHtoD_v2(address, host, host.length), "cuMemcpyHtoD_v2");
        Cuda.check(CudaDriver.cuCtxSynchronize(), "cuCtxSynchronize");
    }

    private int arrayLength() {
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "reading " + bytes + " bytes at once: more than an array holds; slice it");
        }
        return (int) bytes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
