package dev.assay.device.reference;

import dev.assay.device.Communicator;
import dev.assay.device.DelegatingCommunicator;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.workload.ElementType;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A slow link: each operation takes so much longer on its stream, while whoever enqueues it goes on at once. */
public final class SlowCommunicator extends DelegatingCommunicator {
    private final Duration delay;

    public SlowCommunicator(Communicator communicator, Duration delay) {
        super(communicator);
        this.delay = delay;
    }

    @Override
    public void allReduce(DeviceMemory buffer, ElementType type, long elements, Stream stream) {
        late(stream);
        super.allReduce(buffer, type, elements, stream);
    }

    @Override
    public void reduce(DeviceMemory buffer, ElementType type, long elements, int root, Stream stream) {
        late(stream);
        super.reduce(buffer, type, elements, root, stream);
    }

    @Override
    public void allGather(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        late(stream);
        super.allGather(send, receive, type, share, stream);
    }

    @Override
    public void reduceScatter(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        late(stream);
        super.reduceScatter(send, receive, type, share, stream);
    }

    private void late(Stream stream) {
        SerialStream.of(stream).enqueue(() -> {
            long end = System.nanoTime() + delay.toNanos();
            for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        });
    }
}
