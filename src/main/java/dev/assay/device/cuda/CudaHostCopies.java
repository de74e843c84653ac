package dev.assay.device.cuda;

import com.sun.jna.Pointer;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.HostCopies;
import dev.assay.device.HostPages;
import dev.assay.device.HostPlace;
import dev.assay.device.PinnedMemory;
import dev.assay.device.Stream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;

/** Copies of the driver between a GPU and pinned memory, which the driver takes where the calling thread runs. */
final class CudaHostCopies implements HostCopies {
    private final HostNuma numa;

    CudaHostCopies(HostNuma numa) {
        this.numa = numa;
    }

    private static final class Pinned implements PinnedMemory {
        private final long address;
        private final long bytes;
        private boolean closed;

        Pinned(long address, long bytes) {
            this.address = address;
            this.bytes = bytes;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public ByteBuffer buffer() {
            return new Pointer(address).getByteBuffer(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                Cuda.check(CudaDriver.cuMemFreeHost(address), "cuMemFreeHost");
            }
        }
    }

    @Override
    public List<HostPlace> places() {
        BitSet allowed = CpuAffinity.get();
        List<HostPlace> places = numa.places(allowed);
        if (places.stream().noneMatch(place -> place.name().equals(HostPlace.NEAR))) {
            throw new DeviceException("finding host memory near the GPU: this process may run on CPUs " + allowed
                    + ", none of them on the GPU's NUMA node " + numa.gpuNode().orElseThrow()
                    + "; look at how the launcher binds ranks to CPUs");
        }
        return places;
    }

    @Override
    public PinnedMemory allocate(long bytes, HostPlace place) {
        long[] address = new long[1];
        int status = CpuAffinity.during(
                numa.cpus(place, CpuAffinity.get()),
                () -> CudaDriver.cuMemHostAlloc(address, bytes, CudaDriver.CU_MEMHOSTALLOC_PORTABLE));
        if (status != CudaDriver.CUDA_SUCCESS) {
            throw new DeviceException(
                    "pinning " + bytes + " bytes of host memory (" + place.name() + ", " + place.numa()
                            + "): " + Cuda.describe(status, "cuMemHostAlloc")
                            + "; " + HostRoom.here().words()
                            + "; every rank of the node pins as much; look at the job's memory limit and at `ulimit -l`");
        }
        return new Pinned(address[0], bytes);
    }

    /** A page that this process has not touched yet may be missing in its page table. */
    @Override
    public HostPages pages(PinnedMemory memory, HostPlace place) {
        Pinned pinned = (Pinned) memory;
        PageNodes.touch(pinned.buffer());
        return PageNodes.of(pinned.address, pinned.bytes, numa.node(place, CpuAffinity.get()));
    }

    @Override
    public void copyIn(PinnedMemory from, DeviceMemory to, long bytes, Stream stream) {
        Cuda.check(
                CudaDriver.cuMemcpyHtoDAsync_v2(
                        CudaDevice.holding(to, bytes).address(), address(from, bytes), bytes, handle(stream)),
                "cuMemcpyHtoDAsync_v2");
    }

    @Override
    public void copyOut(DeviceMemory from, PinnedMemory to, long bytes, Stream stream) {
        Cuda.check(
                CudaDriver.cuMemcpyDtoHAsync_v2(
                        address(to, bytes), CudaDevice.holding(from, bytes).address(), bytes, handle(stream)),
                "cuMemcpyDtoHAsync_v2");
    }

    private static long address(PinnedMemory memory, long bytes) {
        if (bytes < 0 || memory.bytes() < bytes) {
            throw new IllegalArgumentException("pinned memory must hold " + bytes + " bytes, got " + memory.bytes());
        }
        return ((Pinned) memory).address;
    }

    private static long handle(Stream stream) {
        return ((CudaStream) stream).handle();
    }
}
