package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import dev.assay.verdict.NodeNics.Nic;
import dev.assay.verdict.Readings.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Bytes that the NICs counted against those that the work sends: whether it went over all of them, and nothing else did. */
final class NicBytes {
    /** Counters hold headers of packets, and the two clocks are not one; more is beyond the line. */
    private static final double MOST_OF_LINE = 1.05;

    private static final double MILLIS = 1e3;

    private NicBytes() {}

    /** {@code nic.bytes.ratio}: of every node, sent and received; of a launch as a whole where the work went by trees. */
    static Readings ratio(Evidence evidence) {
        List<Reading> readings = new ArrayList<>();
        List<String> details = new ArrayList<>();
        for (LaunchResult launch : evidence.measured()) {
            List<NodeNics> nodes =
                    NodeNics.of(launch, evidence.contract(), evidence.measured().size() > 1);
            List<Reading> gaps = gaps(nodes, evidence.contract());
            readings.addAll(gaps.isEmpty() ? ratio(launch, nodes, details) : gaps);
        }
        return Readings.collect(readings, "sums of a node's NICs")
                .details(details)
                .broken(tooMany(evidence));
    }

    /** {@code nic.share}: of every promised NIC; one that is not there carries nothing. */
    static Readings share(Evidence evidence) {
        List<Reading> readings = NodeNics.of(evidence.measured(), evidence.contract()).stream()
                .flatMap(node -> shares(node, evidence.contract()).stream())
                .toList();
        return Readings.collect(readings, "NICs").details(bonds(evidence)).broken(tooMany(evidence));
    }

    /** What the share leaves open: an idle link of a bond shows by the bandwidth that is missing. */
    private static List<String> bonds(Evidence evidence) {
        return NodeNics.of(evidence.measured(), evidence.contract()).stream()
                .flatMap(node -> node.compute().stream())
                .filter(nic -> nic.links() > 1)
                .map(nic -> nic.name() + " stands for " + nic.links()
                        + " links of a bond: sysfs does not tell which of them carried the bytes; one that idles shows in"
                        + " the bandwidths alone")
                .distinct()
                .toList();
    }

    /** What a missed limit says of the work, in words. */
    static String why(Metric metric, double value) {
        if (metric == Metric.LOAD_RATIO) {
            return "the load is not proven: counters and arithmetic do not tell of the same work";
        }
        if (metric == Metric.FOREIGN_PROCESSES) {
            return "others computed on that GPU";
        }
        if (metric == Metric.NIC_SHARE) {
            return "an unused NIC";
        }
        return value > 1
                ? "foreign traffic: more crossed these NICs than the work sends"
                : "an unused NIC, or not over these NICs: less crossed them than the work sends";
    }

    private static List<Reading> ratio(LaunchResult launch, List<NodeNics> nodes, List<String> details) {
        double counted = nodes.stream()
                .mapToDouble(node -> sum(node, Metric.NIC_BYTES_SENT))
                .sum();
        Optional<Way> way = Way.nearest(nodes, counted);
        if (way.isEmpty()) {
            return List.of(
                    Reading.gap("launch " + launch.id(), "no bytes were predicted for all its nodes alike", false));
        }
        details.add("launch " + launch.id() + ": predicted by " + way.get().algorithm() + ", "
                + Numbers.of(way.get().bytes(), Unit.BYTES) + " a node");
        return Stream.of(Metric.NIC_BYTES_SENT, Metric.NIC_BYTES_RECEIVED)
                .flatMap(metric -> ratio(launch, nodes, metric, way.get()))
                .toList();
    }

    private static Stream<Reading> ratio(LaunchResult launch, List<NodeNics> nodes, Metric metric, Way way) {
        String direction = metric == Metric.NIC_BYTES_SENT ? "sent by " : "received by ";
        if (way.eachNode()) {
            return nodes.stream().map(node -> Reading.of(direction + node.name(), sum(node, metric) / way.bytes()));
        }
        double mean =
                nodes.stream().mapToDouble(node -> sum(node, metric)).average().orElse(Double.NaN);
        return Stream.of(Reading.of(direction + "all nodes in launch " + launch.id(), mean / way.bytes()));
    }

    /** Why a node's bytes cannot be told; of all nodes or of none, as one node's silence hides what the others sent to it. */
    private static List<Reading> gaps(List<NodeNics> nodes, Question.Contract contract) {
        return nodes.stream().flatMap(node -> gaps(node, contract).stream()).toList();
    }

    private static List<Reading> gaps(NodeNics node, Question.Contract contract) {
        if (node.without().isPresent()) {
            return List.of(Reading.gap(node.name(), node.without().get(), node.explained()));
        }
        if (node.missing(contract) > 0 && !node.unknown().isEmpty()) {
            return List.of(Reading.gap(node.name(), node.promised(contract) + " for all that can be read", true));
        }
        return node.compute().stream()
                .flatMap(nic -> Stream.of(
                        NicEvents.value(node, nic, Metric.NIC_BYTES_SENT),
                        NicEvents.value(node, nic, Metric.NIC_BYTES_RECEIVED)))
                .filter(reading -> reading.gap().isPresent())
                .toList();
    }

    private static double sum(NodeNics node, Metric metric) {
        return node.compute().stream()
                .mapToDouble(nic -> nic.value(metric).orElse(Double.NaN))
                .sum();
    }

    private static List<Reading> shares(NodeNics node, Question.Contract contract) {
        List<Reading> gaps = gaps(node, contract);
        if (!gaps.isEmpty()) {
            return gaps;
        }
        List<Nic> nics = node.busiest(contract);
        double total = nics.stream().mapToDouble(Nic::carried).sum();
        int links = nics.stream().mapToInt(Nic::links).sum();
        double mean = total / Math.max(contract.nics(), links);
        Stream<Reading> absent = IntStream.range(0, node.missing(contract))
                .mapToObj(index -> Reading.of("a promised NIC of " + node.name(), 0));
        return Stream.concat(
                        nics.stream()
                                .map(nic -> Reading.of(
                                        nic.name() + " of " + node.name(),
                                        total == 0 ? 0 : nic.carried() / nic.links() / mean)),
                        absent)
                .toList();
    }

    /** Bytes that the line cannot have carried in the window: the counter, or our reading of it, is wrong. */
    private static Optional<String> tooMany(Evidence evidence) {
        for (NodeNics node : NodeNics.of(evidence.measured(), evidence.contract())) {
            double most = most(node.rank(), evidence.contract());
            for (Nic nic : node.compute()) {
                double carried = Math.max(
                        nic.value(Metric.NIC_BYTES_SENT).orElse(0),
                        nic.value(Metric.NIC_BYTES_RECEIVED).orElse(0));
                if (!(carried <= nic.links() * most)) {
                    return Optional.of("the test is broken: " + nic.name() + " of " + node.name() + " counted "
                            + Numbers.of(carried, Unit.BYTES) + " one way, its line carries at most "
                            + Numbers.of(nic.links() * most, Unit.BYTES) + " in the window");
                }
            }
        }
        return Optional.empty();
    }

    private static double most(RankResult rank, Question.Contract contract) {
        double millis = rank.measurement(Metric.NIC_WINDOW)
                .map(Measurement::samples)
                .map(Samples::maximum)
                .orElse(Double.NaN);
        return MOST_OF_LINE * contract.nicGBps() * 1e9 * millis / MILLIS;
    }

    /**
     * A way in which the work may have travelled.
     *
     * @param eachNode every node sends as many; else so many on the mean of all
     */
    private record Way(String algorithm, boolean eachNode, double bytes) {
        /** Of the ways that every node predicts alike, the one that comes nearest to what was counted on the mean. */
        static Optional<Way> nearest(List<NodeNics> nodes, double counted) {
            List<Way> ways = of(nodes.get(0).rank());
            return ways.stream()
                    .filter(way -> way.bytes() > 0 && Double.isFinite(way.bytes()))
                    .filter(way ->
                            nodes.stream().allMatch(node -> of(node.rank()).contains(way)))
                    .min((one, other) -> Double.compare(
                            one.distance(counted / nodes.size()), other.distance(counted / nodes.size())));
        }

        private static List<Way> of(RankResult rank) {
            return rank.measurements().stream()
                    .filter(each -> each.metric() == Metric.NIC_BYTES_PREDICTED)
                    .map(each -> new Way(
                            each.conditions().getOrDefault("algorithm", "an unnamed way"),
                            "node".equals(each.conditions().get("per")),
                            each.samples().get(0)))
                    .toList();
        }

        private double distance(double counted) {
            return Math.abs(StrictMath.log(counted / bytes));
        }
    }
}
