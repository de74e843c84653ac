package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Unit;
import dev.assay.verdict.Readings.Reading;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a training step hangs on the fabric: X is what crosses the bus in a step, F the bus bandwidth that the fabric must give at
 * least, T the step without it: that of the same nodes' baselines or, where baselines go over the fabric too and a fault in it
 * slows both alike, at most the executed FLOP at half of the dense peak.
 *
 * <p>{@code sensitivity}: bus bandwidths at which a step has lost 5 %, X / (T/0.95 − T) where nothing hides behind computing,
 * X / (T/0.95) where all does; the truth lies between. Below F a run cannot tell a fabric that gives F from one that does not.
 *
 * <p>{@code train.fabric}: (step − T) / (X/F). A fabric that gives F cannot cost more than X/F, even if nothing overlaps; above 1
 * it gave less. What overlap hides is not seen: a fabric as slow as X / (T + X/F) may pass.
 */
final class TrainingFabric {
    private static final double KEPT = 0.95;

    /** Of the dense peak, of bf16 and FP8 as they are mixed, what a sound GPU computes at least: 592 of 989 TFLOPS at 7B, micro-batch 4, on one H200. */
    private static final double LEAST_COMPUTING = 0.5;

    private static final double TERA = 1e12;
    private static final double MILLIS = 1e3;
    private static final double GIGA = 1e9;

    private final double aloneMillis;
    private final double stepMillis;
    private final double busBytes;
    private final double floorGBps;

    private TrainingFabric(double aloneMillis, double stepMillis, double busBytes, double floorGBps) {
        this.aloneMillis = aloneMillis;
        this.stepMillis = stepMillis;
        this.busBytes = busBytes;
        this.floorGBps = floorGBps;
    }

    /** Empty where the launch, its baselines or the bytes are not whole, or no floor is known. */
    static Optional<TrainingFabric> of(LaunchResult launch, Evidence evidence) {
        OptionalDouble bytes = Steps.constant(launch.ranks(), Metric.STEP_BYTES_BUS);
        OptionalDouble computing = computingMillis(launch, evidence);
        double floor = evidence.contract().reference() ? 0 : evidence.contract().fabricFloorGBps();
        return ScaledLaunch.of(launch, evidence.beside(), false)
                .launch()
                .filter(scaled -> bytes.isPresent() && computing.isPresent() && floor > 0)
                .map(scaled -> new TrainingFabric(
                        Math.min(scaled.stepMillis() * scaled.efficiency(), computing.getAsDouble()),
                        scaled.stepMillis(),
                        bytes.getAsDouble(),
                        floor));
    }

    /** That a baseline without a network needs no bound is said by an infinite one. */
    private static OptionalDouble computingMillis(LaunchResult launch, Evidence evidence) {
        if (evidence.question().baselineNodes() == 1) {
            return OptionalDouble.of(Double.POSITIVE_INFINITY);
        }
        OptionalDouble flop = Steps.constant(launch.ranks(), Metric.STEP_FLOP_EXECUTED);
        double mixed = launch.ranks().stream()
                .mapToDouble(rank -> TrainingRates.mixedRate(rank, evidence.contract()))
                .min()
                .orElse(Double.NaN);
        double rate = LEAST_COMPUTING * mixed * evidence.contract().bf16DenseTflops() * TERA;
        return flop.isPresent() && rate > 0
                ? OptionalDouble.of(flop.getAsDouble() / rate * MILLIS)
                : OptionalDouble.empty();
    }

    /** One value a launch. A baseline that something slowed would hide what the fabric costs. */
    static Readings time(Evidence evidence) {
        List<Reading> readings = evidence.measured().stream()
                .map(launch -> of(launch, evidence)
                        .map(fabric -> Reading.of(StepThroughput.name(launch), fabric.ratio()))
                        .orElseGet(() -> gap(launch)))
                .toList();
        return Readings.collect(readings, "launches")
                .broken(BaselineHealth.problem(evidence, true).or(() -> fasterThanAlone(evidence)))
                .details(evidence.measured().stream()
                        .flatMap(launch -> of(launch, evidence)
                                .map(fabric -> StepThroughput.name(launch) + ": " + fabric.words()
                                        + "; bus bandwidth below " + gigabytes(fabric.seen()) + " would have been seen")
                                .stream())
                        .toList());
    }

    /** Nothing runs faster for being coupled: a baseline that was slow hides what the fabric costs. */
    private static Optional<String> fasterThanAlone(Evidence evidence) {
        return evidence.measured().stream()
                .flatMap(launch -> of(launch, evidence)
                        .filter(fabric -> fabric.stepMillis < KEPT * fabric.aloneMillis)
                        .map(fabric -> StepThroughput.name(launch) + ": " + fabric.words()
                                + ": more than 5 % faster than without the fabric, so its baselines were slow")
                        .stream())
                .findFirst();
    }

    /** One value a launch: where nothing hides. */
    static Readings sensitivity(Evidence evidence) {
        List<Reading> readings = evidence.measured().stream()
                .map(launch -> of(launch, evidence)
                        .map(fabric -> Reading.of(StepThroughput.name(launch), fabric.withoutOverlap()))
                        .orElseGet(() -> gap(launch)))
                .toList();
        return Readings.collect(readings, "launches").details(lines(evidence));
    }

    /** In words, for the row of a scale efficiency. */
    static List<String> lines(Evidence evidence) {
        return evidence.measured().stream()
                .flatMap(launch -> of(launch, evidence).stream()
                        .map(fabric -> "sensitivity in launch " + launch.id() + ": " + fabric.sensitive()))
                .toList();
    }

    /** Why this run says nothing of the fabric, however good it is; empty: it would have felt it. What is unknown is not felt. */
    static Optional<String> blind(Evidence evidence) {
        return evidence.contract().reference()
                ? Optional.empty()
                : evidence.measured().stream()
                        .flatMap(launch -> blind(launch, evidence).stream())
                        .findFirst()
                        .map(why -> "it does not certify the fabric: " + why)
                        .or(() -> sameWay(evidence));
    }

    private static Optional<String> blind(LaunchResult launch, Evidence evidence) {
        Optional<TrainingFabric> known = of(launch, evidence);
        return known.isEmpty()
                ? Optional.of("whether the run would have felt it is unknown, in launch " + launch.id() + " "
                        + lacking(launch, evidence))
                : known.filter(fabric -> !(fabric.withoutOverlap() >= fabric.floorGBps))
                        .map(fabric -> "the run would lose 5 % only below " + gigabytes(fabric.withoutOverlap())
                                + " (bus) though nothing overlapped, and the fabric must give "
                                + gigabytes(fabric.floorGBps));
    }

    /** What {@link #of} had none of. */
    private static String lacking(LaunchResult launch, Evidence evidence) {
        if (Steps.constant(launch.ranks(), Metric.STEP_BYTES_BUS).isEmpty()) {
            return "not every rank recorded one and the same number of bytes on the bus (step.bytes.bus)";
        }
        if (computingMillis(launch, evidence).isEmpty()) {
            return "not every rank recorded one and the same number of executed FLOP (step.flop.executed) with its precision";
        }
        return evidence.contract().fabricFloorGBps() > 0
                ? "steps or baselines are not whole"
                : "no floor of the fabric is known";
    }

    private static Optional<String> sameWay(Evidence evidence) {
        int nodes = evidence.question().baselineNodes();
        return nodes == 1
                ? Optional.empty()
                : Optional.of("it does not certify the fabric: its baselines of " + nodes
                        + " nodes go over it too, and what slows both alike does not show");
    }

    private double ratio() {
        return (stepMillis - aloneMillis) / atFloorMillis();
    }

    private double atFloorMillis() {
        return busBytes / (floorGBps * GIGA) * MILLIS;
    }

    private double withoutOverlap() {
        return busBytes / ((aloneMillis / KEPT - aloneMillis) / MILLIS) / GIGA;
    }

    private double withOverlap() {
        return busBytes / (aloneMillis / KEPT / MILLIS) / GIGA;
    }

    /** With all hidden that can, a step takes X over the bandwidth, and may take T + X/F. */
    private double seen() {
        return busBytes / ((aloneMillis + atFloorMillis()) / MILLIS) / GIGA;
    }

    private String words() {
        return "a step of " + Numbers.of(stepMillis, Unit.MILLISECOND) + " against "
                + Numbers.of(aloneMillis, Unit.MILLISECOND) + " without the fabric, "
                + Numbers.of(Math.rint(busBytes), Unit.BYTES) + " on the bus take "
                + Numbers.of(atFloorMillis(), Unit.MILLISECOND) + " at the fabric's floor of " + gigabytes(floorGBps);
    }

    private String sensitive() {
        return "5 % of the step are lost below " + gigabytes(withoutOverlap()) + " (bus) where nothing overlaps, below "
                + gigabytes(withOverlap()) + " where all does; the fabric must give " + gigabytes(floorGBps);
    }

    private static Reading gap(LaunchResult launch) {
        return Reading.gap(
                StepThroughput.name(launch),
                "its ranks and their baselines lack equal steps, one step.bytes.bus or one step.flop.executed, or no fabric's"
                        + " floor is known",
                false);
    }

    private static String gigabytes(double value) {
        return Numbers.of(value, Unit.GIGABYTES_PER_SECOND);
    }
}
