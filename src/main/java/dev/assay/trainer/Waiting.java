package dev.assay.trainer;

import dev.assay.device.DeviceException;
import dev.assay.device.Event;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for the device while asking whether what it waits for can still come. */
final class Waiting {
    /** Short beside a step, long beside a look. */
    private static final long PARK_NANOS = 50_000;

    private Waiting() {}

    /**
     * @param health throws where a collective has failed
     * @param what is waited for, in words
     * @throws DeviceException if the deadline passes or the device reports an error
     */
    static void until(Event done, Runnable health, Duration deadline, String what) {
        long start = System.nanoTime();
        while (!done.isDone()) {
            health.run();
            if (System.nanoTime() - start > deadline.toNanos()) {
                throw new DeviceException("waiting for " + what + ": it was not done after " + deadline.toMillis()
                        + " ms; a collective whose partner is missing looks like this");
            }
            LockSupport.parkNanos(PARK_NANOS);
        }
    }
}
