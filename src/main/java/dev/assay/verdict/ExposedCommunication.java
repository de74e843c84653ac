package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import dev.assay.verdict.Readings.Gap;
import dev.assay.verdict.Readings.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What training waits for what travels, in two ways: the computing stream's waits, and a step less one without collectives.
 * Where they differ by more than 1 % of the step neither is a value.
 */
final class ExposedCommunication {
    /** Of the step's time. */
    private static final double AGREEMENT = 0.01;

    private static final String TRAINING = "sft";

    private ExposedCommunication() {}

    /** Both ways of one rank, ms a step. */
    /** @param copies waits of a silent step: for what is copied beside computing, which both steps do */
    private record Ways(RankResult rank, double waits, double step, double silent, double copies) {
        static Optional<Ways> of(RankResult rank) {
            List<Double> waits = GpuReadings.samples(rank, Metric.TRAIN_EXPOSED);
            List<Double> steps = GpuReadings.samples(rank, Metric.STEP_TIME);
            List<Double> silent = GpuReadings.samples(rank, Metric.TRAIN_SILENT);
            return waits.isEmpty() || steps.isEmpty() || silent.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Ways(
                            rank, Samples.mean(waits), Samples.mean(steps), Samples.mean(silent), copies(rank)));
        }

        private static double copies(RankResult rank) {
            return rank.measurement(Metric.TRAIN_SILENT)
                    .map(silent -> silent.conditions().getOrDefault("waitsMilliseconds", "0"))
                    .map(Double::parseDouble)
                    .orElse(0.0);
        }

        double difference() {
            return step - silent;
        }

        boolean agree() {
            return Math.abs(difference() - (waits - copies)) <= AGREEMENT * step;
        }

        String words() {
            return ms(waits) + " by its waits, " + ms(difference())
                    + " by the difference to a step without collectives, of " + ms(step) + " a step";
        }

        /** Collectives and computing share SMs, memory and power: the part that no wait shows. */
        String disagreement() {
            return "INCONCLUSIVE, its two ways differ by more than 1 % of the step: " + words() + "; "
                    + (difference() > waits - copies
                            ? "computing is slower beside collectives, or something waits unseen"
                            : "computing is slower without collectives, by power or clock, or not all of a wait is for them");
        }
    }

    /** {@code train.exposed}: the waits of every rank, as far as the launch that was run both ways bears them out. */
    static Readings byWaits(Evidence evidence) {
        return confirmed(
                evidence,
                evidence.ranks(),
                rank -> Optional.of(GpuReadings.samples(rank, Metric.TRAIN_EXPOSED))
                        .filter(samples -> !samples.isEmpty())
                        .map(samples -> Reading.of(rank.unit(), Samples.mean(samples)))
                        .orElseGet(() -> Reading.missing(rank, Metric.TRAIN_EXPOSED)));
    }

    /** {@code train.exposed.difference}: of the ranks of the launch that was run both ways. */
    static Readings byDifference(Evidence evidence) {
        return confirmed(
                evidence,
                twice(evidence),
                rank -> Ways.of(rank)
                        .map(ways -> Reading.of(rank.unit(), ways.difference()))
                        .orElseGet(() -> Reading.missing(rank, Metric.TRAIN_SILENT)));
    }

    /** All ranks of launches in which some rank ran without collectives; the others of them must have, too. */
    private static List<RankResult> twice(Evidence evidence) {
        return evidence.measured().stream()
                .filter(ExposedCommunication::isTwice)
                .flatMap(launch -> launch.ranks().stream())
                .toList();
    }

    private static boolean isTwice(LaunchResult launch) {
        return launch.ranks().stream()
                .anyMatch(rank -> rank.measurement(Metric.TRAIN_SILENT).isPresent());
    }

    private static Readings confirmed(Evidence evidence, List<RankResult> ranks, Function<RankResult, Reading> read) {
        if (isAlone(evidence)) {
            return none(evidence, "nothing travels on one GPU: exposed communication is 0 by construction");
        }
        if (twice(evidence).isEmpty()) {
            return none(
                    evidence,
                    "no rank has run steps without collectives (train.silent), so nothing bears out its waits");
        }
        List<Reading> readings = new ArrayList<>();
        List<String> details = new ArrayList<>();
        Optional<String> broken = Optional.empty();
        for (RankResult rank : ranks) {
            Optional<Ways> ways = Ways.of(rank);
            Optional<String> differ = ways.filter(each -> !each.agree()).map(Ways::disagreement);
            readings.add(differ.map(why -> Reading.gap(rank.unit(), why, true)).orElseGet(() -> read.apply(rank)));
            ways.ifPresent(each -> details.add(rank.unit() + ": " + each.words()));
            broken = broken.or(() -> differ);
        }
        return Readings.collect(readings, evidence.measured().size() == 1 ? "GPUs" : "ranks")
                .broken(broken)
                .details(details);
    }

    static boolean isAlone(Evidence evidence) {
        return evidence.gpus() == 1;
    }

    private static Readings none(Evidence evidence, String why) {
        List<Gap> gaps = evidence.ranks().stream()
                .map(rank -> new Gap(rank.unit(), why, true))
                .toList();
        return new Readings(List.of(), gaps, Optional.empty(), gaps.size(), "GPUs", List.of());
    }

    /** All collectives of a step on their own streams, ms; hidden ones too. */
    static Reading communication(RankResult rank) {
        List<Measurement> all = rank.measurements(Metric.TRAIN_COLLECTIVE, Map.of());
        return all.isEmpty() ? nothing(rank, "") : Reading.of(rank.unit(), millis(all));
    }

    /** A line for each kind and purpose: the mean over all ranks, and the rank that takes longest. */
    static List<String> collectives(Evidence evidence) {
        Map<String, List<Timed>> all = new LinkedHashMap<>();
        evidence.ranks()
                .forEach(rank -> rank.measurements(Metric.TRAIN_COLLECTIVE, Map.of())
                        .forEach(each -> all.computeIfAbsent(
                                        each.conditions().getOrDefault("operation", "") + " of "
                                                + each.conditions().getOrDefault("purpose", ""),
                                        key -> new ArrayList<>())
                                .add(new Timed(rank, each))));
        return all.entrySet().stream()
                .map(each -> line(each.getKey(), each.getValue()))
                .toList();
    }

    private record Timed(RankResult rank, Measurement measurement) {
        double millis() {
            return Samples.mean(measurement.samples());
        }
    }

    private static String line(String name, List<Timed> all) {
        Timed slowest =
                all.stream().max(Comparator.comparingDouble(Timed::millis)).orElseThrow();
        double mean = all.stream().mapToDouble(Timed::millis).average().orElseThrow();
        Map<String, String> conditions = slowest.measurement().conditions();
        return name + ": " + conditions.getOrDefault("calls", "?") + " a step, "
                + size(number(conditions.getOrDefault("bytes", ""))) + ", " + ms(mean) + ", bus "
                + rate(number(conditions.getOrDefault("busBytes", "")) / mean / 1e6)
                + "; longest " + ms(slowest.millis()) + " on " + slowest.rank().unit();
    }

    private static String rate(double gigabytes) {
        return Numbers.plain(gigabytes, gigabytes >= 1 ? 1 : 4) + " GB/s";
    }

    private static String size(double bytes) {
        return bytes >= 1e9
                ? Numbers.plain(bytes / 1e9, 2) + " GB"
                : bytes >= 1e6 ? Numbers.plain(bytes / 1e6, 2) + " MB" : Numbers.plain(bytes, 0) + " B";
    }

    /** @param purpose what the names of the purposes hold */
    static Reading busBandwidth(RankResult rank, String purpose) {
        List<Measurement> all = rank.measurements(Metric.TRAIN_COLLECTIVE, Map.of()).stream()
                .filter(each -> each.conditions().getOrDefault("purpose", "").matches(".*\\b" + purpose + "\\b.*"))
                .toList();
        double bytes = all.stream()
                .mapToDouble(each -> number(each.conditions().getOrDefault("busBytes", "")))
                .sum();
        return all.isEmpty() ? nothing(rank, " of " + purpose) : Reading.of(rank.unit(), bytes / millis(all) / 1e6);
    }

    /** By itself a rank sends nothing, and at ZeRO-0 no weights travel; but a rank that is not by itself sends something. */
    private static Reading nothing(RankResult rank, String what) {
        boolean alone = rank.header().communicator().size() == 1;
        boolean others = !rank.measurements(Metric.TRAIN_COLLECTIVE, Map.of()).isEmpty();
        return alone
                ? Reading.gap(rank.unit(), "nothing travels on one GPU", true)
                : others
                        ? Reading.gap(rank.unit(), "no collective" + what + " is in such a step", true)
                        : Reading.missing(rank, Metric.TRAIN_COLLECTIVE);
    }

    private static double millis(List<Measurement> all) {
        return all.stream().mapToDouble(each -> Samples.mean(each.samples())).sum();
    }

    private static double number(String bytes) {
        return bytes.matches("[0-9]{1,18}") ? Long.parseLong(bytes) : Double.NaN;
    }

    /**
     * How much of what SM-active lacks exposed communication explains: while the computing stream waits, only the few SMs of
     * NCCL's kernels have work. Of the units below the limit, worst first.
     */
    static List<String> explain(Evidence evidence, List<UnitValue> smActive, double limit) {
        if (!evidence.criterion().workload().equals(TRAINING)) {
            return List.of();
        }
        return smActive.stream()
                .filter(unit -> unit.value() < limit)
                .sorted(Comparator.comparingDouble(UnitValue::value))
                .map(unit -> explain(evidence, unit, limit))
                .toList();
    }

    private static String explain(Evidence evidence, UnitValue unit, double limit) {
        String lacks = unit.unit() + " lacks " + Numbers.of(limit - unit.value(), Unit.PERCENT) + " of "
                + Numbers.limit(limit, Unit.PERCENT) + " SM-active";
        if (isAlone(evidence)) {
            return lacks + "; nothing travels on one GPU, so exposed communication explains none of it";
        }
        return evidence.ranks().stream()
                .filter(rank -> rank.unit().equals(unit.unit()))
                .flatMap(rank -> Ways.of(rank).stream())
                .findFirst()
                .map(ways -> lacks + "; " + explained(ways, limit - unit.value()))
                .orElse(lacks + "; exposed communication was not measured there in both ways, so it explains nothing");
    }

    private static String explained(Ways ways, double gap) {
        if (!ways.agree()) {
            return "exposed communication explains nothing for certain: " + ways.disagreement();
        }
        double share = 100 * ways.waits() / ways.step();
        return "exposed communication, " + Numbers.of(share, Unit.PERCENT) + " of the step, explains at most "
                + Numbers.of(Math.min(100, 100 * share / gap), Unit.PERCENT) + " of the gap";
    }

    private static String ms(double millis) {
        return Numbers.of(millis, Unit.MILLISECOND);
    }
}
