package dev.assay.device.cuda;

import java.util.OptionalLong;

/** The driver's critical errors (XID) of one GPU, from {@link #open} on; what happened before is not told. */
final class XidEvents implements AutoCloseable {
    private final NvmlGpu gpu;
    private final long set;

    private XidEvents(NvmlGpu gpu, long set) {
        this.gpu = gpu;
        this.set = set;
    }

    static GpuReading<XidEvents> open(NvmlGpu gpu) {
        return gpu.wide("nvmlEventSetCreate", gpu.nvml()::nvmlEventSetCreate).flatMap(set -> register(gpu, set));
    }

    private static GpuReading<XidEvents> register(NvmlGpu gpu, long set) {
        int status = gpu.nvml().nvmlDeviceRegisterEvents(gpu.device(), Nvml.nvmlEventTypeXidCriticalError, set);
        if (status != Nvml.NVML_SUCCESS) {
            gpu.nvml().nvmlEventSetFree(set);
        }
        return gpu.answer("nvmlDeviceRegisterEvents", status, new XidEvents(gpu, set));
    }

    /** The number of the next error; none where none comes in time. A refusal may come at once, and again and again. */
    GpuReading<OptionalLong> next(int milliseconds) {
        byte[] data = new byte[NvmlStructs.EVENT_DATA_SIZE];
        int status = gpu.nvml().nvmlEventSetWait_v2(set, data, milliseconds);
        return status == Nvml.NVML_ERROR_TIMEOUT
                ? GpuReading.of(OptionalLong.empty())
                : gpu.answer("nvmlEventSetWait_v2", status, data).map(NvmlStructs::xid);
    }

    @Override
    public void close() {
        gpu.nvml().nvmlEventSetFree(set);
    }
}
