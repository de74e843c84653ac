package dev.assay.plan;

import dev.assay.measurement.LaunchRole;
import dev.assay.training.Machine;
import dev.assay.training.RehearsalTime;
import dev.assay.training.StepSetup;

/**
 * What a launch takes for rehearsing its traffic, before the first step and after the last. On the reference device that is
 * among what a launch takes beside its steps.
 *
 * @param nodes of a scaled launch's communicator
 * @param baseline of each communicator of a baseline
 */
record SftRehearsals(StepSetup setup, Machine machine, int nodes, int baseline, boolean reference) {
    private static final int OF_A_LAUNCH = 2;

    double seconds(Launch launch) {
        int together = launch.role() == LaunchRole.BASELINE ? baseline : nodes;
        return reference ? 0 : OF_A_LAUNCH * RehearsalTime.seconds(setup, machine, together);
    }
}
