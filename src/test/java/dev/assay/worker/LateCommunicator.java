package dev.assay.worker;

import dev.assay.device.Communicator;
import dev.assay.device.DelegatingCommunicator;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.ElementType;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A link that takes so much longer, whatever is sent. */
final class LateCommunicator extends DelegatingCommunicator {
    /** Long against what two busy cores add to an all-reduce of some KiB. */
    static final Duration LATE = Duration.ofMillis(4);

    private final Duration delay;

    LateCommunicator(Communicator communicator, Duration delay) {
        super(communicator);
        this.delay = delay;
    }

    @Override
    public void allReduceSum(DeviceMemory send, DeviceMemory receive, long elements, Stream stream) {
        wait(delay);
        super.allReduceSum(send, receive, elements, stream);
    }

    @Override
    public Runnable prepare(
            CollectiveCase what, long elements, DeviceMemory send, DeviceMemory receive, Stream stream) {
        Runnable once = super.prepare(what, elements, send, receive, stream);
        return () -> {
            wait(delay);
            once.run();
        };
    }

    @Override
    public void allReduce(DeviceMemory buffer, ElementType type, long elements, Stream stream) {
        wait(delay);
        super.allReduce(buffer, type, elements, stream);
    }

    @Override
    public void reduce(DeviceMemory buffer, ElementType type, long elements, int root, Stream stream) {
        wait(delay);
        super.reduce(buffer, type, elements, root, stream);
    }

    @Override
    public void allGather(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        wait(delay);
        super.allGather(send, receive, type, share, stream);
    }

    @Override
    public void reduceScatter(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        wait(delay);
        super.reduceScatter(send, receive, type, share, stream);
    }

    private static void wait(Duration delay) {
        long end = System.nanoTime() + delay.toNanos();
        for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
