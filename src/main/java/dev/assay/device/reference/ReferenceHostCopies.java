package dev.assay.device.reference;

import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.HostCopies;
import dev.assay.device.HostPages;
import dev.assay.device.HostPlace;
import dev.assay.device.PinnedMemory;
import dev.assay.device.Stream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** Copies between two pieces of the heap; the device lies in its host, so there is one place. */
final class ReferenceHostCopies implements HostCopies {
    private record Pinned(ByteBuffer all) implements PinnedMemory {
        @Override
        public long bytes() {
            return all.capacity();
        }

        @Override
        public ByteBuffer buffer() {
            return all.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void close() {}
    }

    @Override
    public List<HostPlace> places() {
        return List.of(new HostPlace(HostPlace.NEAR, HostPlace.ONLY));
    }

    @Override
    public PinnedMemory allocate(long bytes, HostPlace place) {
        if (bytes <= 0 || bytes > Integer.MAX_VALUE - 8) {
            throw new DeviceException("allocating host memory: bytes must be in 1..2³¹−9, got " + bytes);
        }
        return new Pinned(ByteBuffer.allocate((int) bytes));
    }

    @Override
    public HostPages pages(PinnedMemory memory, HostPlace place) {
        return HostPages.untold(Optional.empty(), "the reference device's memory is Java's heap, whose pages may move");
    }

    @Override
    public void copyIn(PinnedMemory from, DeviceMemory to, long bytes, Stream stream) {
        copy(part(from, bytes), HostMemory.of(to).buffer(bytes), stream);
    }

    @Override
    public void copyOut(DeviceMemory from, PinnedMemory to, long bytes, Stream stream) {
        copy(HostMemory.of(from).buffer(bytes), part(to, bytes), stream);
    }

    private static ByteBuffer part(PinnedMemory memory, long bytes) {
        if (bytes <= 0 || bytes > memory.bytes()) {
            throw new DeviceException("host memory of " + memory.bytes() + " bytes must hold " + bytes);
        }
        return memory.buffer().slice(0, (int) bytes);
    }

    private static void copy(ByteBuffer from, ByteBuffer to, Stream stream) {
        SerialStream.of(stream).enqueue(() -> to.duplicate().put(from.duplicate()));
    }
}
