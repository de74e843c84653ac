package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import dev.assay.device.Event;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A stream that the NULL stream does not order. */
final class CudaStream implements Handled {
    /** Longest pause between two looks: short beside a step, long beside a look. */
    private static final long LONGEST_PARK_NANOS = 50_000;

    private static final int LOOKS_WITHOUT_PARK = 200;

    private final long handle;
    private final String gpu;
    private boolean closed;

    CudaStream(String gpu) {
        long[] stream = new long[1];
        Cuda.check(CudaDriver.cuStreamCreate(stream, CudaDriver.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
        handle = stream[0];
        this.gpu = gpu;
    }

    @Override
    public long handle() {
        return handle;
    }

    @Override
    public void record(Event event) {
        Cuda.check(CudaDriver.cuEventRecord(((CudaEvent) event).handle(), handle), "cuEventRecord");
    }

    @Override
    public void await(Event event) {
        Cuda.check(CudaDriver.cuStreamWaitEvent(handle, ((CudaEvent) event).handle(), 0), "cuStreamWaitEvent");
    }

    @Override
    public void synchronize(Duration deadline) {
        long start = System.nanoTime();
        for (int looks = 0; !isDone(); looks++) {
            if (System.nanoTime() - start > deadline.toNanos()) {
                throw new DeviceException("waiting for a stream on " + gpu + ": its work was not done after "
                        + deadline.toMillis() + " ms; a collective whose partner is missing looks like this");
            }
            pause(looks);
        }
    }

    private boolean isDone() {
        int status = CudaDriver.cuStreamQuery(handle);
        if (status == CudaDriver.CUDA_ERROR_NOT_READY) {
            return false;
        }
        if (status != CudaDriver.CUDA_SUCCESS) {
            throw new DeviceException("earlier work on " + gpu + " failed, seen by "
                    + Cuda.describe(status, "cuStreamQuery") + "; the process cannot use the GPU any more");
        }
        return true;
    }

    private static void pause(int looks) {
        if (looks < LOOKS_WITHOUT_PARK) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(LONGEST_PARK_NANOS);
        }
    }

    /** Returns at once; the driver lets go of the stream when its work is done. Freeing memory that hung work uses blocks. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Cuda.check(CudaDriver.cuStreamDestroy_v2(handle), "cuStreamDestroy_v2");
        }
    }
}
