package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** What cannot be, whatever a limit says: above physics, below zero, or watched too little. */
final class Physics {
    /** Counters average over windows that are not quite ours; more than this above 100 % is no share of anything. */
    private static final double MOST_PERCENT = 100.5;

    /** What takes no time was not done. */
    private static final Set<Metric> TAKES_TIME = EnumSet.of(
            Metric.HBM_LATENCY,
            Metric.HOST_LATENCY,
            Metric.PEER_LATENCY,
            Metric.PAIR_LATENCY,
            Metric.RDMA_LATENCY,
            Metric.COLLECTIVE_TIME,
            Metric.COLLECTIVE_ITERATION,
            Metric.LAUNCH_JNA,
            Metric.LAUNCH_KERNEL,
            Metric.LAUNCH_EVENT,
            Metric.LAUNCH_GEMM);

    private Physics() {}

    /** Why this GPU's samples cannot be what they claim. */
    static Optional<String> problem(RankResult rank, Evidence evidence) {
        Metric metric = evidence.criterion().metric();
        return impossible(rank, evidence.criterion())
                .or(() -> HealthReadings.backwards(rank, metric))
                .or(() -> FarMemory.misplaced(rank, evidence))
                .or(() -> Watching.problem(rank, evidence.criterion()))
                .or(() -> metric == Metric.GEMM_TFLOPS && !evidence.contract().reference()
                        ? tooFast(rank, evidence)
                        : Optional.empty());
    }

    /**
     * bf16 TFLOPS that this GPU cannot exceed: SMs × FLOP per clock × the highest SM clock seen, or where none was seen the
     * highest it may run at.
     */
    static double ceilingTflops(RankResult rank, Question.Contract contract) {
        return tflops(rank, contract, 1, seenMegahertz(rank, Map.of()));
    }

    /** The highest SM clock seen beside work under these conditions: by telemetry whose own contradict none of them. */
    private static double seenMegahertz(RankResult rank, Map<String, String> conditions) {
        return rank.measurements(Metric.SM_CLOCK, Map.of()).stream()
                .filter(clock -> clock.conditions().entrySet().stream()
                        .allMatch(own -> conditions
                                .getOrDefault(own.getKey(), own.getValue())
                                .equals(own.getValue())))
                .flatMap(clock -> clock.samples().stream())
                .max(Double::compare)
                .orElse(rank.device().maxSmClockMhz());
    }

    /** Why a value breaks a ceiling; an unknown ceiling is broken too, for nothing can be shown to lie below it. */
    static Optional<String> above(OptionalDouble value, double ceiling, String unit, String what) {
        if (value.isPresent() && value.getAsDouble() <= ceiling && ceiling > 0 && Double.isFinite(ceiling)) {
            return Optional.empty();
        }
        return Optional.of("the test is broken: "
                + (value.isPresent() ? Numbers.beside(value.getAsDouble(), ceiling, Unit.TFLOPS) : "no value") + " on "
                + unit + " against a physical ceiling of " + Numbers.of(ceiling, Unit.TFLOPS) + " (" + what + ")");
    }

    private static Optional<String> tooFast(RankResult rank, Evidence evidence) {
        return rank.measurements(Metric.GEMM_TFLOPS, evidence.criterion().conditions()).stream()
                .flatMap(measurement -> tooFast(rank, measurement, evidence).stream())
                .findFirst();
    }

    private static Optional<String> tooFast(RankResult rank, Measurement measurement, Evidence evidence) {
        Question.Contract contract = evidence.contract();
        double rate = contract.rateOverBf16(measurement);
        double value = Samples.of(evidence.criterion().statistic(), measurement.samples());
        double seen = tflops(rank, contract, rate, seenMegahertz(rank, measurement.conditions()));
        double possible = tflops(rank, contract, rate, rank.device().maxSmClockMhz());
        return above(OptionalDouble.of(value), seen, rank.unit(), "SMs × FLOP per clock × highest SM clock seen")
                .or(() -> above(
                        OptionalDouble.of(Samples.maximum(measurement.samples())),
                        Math.max(seen, possible),
                        rank.unit(),
                        "fastest batch; SMs × FLOP per clock × highest SM clock there is"));
    }

    private static double tflops(RankResult rank, Question.Contract contract, double rate, double megahertz) {
        return rank.device().multiprocessors() * rate * contract.bf16FlopPerClockPerSm() * megahertz / 1e6;
    }

    private static Optional<String> impossible(RankResult rank, Criterion criterion) {
        Metric metric = criterion.metric();
        List<Double> samples = rank.measurements(metric, criterion.conditions()).stream()
                .flatMap(measurement -> measurement.samples().stream())
                .toList();
        boolean negative = !metric.mayBeNegative() && Samples.minimum(samples) < 0;
        boolean share = metric.unit() == Unit.PERCENT
                && metric != Metric.TELEMETRY_COVERAGE
                && metric != Metric.HOST_ENQUEUE_SHARE;
        boolean timeless = TAKES_TIME.contains(metric) && Samples.minimum(samples) <= 0;
        if (negative || timeless || (share && Samples.maximum(samples) > MOST_PERCENT)) {
            return Optional.of("the test is broken: " + metric.key() + " on " + rank.unit() + " reads from "
                    + Numbers.of(Samples.minimum(samples), metric.unit()) + " to "
                    + Numbers.of(Samples.maximum(samples), metric.unit()));
        }
        return Optional.empty();
    }
}
