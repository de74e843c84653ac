package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import dev.assay.verdict.Readings.Reading;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * {@code sensitivity}: the bus bandwidth at which a coupled step would lose 5 % of its efficiency. Below a third of what the
 * fabric must give, the workload could not see a broken fabric.
 *
 * <p>The model is a pipeline of two stages. A step has B buckets; before each are GEMMs of time c = T/B (T is the measured compute
 * alone), and each is all-reduced in time x = X/(B·b), where X = bytes × 2(n−1)/n is what crosses the bus and b the bus
 * bandwidth. The first GEMMs and the last bucket overlap with nothing, so a step takes c + x + (B−1)·max(c, x). It has lost 5 % when that
 * is T/0.95. Contention only makes a real step longer: the true sensitivity lies above.
 */
final class Sensitivity {
    private static final double KEPT = 0.95;

    private Sensitivity() {}

    static Readings read(Evidence evidence) {
        return evidence.criterion().workload().equals("sft")
                ? TrainingFabric.sensitivity(evidence)
                : ofCoupled(evidence);
    }

    private static Readings ofCoupled(Evidence evidence) {
        List<RankResult> ranks = evidence.ranks();
        int size = evidence.gpus();
        OptionalDouble bytes = Steps.constant(ranks, Metric.STEP_BYTES);
        Optional<RankResult> unmeasured = ranks.stream()
                .filter(rank -> rank.measurement(Metric.COMPUTE_ALONE).isEmpty())
                .findFirst();
        if (unmeasured.isPresent()) {
            return one(Reading.missing(unmeasured.get(), Metric.COMPUTE_ALONE));
        }
        double compute = computeMillis(evidence.measured());
        if (bytes.isEmpty() || size < 2 || !(compute > 0)) {
            return new Readings(
                    List.of(), List.of(), Optional.of(silence(bytes, size, compute)), 1, "workload", List.of());
        }
        int buckets = buckets(ranks);
        double busBytes = bytes.getAsDouble() * 2 * (size - 1) / size;
        double value = gigabytesPerSecond(compute, busBytes, buckets);
        return one(Reading.of("the workload on " + size + " ranks", value))
                .details(List.of(
                        "compute alone " + Numbers.of(compute, Unit.MILLISECOND) + ", "
                                + Numbers.limit(bytes.getAsDouble(), Unit.BYTES)
                                + " a step over " + size + " ranks, "
                                + (buckets == 0
                                        ? "buckets a step unknown: full overlap assumed"
                                        : "in " + buckets + " buckets"),
                        "the fabric must give "
                                + Numbers.of(evidence.contract().fabricFloorGBps(), Unit.GIGABYTES_PER_SECOND),
                        reached(evidence.measured(), busBytes)));
    }

    /**
     * Bus bandwidth at which the pipeline takes T/0.95.
     *
     * @param buckets a step; 0: unknown, all overlaps, and a step takes max(T, X/b)
     */
    static double gigabytesPerSecond(double computeMillis, double busBytes, int buckets) {
        return busBytes / communicationMillis(computeMillis, buckets) / 1e6;
    }

    /** All-reduce time a step, ms, at which 5 % are lost. */
    private static double communicationMillis(double compute, int buckets) {
        double slow = compute / KEPT;
        if (buckets == 0) {
            return slow;
        }
        double share = compute / buckets;
        double lastBucket = slow - compute;
        return lastBucket <= share ? buckets * lastBucket : slow - share;
    }

    /** Median over launches and ranks of the mean. */
    private static double computeMillis(List<LaunchResult> launches) {
        return Samples.median(launches.stream()
                .flatMap(launch -> launch.ranks().stream())
                .map(rank -> Samples.mean(GpuReadings.samples(rank, Metric.COMPUTE_ALONE)))
                .toList());
    }

    private static int buckets(List<RankResult> ranks) {
        return ranks.stream()
                .flatMap(rank -> rank.measurement(Metric.STEP_TIME).stream())
                .map(Measurement::conditions)
                .map(conditions -> conditions.getOrDefault("buckets", ""))
                .filter(text -> text.matches("[1-9][0-9]{0,5}"))
                .mapToInt(Integer::parseInt)
                .max()
                .orElse(0);
    }

    private static String reached(List<LaunchResult> launches, double busBytes) {
        List<Double> millis = launches.stream()
                .map(launch -> Steps.slowestMean(launch.ranks(), Metric.COMMUNICATION_ALONE))
                .flatMap(mean -> mean.stream().boxed())
                .toList();
        return millis.isEmpty()
                ? "the all-reduces alone were not measured"
                : "the all-reduces alone reached "
                        + Numbers.of(busBytes / Samples.median(millis) / 1e6, Unit.GIGABYTES_PER_SECOND)
                        + " bus bandwidth";
    }

    private static String silence(OptionalDouble bytes, int ranks, double compute) {
        return "no sensitivity without communication: bytes a step "
                + (bytes.isPresent() ? Numbers.of(bytes.getAsDouble(), Unit.BYTES) : "absent, zero or unequal") + ", "
                + ranks
                + " ranks, compute alone " + Numbers.of(compute, Unit.MILLISECOND);
    }

    private static Readings one(Reading reading) {
        return Readings.collect(List.of(reading), "workload");
    }
}
