package dev.assay.device.reference;

import dev.assay.device.Communicator;
import dev.assay.device.DelegatingCommunicator;
import dev.assay.device.Stream;
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
    protected void before(Stream stream) {
        SerialStream.of(stream).enqueue(() -> {
            long end = System.nanoTime() + delay.toNanos();
            for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        });
    }
}
