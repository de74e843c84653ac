package dev.assay.trainer;

import java.time.Duration;

/** A step that is enqueued. */
public interface PendingStep {
    /** From 1. */
    int number();

    boolean isDone();

    /**
     * Waits for the step, not for later ones, and reads what it left on the host.
     *
     * @throws dev.assay.device.DeviceException if the deadline passes or the device reports an error
     */
    StepResult await(Duration deadline);
}
