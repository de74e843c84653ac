package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.verdict.Readings.Reading;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What follows from a training step's time: a step takes as long as its slowest rank. The unit is the launch; of energy and
 * memory it is the GPU.
 */
final class TrainingRates {
    private static final double MILLIS = 1e3;
    private static final double TERA = 1e12;
    private static final String FP8_SHARE = "fp8Share";
    private static final String ENQUEUED = "enqueued";

    private TrainingRates() {}

    /** A constant of the work a step, over the slowest rank's time, by a factor. */
    static Readings read(Evidence evidence) {
        List<Reading> readings = evidence.measured().stream()
                .map(launch -> read(launch, evidence))
                .toList();
        return Readings.collect(readings, "launches");
    }

    private static Reading read(LaunchResult launch, Evidence evidence) {
        Metric metric = evidence.criterion().metric();
        OptionalDouble millis = Steps.meanMillis(launch.ranks());
        OptionalDouble work = Steps.constant(launch.ranks(), work(metric));
        String name = StepThroughput.name(launch);
        if (millis.isEmpty() || work.isEmpty()) {
            return Reading.gap(
                    name, "its ranks lack equal steps or one " + work(metric).key(), false);
        }
        return Reading.of(
                name, work.getAsDouble() / millis.getAsDouble() * MILLIS * factor(metric, launch, evidence.contract()));
    }

    private static Metric work(Metric metric) {
        return switch (metric) {
            case TRAIN_TOKENS, TRAIN_TOKENS_ALL -> Metric.STEP_TOKENS;
            case TRAIN_MFU -> Metric.STEP_FLOP;
            case TRAIN_MFU_FULL -> Metric.STEP_FLOP_FULL;
            case TRAIN_HFU -> Metric.STEP_FLOP_EXECUTED;
            default -> throw new IllegalStateException(metric.key() + " is no rate of a training step");
        };
    }

    /** From a rank's work a second to the metric's unit. Without a datasheet's peak there is no utilisation of it. */
    private static double factor(Metric metric, LaunchResult launch, Question.Contract contract) {
        return switch (metric) {
            case TRAIN_TOKENS_ALL -> launch.expectedRanks();
            case TRAIN_MFU, TRAIN_MFU_FULL, TRAIN_HFU ->
                100 / (rate(launch.ranks(), work(metric), contract) * contract.bf16DenseTflops() * TERA);
            default -> 1;
        };
    }

    /** The peak over bf16's, of the precision that the layers' matrices multiply in; no number where ranks do not agree on it. */
    private static double rate(List<RankResult> ranks, Metric work, Question.Contract contract) {
        List<Double> rates = ranks.stream()
                .flatMap(rank -> rank.measurement(work).stream())
                .map(contract::rateOverBf16)
                .distinct()
                .toList();
        return rates.size() == 1 ? rates.get(0) : Double.NaN;
    }

    /**
     * What the tensor pipes do in the time of one operation in bf16, where a share of them is FP8: 1 / (share / rate + 1 − share).
     * No number where FP8's share is not told.
     */
    static double mixedRate(RankResult rank, Question.Contract contract) {
        return mixedRate(rank, contract, 1);
    }

    /** The same of {@link #enqueuedTflops}: what is enqueued beyond what is counted is bf16. */
    static double enqueuedRate(RankResult rank, Question.Contract contract) {
        return mixedRate(rank, contract, enqueued(rank));
    }

    private static double mixedRate(RankResult rank, Question.Contract contract, double enqueued) {
        return rank.measurement(Metric.STEP_FLOP_EXECUTED)
                .map(measured -> {
                    double rate = contract.rateOverBf16(measured);
                    double share = rate == 1
                            ? 0
                            : Double.parseDouble(measured.conditions().getOrDefault(FP8_SHARE, "NaN")) / enqueued;
                    return 1 / (share / rate + 1 - share);
                })
                .orElse(Double.NaN);
    }

    /** Tokens of the measured steps over the energy of the window that encloses them. */
    static Reading tokensPerJoule(RankResult rank) {
        OptionalDouble tokens = Steps.constant(List.of(rank), Metric.STEP_TOKENS);
        int steps = GpuReadings.samples(rank, Metric.STEP_TIME).size();
        List<Double> joules = GpuReadings.samples(rank, Metric.ENERGY);
        if (joules.isEmpty()) {
            return Reading.missing(rank, Metric.ENERGY);
        }
        return tokens.isPresent()
                ? Reading.of(rank.unit(), tokens.getAsDouble() * steps / Samples.mean(joules))
                : Reading.missing(rank, Metric.STEP_TOKENS);
    }

    static Reading memoryRatio(RankResult rank) {
        OptionalDouble used = Steps.constant(List.of(rank), Metric.MEMORY_USED);
        OptionalDouble planned = Steps.constant(List.of(rank), Metric.MEMORY_PLANNED);
        if (used.isEmpty() || planned.isEmpty()) {
            return Reading.missing(rank, used.isEmpty() ? Metric.MEMORY_USED : Metric.MEMORY_PLANNED);
        }
        return Reading.of(rank.unit(), used.getAsDouble() / planned.getAsDouble());
    }

    /**
     * What the tensor pipes were given over what is counted as executed: more where attention is padded, and multiplies again in
     * backward. 1 where a result of old does not tell; no number where it tells less than is executed.
     */
    private static double enqueued(RankResult rank) {
        return rank.measurement(Metric.STEP_FLOP_EXECUTED)
                .filter(measured -> measured.conditions().containsKey(ENQUEUED))
                .map(measured -> Double.parseDouble(measured.conditions().getOrDefault(ENQUEUED, "NaN"))
                        / Samples.mean(measured.samples()))
                .map(ratio -> ratio >= 1 ? ratio : Double.NaN)
                .orElse(1.0);
    }

    /** TFLOPS that a rank's tensor pipes were given, over its own measured steps: the load proof's. */
    static OptionalDouble enqueuedTflops(RankResult rank) {
        OptionalDouble flop = Steps.constant(List.of(rank), Metric.STEP_FLOP_EXECUTED);
        OptionalDouble millis = Steps.meanMillis(List.of(rank));
        return flop.isPresent() && millis.isPresent()
                ? OptionalDouble.of(enqueued(rank) * flop.getAsDouble() / millis.getAsDouble() * MILLIS / TERA)
                : OptionalDouble.empty();
    }
}
