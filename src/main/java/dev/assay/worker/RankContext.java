package dev.assay.worker;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.measurement.ResultWriter;
import dev.assay.plan.Spec;
import java.time.Duration;

/**
 * All that a runner works with.
 *
 * @param group the ranks of this rank's communicator
 * @param owned keeps what the runner opens until its work is done
 */
record RankContext(
        RankEnvironment environment,
        Spec spec,
        Device device,
        World world,
        Group group,
        Owned owned,
        ResultWriter writer,
        Watchdog watchdog) {
    /** Begins a phase that may take {@code seconds} beyond the common deadline. */
    void phase(String name, double seconds) {
        watchdog.phase(name, within(seconds));
    }

    /** What is left of the phase for whoever waits in it and tells of it: {@link Watchdog#left}. */
    Duration left() {
        return watchdog.left();
    }

    /** Joins a communicator that the watchdog asks for errors; blocks until all have joined. */
    Communicator join(byte[] id, int rank, int ranks) {
        return watchdog.watch(device.join(id, rank, ranks));
    }

    /** {@code seconds} beyond the common deadline. */
    Duration within(double seconds) {
        return Duration.ofMillis(Math.round(1000 * (spec.phaseDeadlineSeconds() + seconds)));
    }
}
