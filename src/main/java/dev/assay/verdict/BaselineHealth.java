package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the launches that others are compared with were sound. A baseline on a GPU that throttled is slow, and whatever is held
 * against it looks good.
 */
final class BaselineHealth {
    /** Any time in them means that the GPU did not run as it can; the power cap is normal. */
    private static final List<Metric> NEVER = List.of(Metric.THROTTLE_THERMAL, Metric.THROTTLE_HARDWARE);

    private BaselineHealth() {}

    /** @param required whether each rank must have been watched; else what is there is looked at */
    static Optional<String> problem(Evidence evidence, boolean required) {
        if (evidence.contract().reference()) {
            return Optional.empty();
        }
        return evidence.beside().stream()
                .flatMap(launch -> launch.ranks().stream().flatMap(rank -> problem(launch, rank, required).stream()))
                .findFirst()
                .or(() -> otherLimit(evidence));
    }

    private static Optional<String> problem(LaunchResult launch, RankResult rank, boolean required) {
        String who = rank.unit() + " in the baseline " + launch.id();
        return Stream.of(
                        NEVER.stream().flatMap(metric -> never(rank, metric, required).stream()),
                        Stream.of(Metric.XID, Metric.FOREIGN_PROCESSES)
                                .flatMap(metric -> never(rank, metric, false).stream()),
                        grown(rank).stream())
                .flatMap(each -> each)
                .findFirst()
                .map(words -> who + " " + words + ": what is compared with it means nothing");
    }

    private static Optional<String> never(RankResult rank, Metric metric, boolean required) {
        List<Double> samples = GpuReadings.samples(rank, metric);
        if (samples.isEmpty()) {
            return required ? Optional.of("has no " + metric.key()) : Optional.empty();
        }
        double most = Samples.maximum(samples);
        return most <= 0
                ? Optional.empty()
                : Optional.of("has " + metric.key() + " of " + Numbers.of(most, metric.unit()) + ", must be 0");
    }

    private static Optional<String> grown(RankResult rank) {
        List<Double> samples = GpuReadings.samples(rank, Metric.ECC_UNCORRECTED);
        return samples.size() > 1 && samples.get(samples.size() - 1) > samples.get(0)
                ? Optional.of("has new uncorrected memory errors")
                : Optional.empty();
    }

    /** Both kinds of launches under one enforced limit. */
    private static Optional<String> otherLimit(Evidence evidence) {
        List<RankResult> all = evidence.needed().stream()
                .flatMap(launch -> launch.ranks().stream())
                .toList();
        List<Double> limits = all.stream()
                .flatMap(rank -> GpuReadings.samples(rank, Metric.POWER_LIMIT).stream())
                .distinct()
                .sorted()
                .toList();
        Optional<RankResult> unread = all.stream()
                .filter(rank -> GpuReadings.samples(rank, Metric.POWER_LIMIT).isEmpty())
                .findFirst();
        if (limits.size() == 1 && unread.isPresent()) {
            return unread.map(
                    rank -> "baselines and scaled launches must run under one enforced power limit, others have "
                            + Numbers.of(limits.get(0), Metric.POWER_LIMIT.unit()) + ", " + rank.unit() + " in launch "
                            + rank.header().launch() + " has none");
        }
        return limits.size() < 2
                ? Optional.empty()
                : Optional.of("baselines and scaled launches must run under one enforced power limit, found "
                        + Numbers.of(limits.get(0), Metric.POWER_LIMIT.unit()) + " to "
                        + Numbers.of(limits.get(limits.size() - 1), Metric.POWER_LIMIT.unit()));
    }
}
