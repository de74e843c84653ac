package dev.assay.plan;

import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.training.Estimate;
import dev.assay.training.Machine;
import dev.assay.training.StepPrediction;
import dev.assay.training.StepSetup;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A step that a recorded run took on few nodes.
 *
 * @param nodes of each communicator
 * @param seconds of each launch, the mean over its steps of the slowest rank
 */
public record TrainedStep(StepSetup setup, int nodes, List<Double> seconds, String source) {
    /** GPUs and days differ as much. */
    private static final double LEAST_SPREAD = 0.02;

    private static final double MOST_COMMUNICATING = 0.3;

    public TrainedStep {
        seconds = List.copyOf(seconds);
    }

    /** Of an experiment its baselines, or where it has none its launches on one node. */
    static Optional<TrainedStep> of(Experiment experiment, ExperimentResult result, String label) {
        if (!(experiment.workload() instanceof Sft sft) || !sft.standIn().isEmpty()) {
            return Optional.empty();
        }
        List<Double> seconds = new ArrayList<>();
        for (LaunchResult launch : result.launches()) {
            boolean baseline = launch.role() == LaunchRole.BASELINE;
            boolean alone = sft.baselineNodes() == launch.nodes().size();
            if (launch.whole() && (baseline || alone)) {
                seconds(launch).ifPresent(seconds::add);
            }
        }
        return seconds.isEmpty()
                ? Optional.empty()
                : Optional.of(new TrainedStep(
                        sft.setup(),
                        sft.baselineNodes(),
                        seconds,
                        label + ", " + experiment.id() + ", " + seconds.size()
                                + (seconds.size() == 1 ? " launch" : " launches") + " on "
                                + Words.plural(sft.baselineNodes(), "node")));
    }

    /** Mean over steps of the slowest rank's time; empty where ranks have other steps than each other. */
    public static Optional<Double> seconds(LaunchResult launch) {
        List<List<Double>> times = launch.ranks().stream()
                .map(rank -> rank.measurement(Metric.STEP_TIME)
                        .map(Measurement::samples)
                        .orElse(List.of()))
                .toList();
        int steps = times.stream().mapToInt(List::size).min().orElse(0);
        if (steps == 0 || times.stream().anyMatch(each -> each.size() != steps)) {
            return Optional.empty();
        }
        double millis = 0;
        for (int step = 0; step < steps; step++) {
            int at = step;
            millis += times.stream().mapToDouble(each -> each.get(at)).max().orElse(0);
        }
        return Optional.of(millis / steps / 1e3);
    }

    /**
     * What its computing took over the sum of its parts; empty where no computing explains its time, or where collectives take
     * so long that the step says more of them than of computing.
     */
    Optional<Estimate> over(Machine machine) {
        StepPrediction parts = StepPrediction.of(setup, machine, nodes);
        if (parts.communicating() > MOST_COMMUNICATING * parts.computing()) {
            return Optional.empty();
        }
        double mean = MeasuredParts.mean(seconds);
        double least = seconds.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double most = seconds.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        Optional<Double> value = StepPrediction.computingOverParts(setup, machine, nodes, mean);
        Optional<Double> low = StepPrediction.computingOverParts(setup, machine, nodes, least);
        Optional<Double> high = StepPrediction.computingOverParts(setup, machine, nodes, most);
        return value.flatMap(middle -> low.flatMap(from -> high.map(to -> new Estimate(
                middle,
                Math.min(from, (1 - LEAST_SPREAD) * middle),
                Math.max(to, (1 + LEAST_SPREAD) * middle),
                source))));
    }
}
