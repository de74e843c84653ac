package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import dev.assay.verdict.Readings.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * NICs that wrote to their like on another node. Bandwidth has a value each way, latency one of both; every NIC that the
 * cluster file promises must have its own to every other node.
 */
final class RdmaReadings {
    private static final String WORKLOAD = "rdma";
    private static final int MOST_TOLD = 3;

    private RdmaReadings() {}

    /** @param rail index of the NIC on its node */
    private record Way(String from, String to, int rail) {}

    /** Why nothing was measured, by each node that said so; empty where all nodes could. */
    static Optional<String> notRun(Evidence evidence) {
        if (!evidence.criterion().workload().equals(WORKLOAD)) {
            return Optional.empty();
        }
        List<String> reasons = evidence.ranks().stream()
                .flatMap(rank -> Optional.ofNullable(rank.device().facts().get(Metric.RDMA_BANDWIDTH.key())).stream()
                        .map(why -> rank.header().node() + ": " + why))
                .toList();
        String more = reasons.size() > MOST_TOLD ? "; and " + (reasons.size() - MOST_TOLD) + " more nodes" : "";
        return reasons.isEmpty()
                ? Optional.empty()
                : Optional.of(reasons.stream().limit(MOST_TOLD).collect(Collectors.joining("; ")) + more);
    }

    static Readings read(Evidence evidence) {
        Metric metric = evidence.criterion().metric();
        if (metric == Metric.RDMA_TESTS) {
            return Readings.collect(
                    List.of(Reading.gap("every node", metric.key() + " is evidence and has no limit", false)), "nodes");
        }
        List<Reading> readings = new ArrayList<>();
        List<String> details = new ArrayList<>();
        for (LaunchResult launch : evidence.measured()) {
            Map<Way, List<Measurement>> found = found(launch, evidence);
            ways(launch, evidence).forEach(way -> found.putIfAbsent(way, List.of()));
            found.forEach((way, values) -> readings.add(reading(way, values, launch, evidence)));
            details.addAll(memory(found));
        }
        details.addAll(0, blame(evidence));
        return Readings.collect(readings, "ways between NICs")
                .details(details)
                .broken(evidence.ranks().stream()
                        .flatMap(rank -> Physics.problem(rank, evidence).or(() -> beyondLine(rank, evidence)).stream())
                        .findFirst());
    }

    /** No NIC gives its payload more than its line carries. */
    private static Optional<String> beyondLine(RankResult rank, Evidence evidence) {
        double line = evidence.contract().nicGBps();
        return measurements(rank, evidence)
                .filter(each -> each.metric() == Metric.RDMA_BANDWIDTH)
                .filter(each -> !(Samples.maximum(each.samples()) <= line))
                .findFirst()
                .map(each -> "the test is broken: "
                        + Numbers.beside(Samples.maximum(each.samples()), line, Unit.GIGABYTES_PER_SECOND) + " from "
                        + rank.header().node() + " NIC " + each.conditions().get("rail") + ", whose line carries "
                        + Numbers.limit(line, Unit.GIGABYTES_PER_SECOND));
    }

    /** Whether the metric is one of pairs of NICs. */
    static boolean tells(Metric metric) {
        return metric == Metric.RDMA_BANDWIDTH || metric == Metric.RDMA_LATENCY;
    }

    /** What the slow ones have in common, for the sentence of a limit that is missed. */
    static String look(Evidence evidence) {
        String common = blame(evidence).stream().findFirst().orElse("no part stands out of the others' noise");
        return common + "; look at " + Hints.of(evidence.criterion().metric());
    }

    /** Who is to blame, the accused first; empty where nobody stands out. */
    static List<String> blame(Evidence evidence) {
        boolean latency = evidence.criterion().metric() == Metric.RDMA_LATENCY;
        TreeSet<String> nodes = new TreeSet<>();
        evidence.measured().forEach(launch -> nodes.addAll(launch.nodes()));
        List<PairObservation> observations = evidence.ranks().stream()
                .flatMap(rank ->
                        measurements(rank, evidence).flatMap(each -> observation(rank, each, evidence).stream()))
                .filter(each -> nodes.contains(each.a().node())
                        && nodes.contains(each.b().node()))
                .toList();
        return Attribution.of(nodes, observations, latency ? Better.LOWER : Better.HIGHER)
                .lines();
    }

    private static Map<Way, List<Measurement>> found(LaunchResult launch, Evidence evidence) {
        Map<Way, List<Measurement>> found = new TreeMap<>(
                Comparator.comparing(Way::from).thenComparing(Way::to).thenComparingInt(Way::rail));
        for (RankResult rank : launch.ranks()) {
            measurements(rank, evidence).forEach(each -> {
                Way way = way(rank, each, evidence.criterion().metric());
                found.computeIfAbsent(way, key -> new ArrayList<>()).add(each);
            });
        }
        return found;
    }

    private static Stream<Measurement> measurements(RankResult rank, Evidence evidence) {
        return rank
                .measurements(
                        evidence.criterion().metric(), evidence.criterion().conditions())
                .stream()
                .filter(each -> each.conditions().getOrDefault("rail", "").matches("\\d{1,4}")
                        && each.conditions().getOrDefault("round", "").matches("\\d{1,9}")
                        && !each.conditions().getOrDefault("to", "").isEmpty());
    }

    private static Way way(RankResult rank, Measurement each, Metric metric) {
        String to = each.conditions().getOrDefault("to", "");
        int rail = Integer.parseInt(each.conditions().getOrDefault("rail", ""));
        return way(rank.header().node(), to, rail, metric);
    }

    private static Way way(String from, String to, int rail, Metric metric) {
        boolean turned = metric == Metric.RDMA_LATENCY && from.compareTo(to) > 0;
        return turned ? new Way(to, from, rail) : new Way(from, to, rail);
    }

    private static List<Way> ways(LaunchResult launch, Evidence evidence) {
        List<Way> ways = new ArrayList<>();
        for (String from : launch.nodes()) {
            for (String to : launch.nodes()) {
                for (int rail = 0;
                        !from.equals(to) && rail < evidence.contract().nics();
                        rail++) {
                    ways.add(way(from, to, rail, evidence.criterion().metric()));
                }
            }
        }
        return ways.stream().distinct().toList();
    }

    private static Reading reading(Way way, List<Measurement> values, LaunchResult launch, Evidence evidence) {
        String unit = way.from() + " NIC " + way.rail() + " to " + way.to();
        if (values.size() == 1) {
            Measurement only = values.get(0);
            String devices = only.conditions().getOrDefault("device", "(no device)") + " to "
                    + only.conditions().getOrDefault("toDevice", "(no device)");
            return Reading.of(
                    unit + " (" + devices + ")", Samples.of(evidence.criterion().statistic(), only.samples()));
        }
        if (!values.isEmpty()) {
            return Reading.gap(unit, "it was measured " + values.size() + " times", false);
        }
        Optional<String> reason = reason(way, launch, evidence.criterion().metric());
        return Reading.gap(unit, reason.orElse("no reason was given"), reason.isPresent());
    }

    /** What the nodes themselves say: of this test, else of the ports that they left out. */
    private static Optional<String> reason(Way way, LaunchResult launch, Metric metric) {
        return reasons(way, launch, metric)
                .findFirst()
                .or(() -> launch.ranks().stream()
                        .filter(rank -> rank.header().node().equals(way.from())
                                || rank.header().node().equals(way.to()))
                        .flatMap(rank -> rank.measurements(Metric.RDMA_TESTS, Map.of()).stream()
                                .flatMap(tests -> missing(way, rank.header().node(), tests.conditions()).stream()))
                        .findFirst());
    }

    /** The writer's node tells; of latency, which is of both ways, whoever of the two called. */
    private static Stream<String> reasons(Way way, LaunchResult launch, Metric metric) {
        String test = metric == Metric.RDMA_LATENCY ? "latency of " : "bandwidth of ";
        Way back = new Way(way.to(), way.from(), way.rail());
        return (metric == Metric.RDMA_LATENCY ? Stream.of(way, back) : Stream.of(way))
                .flatMap(each -> launch.ranks().stream()
                        .filter(rank -> rank.header().node().equals(each.from()))
                        .flatMap(rank -> rank.measurements(Metric.RDMA_TESTS, Map.of()).stream())
                        .flatMap(tests -> tests.conditions().entrySet().stream())
                        .filter(said -> said.getKey().startsWith(test)
                                && said.getKey().endsWith(", rail " + each.rail() + " to " + each.to()))
                        .map(said -> said.getKey() + ": " + said.getValue()));
    }

    private static Optional<String> missing(Way way, String node, Map<String, String> conditions) {
        String nics = conditions.getOrDefault("nics", "");
        return nics.matches("\\d{1,4}") && Integer.parseInt(nics) <= way.rail()
                ? Optional.of(node + " has " + nics + " NICs that can be measured"
                        + Optional.ofNullable(conditions.get("ports left out"))
                                .map(why -> "; left out: " + why)
                                .orElse(""))
                : Optional.empty();
    }

    /** GPU memory is what an accelerator's NIC is for; where it was not used that must be seen. */
    private static List<String> memory(Map<Way, List<Measurement>> found) {
        Map<String, Long> by = found.values().stream()
                .flatMap(List::stream)
                .collect(Collectors.groupingBy(
                        each -> each.conditions().getOrDefault("memory", "(not said)"),
                        TreeMap::new,
                        Collectors.counting()));
        return by.entrySet().stream()
                .map(each -> "memory of " + each.getValue() + " ways: " + each.getKey())
                .toList();
    }

    /** A NIC's GPU plays no part of its own, so it is the NIC's, and both are named as one. */
    private static Optional<PairObservation> observation(RankResult rank, Measurement each, Evidence evidence) {
        double value = Samples.of(evidence.criterion().statistic(), each.samples());
        String to = each.conditions().getOrDefault("to", "");
        int rail = Integer.parseInt(each.conditions().getOrDefault("rail", ""));
        if (!(value > 0 && Double.isFinite(value)) || to.equals(rank.header().node())) {
            return Optional.empty();
        }
        return Optional.of(new PairObservation(
                new PairEnd(rank.header().node(), rail, OptionalInt.of(rail)),
                new PairEnd(to, rail, OptionalInt.of(rail)),
                "same rail",
                Integer.parseInt(each.conditions().getOrDefault("round", "")),
                value));
    }
}
