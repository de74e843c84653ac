package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One scaled launch against its own nodes' baselines of the same repetition. Work per GPU is fixed, so rates are 1/time.
 *
 * @param efficiency rate over the median of its nodes' baseline rates
 * @param straggler the slowest node's baseline over that median: what silicon costs
 * @param slowest that node
 */
record ScaledLaunch(
        LaunchResult launch,
        double stepMillis,
        double computeMillis,
        double communicationMillis,
        double efficiency,
        double straggler,
        String slowest) {
    /** A launch's parts, or what it lacks. */
    record Parts(Optional<ScaledLaunch> launch, Optional<String> lacks) {}

    static Parts of(LaunchResult launch, List<LaunchResult> baselines) {
        List<UnitValue> rates = new ArrayList<>();
        for (String node : launch.nodes()) {
            OptionalDouble millis = baselineMillis(node, launch.repetition(), baselines);
            if (millis.isEmpty()) {
                return lacks(launch, "no baseline of " + node + " in repetition " + launch.repetition());
            }
            rates.add(new UnitValue(node, 1 / millis.getAsDouble()));
        }
        OptionalDouble step = Steps.meanMillis(launch.ranks());
        OptionalDouble compute = Steps.slowestMean(launch.ranks(), Metric.COMPUTE_ALONE);
        OptionalDouble communication = Steps.slowestMean(launch.ranks(), Metric.COMMUNICATION_ALONE);
        if (step.isEmpty() || compute.isEmpty() || communication.isEmpty()) {
            return lacks(
                    launch, "no equal steps, compute alone and communication alone, all above 0, of all its ranks");
        }
        double reference = Limits.median(rates);
        UnitValue slowest = rates.stream()
                .min(java.util.Comparator.comparingDouble(UnitValue::value))
                .orElseThrow();
        return new Parts(
                Optional.of(new ScaledLaunch(
                        launch,
                        step.getAsDouble(),
                        compute.getAsDouble(),
                        communication.getAsDouble(),
                        1 / step.getAsDouble() / reference,
                        slowest.value() / reference,
                        slowest.unit())),
                Optional.empty());
    }

    double communicationShare() {
        return efficiency / straggler;
    }

    double percent() {
        return 100 * efficiency;
    }

    /** One line for the evidence. */
    String line() {
        double exposed = stepMillis - computeMillis;
        return StepThroughput.name(launch) + ": efficiency " + percent(efficiency) + " = straggler "
                + percent(straggler)
                + " (" + slowest + ") × communication " + percent(communicationShare()) + "; step "
                + Numbers.of(stepMillis, Unit.MILLISECOND) + ", compute alone "
                + Numbers.of(computeMillis, Unit.MILLISECOND) + ", communication alone "
                + Numbers.of(communicationMillis, Unit.MILLISECOND) + ", exposed communication "
                + Numbers.of(exposed, Unit.MILLISECOND) + " = " + percent(exposed / stepMillis) + " of the step";
    }

    static String percent(double share) {
        return Numbers.plain(100 * share, 2) + " %";
    }

    /** A node that ran more than one baseline in a repetition is as fast as their mean time. */
    private static OptionalDouble baselineMillis(String node, int repetition, List<LaunchResult> baselines) {
        List<OptionalDouble> millis = baselines.stream()
                .filter(baseline ->
                        baseline.repetition() == repetition && baseline.nodes().contains(node))
                .map(baseline -> Steps.meanMillis(ranksOf(node, baseline)))
                .toList();
        return millis.stream().allMatch(OptionalDouble::isPresent)
                ? millis.stream().mapToDouble(OptionalDouble::getAsDouble).average()
                : OptionalDouble.empty();
    }

    private static List<RankResult> ranksOf(String node, LaunchResult baseline) {
        return baseline.ranks().stream()
                .filter(rank -> rank.header().node().equals(node))
                .toList();
    }

    private static Parts lacks(LaunchResult launch, String what) {
        return new Parts(Optional.empty(), Optional.of(StepThroughput.name(launch) + " has " + what));
    }
}
