package dev.assay.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.assay.device.DeviceMemory;
import java.util.List;

/** Host memory for kernels that run on the host; whoever allocated it keeps it. */
record HostBytes(long address, long bytes) implements Addressed {
    private static final int ALIGNMENT = 64;

    /** @param kept what holds the memory */
    static HostBytes allocate(long bytes, List<Memory> kept) {
        Memory memory = new Memory(bytes + ALIGNMENT);
        kept.add(memory);
        return new HostBytes((Pointer.nativeValue(memory) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT, bytes);
    }

    @Override
    public DeviceMemory slice(long offsetBytes, long length) {
        if (offsetBytes < 0 || length <= 0 || length > bytes - offsetBytes) {
            throw new IllegalArgumentException(
                    "slice must lie in 0.." + bytes + " bytes, got offset " + offsetBytes + ", length " + length);
        }
        return new HostBytes(address + offsetBytes, length);
    }

    @Override
    public byte[] read() {
        return new Pointer(address).getByteArray(0, Math.toIntExact(bytes));
    }

    @Override
    public void write(byte[] content) {
        new Pointer(address).write(0, content, 0, content.length);
    }

    @Override
    public void close() {}
}
