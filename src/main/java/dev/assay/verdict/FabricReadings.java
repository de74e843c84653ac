package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import dev.assay.verdict.Readings.Reading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Patterns over the fabric: one value for every GPU, or node, of every round that the plan asks for. */
final class FabricReadings {
    private static final String PATTERN = "pattern";
    private static final String LOAD = "load";
    private static final String ALONE = "alone";

    /**
     * A load takes bandwidth away and gives none; the noise of one GPU's share of a NIC was never measured, and a tenth is granted
     * as to fleets. Beyond it alone was not what the pair can do, or beside was not what it did.
     */
    private static final double MOST_OF_ALONE = 1.1;

    private FabricReadings() {}

    /** One GPU's value in one round. */
    private record Value(RankResult rank, int round, String to, double value) {
        String unit() {
            return rank.unit() + (to.isEmpty() ? "" : " to " + to) + " in round " + round;
        }
    }

    /** {@code fabric.bandwidth}: of every GPU that received, in every round. */
    static Readings ofGpus(Evidence evidence) {
        List<Value> values =
                values(evidence, Metric.FABRIC_BANDWIDTH, evidence.criterion().conditions());
        List<Reading> readings = new ArrayList<>(values.stream()
                .map(value -> Reading.of(value.unit(), value.value()))
                .toList());
        readings.addAll(gaps(evidence, values));
        return collect(evidence, readings, "GPUs in their rounds").details(details(evidence, values));
    }

    /**
     * {@code fabric.node.bandwidth}: of every node, in every round, its GPUs together. In an all-reduce by NICs alone each GPU
     * sends, and receives, over a NIC what the bus bandwidth says.
     */
    static Readings ofNodes(Evidence evidence) {
        Map<String, String> conditions = evidence.criterion().conditions();
        Metric metric = "all-reduce".equals(conditions.get(PATTERN)) ? Metric.FABRIC_BUSBW : Metric.FABRIC_BANDWIDTH;
        List<Value> values = values(evidence, metric, conditions);
        Map<String, Double> sums = new LinkedHashMap<>();
        values.forEach(value ->
                sums.merge(value.rank().header().node() + " in round " + value.round(), value.value(), Double::sum));
        List<Reading> readings = new ArrayList<>(sums.entrySet().stream()
                .map(sum -> Reading.of(sum.getKey(), sum.getValue()))
                .toList());
        readings.addAll(gaps(evidence, values));
        return collect(evidence, readings, "nodes in their rounds")
                .broken(negative(values))
                .details(details(evidence, values));
    }

    /** {@code fabric.victim}: of every GPU of a pair, what is left of its bandwidth beside the load that the criterion names. */
    static Readings ofVictims(Evidence evidence) {
        Map<String, String> alone = new TreeMap<>(evidence.criterion().conditions());
        alone.put(LOAD, ALONE);
        List<Value> before = values(evidence, Metric.FABRIC_BANDWIDTH, alone);
        List<Value> beside =
                values(evidence, Metric.FABRIC_BANDWIDTH, evidence.criterion().conditions());
        Map<String, Double> base = new LinkedHashMap<>();
        before.forEach(value -> base.put(value.unit(), value.value()));
        List<Reading> readings = new ArrayList<>(beside.stream()
                .map(value -> Reading.of(value.unit(), value.value() / base.getOrDefault(value.unit(), Double.NaN)))
                .toList());
        readings.addAll(gaps(evidence, before));
        readings.addAll(gaps(evidence, beside));
        return collect(evidence, readings, "GPUs of pairs")
                .broken(negative(before).or(() -> negative(beside)).or(() -> moreThanAlone(evidence, readings)));
    }

    /**
     * Ranks of the reference device share a few cores, and their speeds say nothing; GPUs that share a NIC may share it otherwise
     * beside a load, which moves none of their sum.
     */
    private static Optional<String> moreThanAlone(Evidence evidence, List<Reading> readings) {
        boolean apart = !evidence.contract().reference()
                && evidence.contract().nics() >= evidence.question().gpusPerNode();
        return readings.stream()
                .filter(reading -> apart && reading.value() > MOST_OF_ALONE)
                .findFirst()
                .map(reading -> "the test is broken: " + reading.unit() + " has "
                        + Numbers.beside(reading.value(), MOST_OF_ALONE, Unit.RATIO)
                        + " of its bandwidth alone while others load the fabric, which can give it none; above "
                        + Numbers.limit(MOST_OF_ALONE, Unit.RATIO)
                        + " what it had alone was slowed by something else, or the load was not there");
    }

    /** Of two negative rates the ratio looks sound. */
    private static Optional<String> negative(List<Value> values) {
        return values.stream()
                .filter(value -> value.value() < 0)
                .findFirst()
                .map(value -> "the test is broken: " + value.unit() + " has "
                        + Numbers.of(value.value(), Unit.GIGABYTES_PER_SECOND));
    }

    private static Readings collect(Evidence evidence, List<Reading> readings, String what) {
        Optional<String> broken = evidence.ranks().stream()
                .flatMap(rank -> Physics.problem(rank, evidence).stream())
                .findFirst();
        return Readings.collect(readings, what).broken(broken);
    }

    private static List<Value> values(Evidence evidence, Metric metric, Map<String, String> conditions) {
        List<Value> values = new ArrayList<>();
        for (RankResult rank : evidence.ranks()) {
            for (Measurement measurement : rank.measurements(metric, conditions)) {
                values.add(new Value(
                        rank,
                        round(measurement),
                        measurement.conditions().getOrDefault("to", ""),
                        Samples.of(evidence.criterion().statistic(), measurement.samples())));
            }
        }
        return values;
    }

    /** −1 where it does not say: no round of the plan's. */
    private static int round(Measurement measurement) {
        String round = measurement.conditions().getOrDefault("round", "");
        return round.matches("\\d{1,6}") ? Integer.parseInt(round) : -1;
    }

    /** Rounds in which not just those GPUs have a value, each one, that the pattern measures. */
    private static List<Reading> gaps(Evidence evidence, List<Value> values) {
        int rounds = evidence.question().valuesPerRank();
        int gpus = evidence.question().gpusPerNode();
        List<Reading> gaps = new ArrayList<>();
        for (LaunchResult launch : evidence.measured()) {
            int expected =
                    nodes(evidence.criterion().conditions(), launch.nodes().size()) * gpus;
            for (int round = 0; round < rounds; round++) {
                int number = round;
                List<Value> found = values.stream()
                        .filter(value -> value.round() == number
                                && value.rank().header().launch().equals(launch.id()))
                        .toList();
                long ranks = found.stream()
                        .map(value -> value.rank().header().rank())
                        .distinct()
                        .count();
                if (found.size() != expected || ranks != expected) {
                    gaps.add(Reading.gap(
                            "round " + round + " of launch " + launch.id(),
                            found.size() + " values of " + ranks + " GPUs where each of " + expected + " must have one",
                            false));
                }
            }
        }
        boolean strangers = values.stream().anyMatch(value -> value.round() < 0 || value.round() >= rounds);
        if (strangers) {
            gaps.add(Reading.gap("a round beyond the " + rounds + " of the plan", "it must not be there", false));
        }
        return gaps;
    }

    /** Nodes that receive what a pattern measures, as in {@code FabricPattern}; of an unknown pattern all. */
    private static int nodes(Map<String, String> conditions, int nodes) {
        return switch (conditions.getOrDefault(PATTERN, "")) {
            case "bisection", "cross-rail" -> nodes / 2 * 2;
            case "incast" -> 1;
            case "victim" -> 2;
            default -> nodes;
        };
    }

    private static List<String> details(Evidence evidence, List<Value> values) {
        List<String> lines = new ArrayList<>(FabricBlame.lines(evidence));
        lines.addAll(totals(values));
        return lines;
    }

    /** What all GPUs received together, round by round. */
    private static List<String> totals(List<Value> values) {
        int rounds = values.stream().mapToInt(Value::round).max().orElse(-1) + 1;
        return IntStream.range(0, rounds)
                .mapToObj(round -> {
                    List<Double> each = values.stream()
                            .filter(value -> value.round() == round)
                            .map(Value::value)
                            .toList();
                    return "round " + round + ": all GPUs together "
                            + Numbers.of(
                                    each.stream()
                                            .mapToDouble(Double::doubleValue)
                                            .sum(),
                                    Unit.GIGABYTES_PER_SECOND)
                            + ", the least " + Numbers.of(Samples.minimum(each), Unit.GIGABYTES_PER_SECOND);
                })
                .toList();
    }
}
