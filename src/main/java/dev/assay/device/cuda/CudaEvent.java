package dev.assay.device.cuda;

import dev.assay.device.Event;

/** A CUDA event with timing; resolution about half a microsecond. */
final class CudaEvent implements Event {
    private final long handle;
    private final float[] milliseconds = new float[1];
    private boolean closed;

    CudaEvent() {
        long[] event = new long[1];
        Cuda.check(CudaDriver.cuEventCreate(event, CudaDriver.CU_EVENT_DEFAULT), "cuEventCreate");
        handle = event[0];
    }

    long handle() {
        return handle;
    }

    @Override
    public boolean isDone() {
        int status = CudaDriver.cuEventQuery(handle);
        if (status == CudaDriver.CUDA_ERROR_NOT_READY) {
            return false;
        }
        Cuda.check(status, "cuEventQuery");
        return true;
    }

    @Override
    public double millisecondsSince(Event earlier) {
        Cuda.check(
                CudaDriver.cuEventElapsedTime(milliseconds, ((CudaEvent) earlier).handle, handle),
                "cuEventElapsedTime");
        return milliseconds[0];
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Cuda.check(CudaDriver.cuEventDestroy_v2(handle), "cuEventDestroy_v2");
        }
    }
}
