package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryLoad;
import dev.assay.device.PeerAccess;
import dev.assay.device.Stream;
import dev.assay.workload.MemoryKernel;
import dev.assay.workload.PeerMethod;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;

/**
 * CUDA IPC between the processes of a node, one GPU each. A GPU that CUDA_VISIBLE_DEVICES hides from this process can be
 * opened too: the handle, not an ordinal, names it.
 */
final class CudaPeerAccess implements PeerAccess {
    private final CudaDevice device;
    private final MemoryLoad load;
    private final PrimaryContext context;
    private final PeerPath path;

    CudaPeerAccess(CudaDevice device, MemoryLoad load, PrimaryContext context, NvmlGpu nvml) {
        this.device = device;
        this.load = load;
        this.context = context;
        path = new PeerPath(nvml);
    }

    @Override
    public byte[] address() {
        return context.uuid().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        return device.allocate(bytes);
    }

    @Override
    public byte[] offer(DeviceMemory allocated) {
        byte[] handle = new byte[IpcMemHandle.CU_IPC_HANDLE_SIZE];
        Cuda.check(
                CudaDriver.cuIpcGetMemHandle(handle, ((CudaMemory) allocated).address()),
                "cuIpcGetMemHandle on " + context.describe());
        return handle;
    }

    @Override
    public void withdraw(DeviceMemory allocated) {}

    @Override
    public DeviceMemory open(byte[] offer, long bytes) {
        long[] address = new long[1];
        int status = CudaDriver.cuIpcOpenMemHandle_v2(
                address, IpcMemHandle.of(offer), CudaDriver.CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS);
        if (status != CudaDriver.CUDA_SUCCESS) {
            throw new DeviceException("mapping another GPU's memory on " + context.describe() + ": "
                    + Cuda.describe(status, "cuIpcOpenMemHandle_v2")
                    + ", expected direct access; look at `nvidia-smi topo -p2p r` and, in containers, --ipc=host");
        }
        return CudaMemory.opened(address[0], bytes);
    }

    @Override
    public DeviceMemory stage(byte[] address, long bytes) {
        String peer = new String(address, StandardCharsets.UTF_8);
        int ordinal = PrimaryContext.visible(peer)
                .orElseThrow(() -> new DeviceException("taking memory on " + peer + " from " + context.describe()
                        + ": this process does not see it; look at CUDA_VISIBLE_DEVICES"));
        return CudaMemory.allocateOn(ordinal, bytes, context);
    }

    @Override
    public void copy(PeerMethod method, DeviceMemory from, DeviceMemory to, long bytes, Stream stream) {
        switch (method) {
            case CE ->
                Cuda.check(
                        CudaDriver.cuMemcpyAsync(
                                address(to, bytes), address(from, bytes), bytes, ((CudaStream) stream).handle()),
                        "cuMemcpyAsync");
            case SM -> load.enqueue(MemoryKernel.COPY, from, from, to, bytes, stream);
        }
    }

    @Override
    public Map<String, String> path(byte[] address) {
        String peer = new String(address, StandardCharsets.UTF_8);
        OptionalInt ordinal = PrimaryContext.visible(peer);
        return path.conditions(peer, ordinal.isPresent() ? OptionalInt.of(canAccess(ordinal.getAsInt())) : ordinal);
    }

    private int canAccess(int other) {
        int[] can = new int[1];
        Cuda.check(
                CudaDriver.cuDeviceCanAccessPeer(can, context.device(), PrimaryContext.device(other)),
                "cuDeviceCanAccessPeer");
        return can[0];
    }

    /** Addresses are unique over all devices, so the driver knows by them whose memory it is. */
    private static long address(DeviceMemory memory, long bytes) {
        return CudaDevice.holding(memory, bytes).address();
    }
}
