package dev.assay.measurement;

import java.util.List;

/** All launches of one experiment, in the order they ran; an experiment that never ran has none and a reason. */
public record ExperimentResult(String experiment, List<LaunchResult> launches, String notRunReason) {
    public ExperimentResult {
        launches = List.copyOf(launches);
    }

    public static ExperimentResult notRun(String experiment, String reason) {
        return new ExperimentResult(experiment, List.of(), reason);
    }
}
