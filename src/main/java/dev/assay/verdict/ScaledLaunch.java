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
        Optional<Alone> alone,
        double efficiency,
        double straggler,
        String slowest) {
    /** The step's two halves, each by itself; of a training step nobody runs them apart. */
    record Alone(double computeMillis, double communicationMillis) {}

    /** A launch's parts, or what it lacks. */
    record Parts(Optional<ScaledLaunch> launch, Optional<String> lacks) {}

    /** @param halves whether its ranks must have run compute and communication alone as well */
    static Parts of(LaunchResult launch, List<LaunchResult> baselines, boolean halves) {
        List<UnitValue> rates = new ArrayList<>();
        for (String node : launch.nodes()) {
            OptionalDouble millis = baselineMillis(node, launch.repetition(), baselines);
            if (millis.isEmpty()) {
                return lacks(launch, "no baseline of " + node + " in repetition " + launch.repetition());
            }
            rates.add(new UnitValue(node, 1 / millis.getAsDouble()));
        }
        OptionalDouble step = Steps.meanMillis(launch.ranks());
        Optional<Alone> alone = alone(launch.ranks());
        if (step.isEmpty() || (halves && alone.isEmpty())) {
            return lacks(
                    launch,
                    halves
                            ? "no equal steps, compute alone and communication alone, all above 0, of all its ranks"
                            : "no equal steps, all above 0, of all its ranks");
        }
        double reference = Limits.median(rates);
        UnitValue slowest = rates.stream()
                .min(java.util.Comparator.comparingDouble(UnitValue::value))
                .orElseThrow();
        return new Parts(
                Optional.of(new ScaledLaunch(
                        launch,
                        step.getAsDouble(),
                        alone,
                        1 / step.getAsDouble() / reference,
                        slowest.value() / reference,
                        slowest.unit())),
                Optional.empty());
    }

    private static Optional<Alone> alone(List<RankResult> ranks) {
        OptionalDouble compute = Steps.slowestMean(ranks, Metric.COMPUTE_ALONE);
        OptionalDouble communication = Steps.slowestMean(ranks, Metric.COMMUNICATION_ALONE);
        return compute.isPresent() && communication.isPresent()
                ? Optional.of(new Alone(compute.getAsDouble(), communication.getAsDouble()))
                : Optional.empty();
    }

    double communicationShare() {
        return efficiency / straggler;
    }

    double percent() {
        return 100 * efficiency;
    }

    /** One line for the evidence. */
    String line() {
        return StepThroughput.name(launch) + ": efficiency " + percent(efficiency) + " = straggler "
                + percent(straggler)
                + " (" + slowest + ") × communication " + percent(communicationShare()) + "; step "
                + Numbers.of(stepMillis, Unit.MILLISECOND)
                + alone.map(this::words).orElse("");
    }

    private String words(Alone parts) {
        double exposed = stepMillis - parts.computeMillis();
        return ", compute alone " + Numbers.of(parts.computeMillis(), Unit.MILLISECOND) + ", communication alone "
                + Numbers.of(parts.communicationMillis(), Unit.MILLISECOND) + ", exposed communication "
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

    /** Those that worked together with the node's own: a baseline may be of more than one node. */
    private static List<RankResult> ranksOf(String node, LaunchResult baseline) {
        List<Integer> together = baseline.ranks().stream()
                .filter(rank -> rank.header().node().equals(node))
                .flatMap(rank -> rank.header().communicator().stream())
                .distinct()
                .toList();
        return baseline.ranks().stream()
                .filter(rank -> together.contains(rank.header().rank()))
                .toList();
    }

    private static Parts lacks(LaunchResult launch, String what) {
        return new Parts(Optional.empty(), Optional.of(StepThroughput.name(launch) + " has " + what));
    }
}
