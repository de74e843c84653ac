package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A daemon thread that watches while others work, until it is stopped. What it watches with is its alone until then. */
final class WatchThread {
    private final String what;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private Optional<Throwable> failure = Optional.empty();

    interface Watch {
        /** Returns soon after the latch is down. */
        void until(CountDownLatch stop) throws InterruptedException;
    }

    /** @param what in words */
    WatchThread(String name, String what, Watch watch) {
        this.what = what;
        thread = new Thread(() -> run(watch), name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Watch watch) {
        try {
            watch.until(stop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            failure = Optional.of(e);
        }
    }

    /**
     * Waits for its end.
     *
     * @throws DeviceException where it had failed before
     */
    void stop() {
        stop.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeviceException("interrupted while waiting for the last look of " + what, e);
        }
        failure.ifPresent(cause -> {
            throw new DeviceException(what + " stopped within its window: " + cause.getMessage(), cause);
        });
    }
}
