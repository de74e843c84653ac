package dev.assay.job;

import java.time.Duration;

/** Time as a launcher waits through it; a test's own never waits. */
interface Pace {
    long nanos();

    void sleep(Duration duration);

    default Duration since(long start) {
        return Duration.ofNanos(nanos() - start);
    }

    Pace REAL = new Pace() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) {
            try {
                Thread.sleep(duration.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new JobException("interrupted while waiting for a job", e);
            }
        }
    };
}
